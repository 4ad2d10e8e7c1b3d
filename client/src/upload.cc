// An upload outlives its connection as a run's stream does: the server keeps what has arrived and
// tells how much that is, so what a broken stream loses is sent once more. That the file is still
// the one that was begun with is told by a checksum of what the server has.

#include "client/src/upload.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/src/outage.h"

namespace fnn::internal {
namespace {

class Uploader {
 public:
  Uploader(Connection& connection, ByteSource& source, const UploadOptions& options, Waiter& waiter)
      : connection_(connection), source_(source), options_(options), outage_(options, waiter) {}

  // Sends the file, however often that takes, and ends the upload.
  absl::StatusOr<v1::Dataset> Run(bool is_new) {
    if (!is_new) {
      if (absl::Status status = GoOn(); !status.ok()) return status;
    }
    while (!finished_) {
      const absl::Status sent = SendRest();
      if (sent.ok()) break;
      // A pipe can't be sent once more.
      if (read_ > 0 && !source_.Rewind().ok()) return sent;
      read_ = 0;
      // Where the server has not seen yet that a stream is gone, its last bytes may still arrive.
      const absl::Status broken =
          absl::IsOutOfRange(sent) ? absl::UnavailableError(sent.message()) : sent;
      if (!outage_.AwaitAttempt(broken).ok()) return sent;
      if (absl::Status status = GoOn(); !status.ok()) return status;
    }
    outage_.End();
    return Finish();
  }

 private:
  absl::Status CheckStop() const {
    if (!options_.stop || !options_.stop()) return absl::OkStatus();
    return absl::CancelledError("the upload was stopped");
  }

  // Asks how much the server has, and passes over as much of the file, which is at its start.
  absl::Status GoOn() {
    const absl::StatusOr<v1::Upload> upload =
        CallThrough(outage_, [&]() -> absl::StatusOr<v1::Upload> {
          if (absl::Status status = CheckStop(); !status.ok()) return status;
          v1::GetUploadRequest request;
          request.set_name(options_.resume);
          absl::StatusOr<v1::GetUploadResponse> response = connection_.GetUpload(request);
          if (!response.ok()) return response.status();
          return std::move(*response->mutable_upload());
        });
    if (!upload.ok()) return upload.status();
    if (upload->received_bytes() > received_) outage_.End();
    received_ = upload->received_bytes();
    finished_ = upload->finished();
    return PassOver(*upload);
  }

  absl::Status PassOver(const v1::Upload& upload) {
    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash(XXH3_createState(),
                                                                               XXH3_freeState);
    XXH3_64bits_reset(hash.get());
    std::string chunk;
    do {
      absl::Status status = source_.Read(std::min(received_ - read_, kChunkBytes), &chunk);
      if (!status.ok()) return status;
      XXH3_64bits_update(hash.get(), chunk.data(), chunk.size());
      read_ += static_cast<int64_t>(chunk.size());
    } while (read_ < received_ && !chunk.empty());
    if (read_ == received_ && XXH3_64bits_digest(hash.get()) == upload.received_checksum()) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat(
        source_.name(), ": does not begin with the ", received_, " bytes that ", upload.name(),
        " has received; go on with the file it was begun with, or begin a new upload"));
  }

  // Sends what is left of the file, in one stream.
  absl::Status SendRest() {
    if (absl::Status status = CheckStop(); !status.ok()) return status;
    const std::unique_ptr<UploadStream> stream = connection_.UploadChunks();
    v1::UploadChunksRequest chunk;
    chunk.set_upload(options_.resume);
    // Nothing left is one empty chunk: a stream must name its upload.
    for (bool first = true;; first = false) {
      absl::Status status = first ? absl::OkStatus() : CheckStop();
      if (status.ok()) status = source_.Read(kChunkBytes, chunk.mutable_data());
      if (!status.ok()) return status;
      if (chunk.data().empty() && !first) break;
      chunk.set_offset(read_);
      chunk.set_checksum(XXH3_64bits(chunk.data().data(), chunk.data().size()));
      read_ += static_cast<int64_t>(chunk.data().size());
      if (!stream->Write(chunk)) break;  // Finish tells why.
      if (options_.on_progress) options_.on_progress({read_, source_.size()});
    }
    return stream->Finish().status();
  }

  absl::StatusOr<v1::Dataset> Finish() {
    v1::FinishUploadRequest request;
    request.set_upload(options_.resume);
    request.set_total_bytes(read_);
    absl::StatusOr<v1::FinishUploadResponse> response =
        CallThrough(outage_, [&] { return connection_.FinishUpload(request); });
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_dataset());
  }

  Connection& connection_;
  ByteSource& source_;
  const UploadOptions& options_;
  Outage outage_;
  // Bytes taken from the source, from its start.
  int64_t read_ = 0;
  // Bytes that the server had when it was asked last.
  int64_t received_ = 0;
  // Whether the server said that it has them all, and what they became.
  bool finished_ = false;
};

}  // namespace

absl::StatusOr<v1::Dataset> Upload(Connection& connection, ByteSource& source, bool is_new,
                                   const UploadOptions& options, Waiter& waiter) {
  return Uploader(connection, source, options, waiter).Run(is_new);
}

}  // namespace fnn::internal
