// The methods of fnn::Client that move `.fnn` files, a part at a time.

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/backoff.h"
#include "client/src/byte_source.h"
#include "client/src/outage.h"
#include "client/src/request_id.h"
#include "fnn/client.h"

namespace fnn {
namespace {

// Sends the whole source in one stream.
absl::StatusOr<v1::ImportModelResponse> SendAll(Connection& connection,
                                                internal::ByteSource& source,
                                                const ImportOptions& options,
                                                const std::string& request_id) {
  const std::unique_ptr<ImportStream> stream = connection.ImportModel();
  v1::ImportModelRequest part;
  part.set_model_id(options.model_id);
  part.set_request_id(request_id);
  int64_t sent = 0;
  for (bool first = true;; first = false) {
    absl::Status status = source.Read(internal::kChunkBytes, part.mutable_data());
    if (!status.ok()) return status;
    if (part.data().empty() && !first) break;
    if (!stream->Write(part)) break;  // Finish tells why.
    sent += static_cast<int64_t>(part.data().size());
    if (options.on_progress) options.on_progress({sent, source.size()});
    part.Clear();
  }
  return stream->Finish();
}

// The same request makes no second version, so the file may be sent as often as it takes.
absl::StatusOr<v1::ImportModelResponse> ImportFrom(Connection& connection,
                                                   const ReconnectOptions& retry,
                                                   internal::ByteSource& source,
                                                   const ImportOptions& options) {
  const std::string request_id =
      options.request_id.empty() ? internal::NewRequestId() : options.request_id;
  internal::SystemWaiter waiter;
  internal::Outage outage(retry, waiter);
  while (true) {
    absl::StatusOr<v1::ImportModelResponse> response =
        SendAll(connection, source, options, request_id);
    if (response.ok() || !source.Rewind().ok()) return response;
    absl::Status status = outage.AwaitAttempt(response.status());
    if (!status.ok()) return status;
  }
}

absl::Status FileError(const std::filesystem::path& file) {
  return absl::ErrnoToStatus(errno != 0 ? errno : EIO, file.string());
}

}  // namespace

absl::StatusOr<ExportedModel> Client::ExportModel(
    std::string_view name, const ByteSink& sink,
    const std::function<void(const TransferProgress&)>& on_progress) const {
  v1::ExportModelRequest request;
  request.set_name(std::string(name));
  const auto stream = connection_->ExportModel(request);
  ExportedModel exported;
  int64_t total = 0;
  for (v1::ExportModelResponse part; stream->Read(&part);) {
    if (!part.model_version().empty()) exported.model_version = part.model_version();
    if (part.total_bytes() != 0) total = part.total_bytes();
    if (absl::Status status = sink(part.data()); !status.ok()) return status;
    exported.bytes += static_cast<int64_t>(part.data().size());
    if (on_progress) on_progress({exported.bytes, total});
  }
  if (absl::Status status = stream->Finish(); !status.ok()) return status;
  if (exported.bytes != total) {
    return absl::DataLossError(
        absl::StrCat("the file has ", total, " bytes, but ", exported.bytes, " have come"));
  }
  return exported;
}

absl::StatusOr<ExportedModel> Client::ExportModelFile(
    std::string_view name, const std::filesystem::path& file,
    const std::function<void(const TransferProgress&)>& on_progress) const {
  // Under the file's own name there is never a part of one.
  const std::filesystem::path unfinished = file.string() + ".part";
  errno = 0;
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  if (!out) return FileError(unfinished);
  absl::StatusOr<ExportedModel> exported = ExportModel(
      name,
      [&](absl::string_view bytes) {
        errno = 0;
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return out ? absl::OkStatus() : FileError(file);
      },
      on_progress);
  errno = 0;
  out.close();
  if (exported.ok() && !out) exported = FileError(file);
  std::error_code error;
  if (exported.ok()) {
    std::filesystem::rename(unfinished, file, error);
    if (error) exported = absl::ErrnoToStatus(error.value(), file.string());
  }
  if (!exported.ok()) std::filesystem::remove(unfinished, error);
  return exported;
}

absl::StatusOr<v1::ImportModelResponse> Client::ImportModel(std::istream& stream,
                                                            const ImportOptions& options) const {
  return ImportFrom(*connection_, options_, *internal::BytesOf(stream), options);
}

absl::StatusOr<v1::ImportModelResponse> Client::ImportModelFile(
    const std::filesystem::path& file, const ImportOptions& options) const {
  const absl::StatusOr<std::unique_ptr<internal::ByteSource>> source = internal::OpenFiles({file});
  if (!source.ok()) return source.status();
  return ImportFrom(*connection_, options_, **source, options);
}

}  // namespace fnn
