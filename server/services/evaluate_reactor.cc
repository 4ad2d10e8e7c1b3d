#include "server/services/evaluate_reactor.h"

#include <memory>
#include <utility>

#include "server/runs/prepare.h"

namespace fnn::server {

using core::FieldPath;

void EvaluateReactor::Run(const v1::EvaluateRequest& request, const Store& store) {
  End(Guarded([&] { return Measure(request, store); }));
}

absl::Status EvaluateReactor::Measure(const v1::EvaluateRequest& request, const Store& store) {
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
      data->table, request.metrics(), FieldPath("metrics"), [this](int64_t done, int64_t rows) {
        return Report([&] {
          v1::EvaluateResponse response;
          response.mutable_progress()->set_rows_done(done);
          response.mutable_progress()->set_rows(rows);
          return response;
        });
      });
  if (!evaluation.ok()) return evaluation.status();
  v1::EvaluateResponse last;
  *last.mutable_evaluation() = *std::move(evaluation);
  last.mutable_evaluation()->set_model_version((*version)->message.name());
  Send(std::move(last));
  return absl::OkStatus();
}

}  // namespace fnn::server
