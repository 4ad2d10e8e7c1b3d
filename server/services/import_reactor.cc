#include "server/services/import_reactor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/edge/status.h"
#include "server/edge/unary.h"
#include "server/store/names.h"

namespace fnn::server {
namespace {

using core::FieldPath;

// What is said in the first message may be said again, but not changed.
absl::Status CheckUnchanged(const std::string& now, const std::string& first,
                            absl::string_view field) {
  if (now.empty() || now == first) return absl::OkStatus();
  return core::InvalidField(
      FieldPath(field), "NOT_ALLOWED",
      absl::StrCat("must be as in the stream's first message or empty, not ", core::Echo(now)));
}

}  // namespace

ImportReactor::ImportReactor(const ServiceContext* context, grpc::CallbackServerContext* call,
                             v1::ImportModelResponse* response)
    : context_(context), call_(call), response_(response) {
  StartRead(&part_);
}

void ImportReactor::OnReadDone(bool ok) {
  if (!ok) return Import();
  const absl::Status status = Guarded([this] { return Take(part_); });
  if (status.ok()) {
    StartRead(&part_);
  } else {
    Finish(ToGrpc(status));
  }
}

absl::Status ImportReactor::Take(const v1::ImportModelRequest& part) {
  if (import_ == nullptr) {
    if (context_->runs->draining()) return Draining();
    if (!part.model_id().empty()) {
      if (absl::Status status = ValidateId(part.model_id(), FieldPath("model_id")); !status.ok()) {
        return status;
      }
    }
    model_id_ = part.model_id();
    request_id_ = part.request_id();
    absl::StatusOr<std::unique_ptr<ModelImport>> import =
        ModelImport::Begin(context_->store.files, context_->storage, context_->max_dataset_bytes);
    if (!import.ok()) return import.status();
    import_ = *std::move(import);
  }
  for (const absl::Status& status :
       {CheckUnchanged(part.model_id(), model_id_, "model_id"),
        CheckUnchanged(part.request_id(), request_id_, "request_id")}) {
    if (!status.ok()) return status;
  }
  return import_->Append(part.data());
}

void ImportReactor::Import() {
  if (import_ == nullptr) {
    return Finish(ToGrpc(Required(FieldPath("data"), "the stream had no message")));
  }
  const bool accepted = context_->work->Submit([this] {
    // A client that went away has not said that this was all.
    const absl::Status status = Guarded([this] {
      return call_->IsCancelled()
                 ? core::MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                                   "the import was cancelled")
                 : import_->Finish(context_->store, model_id_, request_id_, *response_);
    });
    import_.reset();
    Finish(ToGrpc(status));
  });
  if (!accepted) Finish(ToGrpc(Busy()));
}

}  // namespace fnn::server
