#include "server/services/evaluate_reactor.h"

#include <memory>
#include <utility>

#include "server/edge/status.h"
#include "server/runs/prepare.h"

namespace fnn::server {
namespace {

using core::FieldPath;

constexpr std::chrono::milliseconds kReportInterval{500};

}  // namespace

void EvaluateReactor::Run(const v1::EvaluateRequest& request, const Store& store) {
  reported_ = std::chrono::steady_clock::now();
  absl::StatusOr<v1::Evaluation> result = absl::UnknownError("");
  const absl::Status status = Guarded([&] {
    result = Measure(request, store);
    return result.status();
  });
  if (status.ok()) {
    SendLast(std::move(result));
  } else {
    SendLast(status);
  }
}

void EvaluateReactor::End(const absl::Status& status) { SendLast(status); }

absl::StatusOr<v1::Evaluation> EvaluateReactor::Measure(const v1::EvaluateRequest& request,
                                                        const Store& store) {
  absl::StatusOr<ModelReference> reference =
      ParseModelReference(request.model(), FieldPath("model"));
  if (!reference.ok()) return reference.status();
  absl::StatusOr<std::shared_ptr<const ModelVersion>> version =
      store.models->GetVersion(*reference);
  if (!version.ok()) return version.status();
  absl::StatusOr<ResolvedData> data =
      ResolveData(request.data(), FieldPath("data"), *store.datasets);
  if (!data.ok()) return data.status();
  absl::StatusOr<v1::Evaluation> evaluation = (*version)->network.Evaluate(
      data->table, request.metrics(), FieldPath("metrics"),
      [this](int64_t rows_done, int64_t rows) { return Report(rows_done, rows); });
  if (evaluation.ok()) evaluation->set_model_version((*version)->message.name());
  return evaluation;
}

bool EvaluateReactor::Report(int64_t rows_done, int64_t rows) {
  const auto now = std::chrono::steady_clock::now();
  {
    MutexLock lock(mutex_);
    if (cancelled_) return false;
    if (writing_ || now - reported_ < kReportInterval) return true;
    writing_ = true;
  }
  reported_ = now;
  response_.mutable_progress()->set_rows_done(rows_done);
  response_.mutable_progress()->set_rows(rows);
  StartWrite(&response_);
  return true;
}

void EvaluateReactor::SendLast(absl::StatusOr<v1::Evaluation> result) {
  {
    MutexLock lock(mutex_);
    last_ = std::move(result);
    if (writing_) return;  // OnWriteDone goes on from there.
  }
  FinishWithLast();
}

void EvaluateReactor::FinishWithLast() {
  absl::StatusOr<v1::Evaluation> result = absl::UnknownError("");
  {
    MutexLock lock(mutex_);
    result = *std::move(last_);
  }
  if (!result.ok()) {
    Finish(ToGrpc(result.status()));
    return;
  }
  *response_.mutable_evaluation() = *std::move(result);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

void EvaluateReactor::OnWriteDone(bool ok) {
  {
    MutexLock lock(mutex_);
    writing_ = false;
    if (!ok) cancelled_ = true;
    if (!last_.has_value()) return;
  }
  FinishWithLast();
}

void EvaluateReactor::OnCancel() {
  MutexLock lock(mutex_);
  cancelled_ = true;
}

}  // namespace fnn::server
