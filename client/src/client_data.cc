// The methods of fnn::Client that move bulk data: datasets up, parameters down.

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/src/tensor_assembler.h"
#include "client/src/upload.h"
#include "fnn/client.h"

namespace fnn {
namespace {

// A stream, and what errors call it.
struct Named {
  std::istream* stream;
  std::string name;
};

// Chunks of streams, one after the other, until the end of the last.
internal::ReadChunk ChunksOf(std::vector<Named> streams) {
  return [streams = std::move(streams),
          at = size_t{0}](std::string* chunk) mutable -> absl::StatusOr<bool> {
    chunk->resize(internal::kChunkBytes);
    size_t size = 0;
    while (size < chunk->size() && at < streams.size()) {
      std::istream& stream = *streams[at].stream;
      stream.read(chunk->data() + size, static_cast<std::streamsize>(chunk->size() - size));
      size += static_cast<size_t>(stream.gcount());
      if (stream.bad()) {
        return absl::DataLossError(absl::StrCat(streams[at].name, ": can't be read to its end"));
      }
      if (size < chunk->size()) ++at;
    }
    chunk->resize(size);
    return size > 0;
  };
}

absl::StatusOr<std::ifstream> Open(const std::filesystem::path& file) {
  // A folder can be opened like a file; only reading it would fail.
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(file.string(), ": is a directory"));
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return absl::ErrnoToStatus(errno != 0 ? errno : EIO, file.string());
  return stream;
}

// All files together; nothing where one has no size, as pipes have none.
std::optional<int64_t> SizeOf(const std::vector<std::filesystem::path>& files) {
  int64_t total = 0;
  for (const std::filesystem::path& file : files) {
    std::error_code error;
    const uintmax_t size = std::filesystem::file_size(file, error);
    if (error) return std::nullopt;
    total += static_cast<int64_t>(size);
  }
  return total;
}

}  // namespace

absl::StatusOr<v1::Dataset> Client::UploadDataset(const std::filesystem::path& file,
                                                  const UploadOptions& options) const {
  return UploadDatasetFiles({file}, options);
}

absl::StatusOr<v1::Dataset> Client::UploadDatasetFiles(
    const std::vector<std::filesystem::path>& files, const UploadOptions& options) const {
  std::vector<std::ifstream> opened;
  for (const std::filesystem::path& file : files) {
    absl::StatusOr<std::ifstream> stream = Open(file);
    if (!stream.ok()) return stream.status();
    opened.push_back(*std::move(stream));
  }
  std::vector<Named> streams;
  for (size_t i = 0; i < files.size(); ++i) streams.push_back({&opened[i], files[i].string()});
  return internal::Upload(*connection_, ChunksOf(std::move(streams)), SizeOf(files), options);
}

absl::StatusOr<v1::Dataset> Client::UploadDataset(std::istream& stream,
                                                  const UploadOptions& options) const {
  return internal::Upload(*connection_, ChunksOf({{&stream, "the stream"}}), std::nullopt, options);
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
