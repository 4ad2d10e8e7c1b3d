#include "core/network.h"

#include <algorithm>
#include <utility>

#include "core/data/samples.h"
#include "core/kernels/denormals.h"
#include "core/ops/metrics/class_of.h"
#include "core/plan/executor.h"
#include "core/train/evaluator.h"
#include "core/train/options.h"

namespace fnn::core {
namespace {

// A matrix of more classes is too large to look at, and to send.
constexpr int64_t kMostConfused = 1000;

void WriteConfusion(const Plan& plan, const std::vector<int64_t>& counts,
                    v1::ConfusionMatrix& out) {
  for (int64_t c = 0; c < plan.class_count(); ++c) out.add_classes(plan.ClassLabel(c));
  out.mutable_counts()->Assign(counts.begin(), counts.end());
}

}  // namespace

Network::Network(std::shared_ptr<const Plan> plan, std::vector<float> parameters)
    : plan_(std::move(plan)),
      parameters_(std::make_shared<const std::vector<float>>(std::move(parameters))) {}

std::vector<float> Network::Predict(std::span<const float> x) const {
  const ScopedFlushDenormals flush;
  const int64_t in = plan_->input_width();
  const int64_t out = plan_->output_width();
  const int64_t rows = static_cast<int64_t>(x.size()) / in;
  const int64_t batch = std::min(EvaluationBatch(*plan_), rows);
  Executor<float> executor(*plan_, batch, ExecutorMode::kInference);
  std::vector<float> predictions(rows * out);
  for (int64_t begin = 0; begin < rows; begin += batch) {
    const int64_t count = std::min(batch, rows - begin);
    const float* y = executor.Forward(parameters_->data(), x.data() + begin * in, count);
    ApplyLink(*plan_, count, y, predictions.data() + begin * out);
  }
  return predictions;
}

v1::PredictedClass Network::Classify(std::span<const float> row) const {
  const int64_t index = ClassOf(static_cast<int64_t>(row.size()), row.data());
  v1::PredictedClass out;
  out.set_index(index);
  if (!plan_->class_names().empty()) out.set_name(plan_->ClassLabel(index));
  out.set_probability(row.size() > 1 ? row[index] : (index == 1 ? row[0] : 1 - row[0]));
  return out;
}

absl::StatusOr<v1::Evaluation> Network::Evaluate(
    const BoundTable& data, const google::protobuf::RepeatedPtrField<v1::Metric>& metrics,
    const FieldPath& metrics_path, const Progress& progress) const {
  const ScopedFlushDenormals flush;
  const auto samples = Samples::Create(*plan_, data);
  if (!samples.ok()) return samples.status();
  Violations violations;
  auto asked = metrics;
  const auto ops = ResolveMetrics(asked, samples->classes(), metrics_path, violations);
  if (!violations.empty()) return violations.ToStatus();

  const bool confuses = samples->classes() && plan_->class_count() <= kMostConfused;
  std::vector<int64_t> confusion(confuses ? plan_->class_count() * plan_->class_count() : 0);
  Evaluator<float> evaluator(*plan_);
  const auto measured =
      evaluator.Evaluate(parameters_->data(), *samples, ops, confuses ? &confusion : nullptr,
                         [&](int64_t done) { return progress(done, samples->rows()); });
  if (!measured.has_value()) {
    return MakeError(absl::StatusCode::kCancelled, "CANCELLED", "the evaluation was cancelled");
  }
  v1::Evaluation out;
  out.set_rows(samples->rows());
  out.set_loss(measured->loss);
  *out.mutable_metrics() = measured->metrics;
  if (confuses) WriteConfusion(*plan_, confusion, *out.mutable_confusion_matrix());
  return out;
}

}  // namespace fnn::core
