#include "client/src/upload.h"

#include <xxhash.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"

namespace fnn::internal {
namespace {

// Sends everything that `read_chunk` gives, and says how many bytes that was.
absl::StatusOr<int64_t> SendChunks(Connection& connection, const std::string& upload,
                                   const ReadChunk& read_chunk, std::optional<int64_t> total_bytes,
                                   const UploadOptions& options) {
  const std::unique_ptr<UploadStream> stream = connection.UploadChunks();
  v1::UploadChunksRequest chunk;
  chunk.set_upload(upload);
  int64_t sent = 0;
  // An empty file is one empty chunk: a stream must name its upload.
  for (bool first = true;; first = false) {
    const absl::StatusOr<bool> more = read_chunk(chunk.mutable_data());
    if (!more.ok()) return more.status();
    if (!*more && !first) break;
    chunk.set_offset(sent);
    chunk.set_checksum(XXH3_64bits(chunk.data().data(), chunk.data().size()));
    if (!stream->Write(chunk)) break;  // Finish tells why.
    sent += static_cast<int64_t>(chunk.data().size());
    if (options.on_progress) options.on_progress({sent, total_bytes});
  }
  const absl::StatusOr<v1::UploadChunksResponse> response = stream->Finish();
  if (!response.ok()) return response.status();
  return sent;
}

}  // namespace

absl::StatusOr<v1::Dataset> Upload(Connection& connection, const ReadChunk& read_chunk,
                                   std::optional<int64_t> total_bytes,
                                   const UploadOptions& options) {
  v1::CreateUploadRequest create;
  create.set_dataset_id(options.dataset_id);
  if (options.format.ByteSizeLong() > 0) *create.mutable_format() = options.format;
  const absl::StatusOr<v1::CreateUploadResponse> created = connection.CreateUpload(create);
  if (!created.ok()) return created.status();

  const std::string& upload = created->upload().name();
  const absl::StatusOr<int64_t> sent =
      SendChunks(connection, upload, read_chunk, total_bytes, options);
  if (!sent.ok()) return sent.status();

  v1::FinishUploadRequest finish;
  finish.set_upload(upload);
  finish.set_total_bytes(*sent);
  absl::StatusOr<v1::FinishUploadResponse> finished = connection.FinishUpload(finish);
  if (!finished.ok()) return finished.status();
  return std::move(*finished->mutable_dataset());
}

}  // namespace fnn::internal
