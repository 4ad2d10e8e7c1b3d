#include "server/services/prediction_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/base/saturating.h"
#include "core/data/tensor.h"
#include "server/base/errors.h"
#include "server/edge/unary.h"
#include "server/services/evaluate_reactor.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using core::SaturatingSize;

// Up to so many operations are done at once, on gRPC's thread: handing over would take longer.
constexpr int64_t kQuickOperations = 1'000'000;

absl::Status Predict(const v1::PredictRequest& request, const ModelVersion& version,
                     int64_t max_values, absl::FunctionRef<bool()> cancelled,
                     v1::PredictResponse& response) {
  const core::Plan& plan = version.network.plan();
  const FieldPath at = FieldPath("inputs");
  if (request.inputs_size() != 1) {
    return core::InvalidField(at, request.inputs().empty() ? "REQUIRED" : "UNSUPPORTED",
                              absl::StrCat("must be one tensor, not ", request.inputs_size()));
  }
  const v1::Tensor& input = request.inputs(0);
  const std::string& expected = plan.network().inputs(0).name();
  if (!input.name().empty() && input.name() != expected) {
    return core::InvalidField(at[0] / "name", "UNKNOWN_INPUT",
                              absl::StrCat("must be ", core::Echo(expected), " or empty, not ",
                                           core::Echo(input.name())));
  }
  absl::StatusOr<core::Matrix> x = core::ReadTensor(input, core::OneDimension::kOneRow, at[0]);
  if (!x.ok()) return x.status();
  if (x->columns != plan.input_width()) {
    return core::InvalidField(at[0] / "shape", "WRONG_SHAPE",
                              absl::StrCat("a row must have ", plan.input_width(),
                                           " features as the model has, not ", x->columns));
  }
  const SaturatingSize values = SaturatingSize(x->rows) * plan.output_width();
  if (values.value() > max_values) {
    return core::LimitExceeded("PREDICTION_TOO_LARGE", "outputs (rows times outputs a row)",
                               values.value(), max_values);
  }
  const std::optional<std::vector<float>> predicted = version.network.Predict(x->values, cancelled);
  if (!predicted.has_value()) {
    return core::MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                           "the prediction was cancelled");
  }
  const std::vector<float>& y = *predicted;
  response.set_model_version(version.message.name());
  *response.add_outputs() =
      core::MakeTensor(plan.network().outputs(0).layer(), x->rows, plan.output_width(), y);
  if (plan.classifies()) {
    const auto width = static_cast<size_t>(plan.output_width());
    for (size_t row = 0; row < y.size(); row += width) {
      *response.add_classes() = version.network.Classify(std::span(y).subspan(row, width));
    }
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* PredictionService::Predict(grpc::CallbackServerContext* context,
                                                     const v1::PredictRequest* request,
                                                     v1::PredictResponse* response) {
  absl::StatusOr<ModelReference> reference =
      ParseModelReference(request->model(), FieldPath("model"));
  if (!reference.ok()) return Answer(context, [&] { return reference.status(); });
  ModelStore* const models = context_->store.models;
  absl::StatusOr<std::shared_ptr<const ModelVersion>> cached = models->GetCachedVersion(*reference);
  if (!cached.ok()) return Answer(context, [&] { return cached.status(); });

  const std::shared_ptr<const ModelVersion> found = *std::move(cached);
  // A client that went away, or whose deadline passed, must not hold one of the threads.
  const auto predict = [context, request, response, found, models, reference = *reference,
                        most = context_->max_predicted_values] {
    std::shared_ptr<const ModelVersion> version = found;
    if (version == nullptr) {  // To be read from the disk.
      absl::StatusOr<std::shared_ptr<const ModelVersion>> read = models->GetVersion(reference);
      if (!read.ok()) return read.status();
      version = *std::move(read);
    }
    return server::Predict(
        *request, *version, most, [context] { return context->IsCancelled(); }, *response);
  };
  if (found == nullptr) return AnswerOn(context_->work, context, predict);
  const core::Plan& plan = found->network.plan();
  const int64_t bytes =
      request->inputs().empty() ? 0 : static_cast<int64_t>(request->inputs(0).data().size());
  const SaturatingSize work =
      SaturatingSize(bytes / plan.input_width() + 1) * plan.operations_per_row();
  return work.value() <= kQuickOperations ? Answer(context, predict)
                                          : AnswerOn(context_->work, context, predict);
}

grpc::ServerWriteReactor<v1::EvaluateResponse>* PredictionService::Evaluate(
    grpc::CallbackServerContext*, const v1::EvaluateRequest* request) {
  auto* reactor = new EvaluateReactor();
  const bool accepted = context_->evaluations->Submit(
      [reactor, request, store = context_->store] { reactor->Run(*request, store); });
  if (!accepted) reactor->End(Busy());
  return reactor;
}

}  // namespace fnn::server
