#include "server/services/upload_reactor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/edge/status.h"
#include "server/store/names.h"
#include "xxhash.h"

namespace fnn::server {

using core::FieldPath;

UploadReactor::UploadReactor(UploadStore* uploads, v1::UploadChunksResponse* response)
    : uploads_(uploads), response_(response) {
  StartRead(&chunk_);
}

void UploadReactor::OnReadDone(bool ok) {
  if (!ok) {  // The client has sent all, or is gone and does not hear this.
    Finish(ToGrpc(upload_.empty() ? Required(FieldPath("upload"), "the stream had no message")
                                  : absl::OkStatus()));
    return;
  }
  const absl::Status status = Guarded([this] { return Take(chunk_); });
  if (status.ok()) {
    StartRead(&chunk_);
  } else {
    Finish(ToGrpc(status));
  }
}

absl::Status UploadReactor::Take(const v1::UploadChunksRequest& chunk) {
  if (upload_.empty()) {
    if (absl::Status status =
            ValidateName(Collection::kUploads, chunk.upload(), FieldPath("upload"));
        !status.ok()) {
      return status;
    }
    upload_ = chunk.upload();
  } else if (!chunk.upload().empty() && chunk.upload() != upload_) {
    return core::InvalidField(FieldPath("upload"), "NOT_ALLOWED",
                              absl::StrCat("must be ", upload_, " or empty in this stream, not ",
                                           core::Echo(chunk.upload())));
  }
  if (chunk.has_checksum()) {
    const uint64_t actual = XXH3_64bits(chunk.data().data(), chunk.data().size());
    if (actual != chunk.checksum()) {
      return core::InvalidField(
          FieldPath("checksum"), "CHECKSUM_MISMATCH",
          absl::StrCat("the data's XXH3-64 is ", actual, ", not ", chunk.checksum(),
                       ": it was damaged on its way; send it again"));
    }
  }
  absl::StatusOr<v1::Upload> upload = uploads_->Append(upload_, chunk.offset(), chunk.data());
  if (!upload.ok()) return upload.status();
  *response_->mutable_upload() = *std::move(upload);
  return absl::OkStatus();
}

}  // namespace fnn::server
