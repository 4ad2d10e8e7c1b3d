#include "server/services/upload_reactor.h"

#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/checksum.h"
#include "server/base/errors.h"
#include "server/edge/status.h"
#include "server/edge/unary.h"
#include "server/store/names.h"

namespace fnn::server {

using core::FieldPath;

UploadReactor::UploadReactor(UploadStore* uploads, WorkPool* pool,
                             v1::UploadChunksResponse* response)
    : uploads_(uploads), pool_(pool), response_(response) {
  StartRead(&chunk_);
}

void UploadReactor::OnReadDone(bool ok) {
  const bool accepted = pool_->Submit([this, ok] {
    if (!ok) {  // The client has sent all, or is gone and does not hear this.
      Finish(ToGrpc(Guarded([this] { return Conclude(); })));
      return;
    }
    const absl::Status status = Guarded([this] { return Take(chunk_); });
    if (status.ok()) {
      StartRead(&chunk_);
    } else {
      Finish(ToGrpc(status));
    }
  });
  if (!accepted) Finish(ToGrpc(Busy()));
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
    Checksum checksum;
    checksum.Update(std::as_bytes(std::span(chunk.data().data(), chunk.data().size())));
    if (checksum.value() != chunk.checksum()) {
      return core::InvalidField(
          FieldPath("checksum"), "CHECKSUM_MISMATCH",
          absl::StrCat("the data's XXH3-64 is ", checksum.value(), ", not ", chunk.checksum(),
                       ": it was damaged on its way; send it again"));
    }
  }
  return uploads_->Append(upload_, chunk.offset(), chunk.data());
}

absl::Status UploadReactor::Conclude() {
  if (upload_.empty()) return Required(FieldPath("upload"), "the stream had no message");
  absl::StatusOr<v1::Upload> upload = uploads_->Get(upload_);
  if (!upload.ok()) return upload.status();
  *response_->mutable_upload() = *std::move(upload);
  return absl::OkStatus();
}

}  // namespace fnn::server
