// The methods of fnn::Client that move bulk data: datasets up, parameters down.

#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/tensor_assembler.h"
#include "client/src/upload.h"
#include "fnn/client.h"

namespace fnn {
namespace {

// Chunks of a stream until its end.
internal::ReadChunk ChunksOf(std::istream& stream, std::string name) {
  return [&stream, name = std::move(name)](std::string* chunk) -> absl::StatusOr<bool> {
    chunk->resize(internal::kChunkBytes);
    stream.read(chunk->data(), internal::kChunkBytes);
    chunk->resize(static_cast<size_t>(stream.gcount()));
    if (stream.bad()) return absl::DataLossError(absl::StrCat(name, ": can't be read to its end"));
    return !chunk->empty();
  };
}

}  // namespace

absl::StatusOr<v1::Dataset> Client::UploadDataset(const std::filesystem::path& file,
                                                  const UploadOptions& options) const {
  // A folder can be opened like a file; only reading it would fail.
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return absl::InvalidArgumentError(absl::StrCat(file.string(), ": is a directory"));
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return absl::ErrnoToStatus(errno != 0 ? errno : EIO, file.string());
  // Pipes have no size.
  const uintmax_t size = std::filesystem::file_size(file, error);
  const auto total = error ? std::nullopt : std::make_optional(static_cast<int64_t>(size));
  return internal::Upload(*connection_, ChunksOf(stream, file.string()), total, options);
}

absl::StatusOr<v1::Dataset> Client::UploadDataset(std::istream& stream,
                                                  const UploadOptions& options) const {
  return internal::Upload(*connection_, ChunksOf(stream, "the stream"), std::nullopt, options);
}

absl::StatusOr<v1::Dataset> Client::UploadDatasetBytes(std::string_view bytes,
                                                       const UploadOptions& options) const {
  const auto total = static_cast<int64_t>(bytes.size());
  auto next_chunk = [bytes](std::string* chunk) mutable -> absl::StatusOr<bool> {
    *chunk = std::string(bytes.substr(0, internal::kChunkBytes));
    bytes.remove_prefix(chunk->size());
    return !chunk->empty();
  };
  return internal::Upload(*connection_, next_chunk, total, options);
}

absl::StatusOr<ModelParameters> Client::GetParameters(std::string_view name) const {
  v1::GetParametersRequest request;
  request.set_name(std::string(name));
  const auto stream = connection_->GetParameters(request);
  ModelParameters parameters;
  internal::TensorAssembler assembler;
  for (v1::GetParametersResponse response; stream->Read(&response);) {
    if (!response.model_version().empty()) parameters.model_version = response.model_version();
    if (absl::Status status = assembler.Add(response.chunk()); !status.ok()) return status;
  }
  if (absl::Status status = stream->Finish(); !status.ok()) return status;
  absl::StatusOr<std::vector<v1::Tensor>> tensors = assembler.Finish();
  if (!tensors.ok()) return tensors.status();
  parameters.tensors = *std::move(tensors);
  return parameters;
}

}  // namespace fnn
