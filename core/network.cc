#include "core/network.h"

#include <optional>
#include <utility>

#include "core/data/samples.h"
#include "core/engine/inference.h"
#include "core/kernels/denormals.h"
#include "core/ops/metrics/class_of.h"
#include "core/threads/team.h"
#include "core/train/class_results.h"
#include "core/train/evaluator.h"
#include "core/train/options.h"

namespace fnn::core {
namespace {

// A matrix of more classes is too large to look at, and to send.
constexpr int64_t kMostConfused = 1000;
// Some metrics keep every row's outputs.
constexpr int64_t kMostMetricBytes = int64_t{1} << 30;

}  // namespace

Network::Network(std::shared_ptr<const Program> program, AlignedFloats arena)
    : program_(std::move(program)),
      arena_(std::make_shared<const AlignedFloats>(std::move(arena))) {}

Network::Network(std::shared_ptr<const Plan> plan, std::span<const float> parameters)
    : program_(Program::Create(std::move(plan))) {
  AlignedFloats arena(program_->arena_size());
  program_->WriteAll(parameters, arena.data());
  arena_ = std::make_shared<const AlignedFloats>(std::move(arena));
}

void Network::ReadParameters(size_t block, int64_t begin, std::span<float> out) const {
  program_->Read(arena_->data(), block, begin, out);
}

std::vector<float> Network::parameters() const {
  std::vector<float> out(plan().parameter_count());
  program_->ReadAll(arena_->data(), out);
  return out;
}

std::vector<float> Network::Predict(std::span<const float> x) const {
  return *Predict(x, [] { return false; });
}

std::optional<std::vector<float>> Network::Predict(std::span<const float> x,
                                                   absl::FunctionRef<bool()> stop) const {
  const ScopedFlushDenormals flush;
  const int64_t rows = static_cast<int64_t>(x.size()) / plan().input_width();
  std::vector<float> predictions(rows * plan().output_width());
  Inference inference(program_, /*members=*/1, rows);
  if (!inference.Predict(arena_->data(), rows, x.data(), predictions.data(), stop)) {
    return std::nullopt;
  }
  return predictions;
}

v1::PredictedClass Network::Classify(std::span<const float> row) const {
  const int64_t index = ClassOf(static_cast<int64_t>(row.size()), row.data());
  v1::PredictedClass out;
  out.set_index(index);
  if (!plan().class_names().empty()) out.set_name(plan().ClassLabel(index));
  out.set_probability(row.size() > 1 ? row[index] : (index == 1 ? row[0] : 1 - row[0]));
  return out;
}

absl::StatusOr<v1::Evaluation> Network::Evaluate(
    const BoundTable& data, const google::protobuf::RepeatedPtrField<v1::Metric>& metrics,
    const FieldPath& metrics_path, const Progress& progress) const {
  const ScopedFlushDenormals flush;
  const auto samples = Samples::Create(plan(), data);
  if (!samples.ok()) return samples.status();
  Violations violations;
  auto asked = metrics;
  const auto resolved = ResolveMetrics(asked, samples->classes(), metrics_path, violations);
  if (!violations.empty()) return violations.ToStatus();
  const MetricSize size{.rows = samples->rows(),
                        .outputs = plan().output_width(),
                        .weighted = samples->has_sample_weights()};
  const SaturatingSize bytes = MetricSet<float>::Bytes(resolved, size);
  if (bytes.value() > kMostMetricBytes) {
    return LimitExceeded("METRICS_TOO_LARGE", "bytes of memory for the metrics", bytes.value(),
                         kMostMetricBytes);
  }

  std::optional<ClassResults> classes;
  if (samples->classes() && plan().class_count() <= kMostConfused) classes.emplace(plan());
  SoloTeam team;
  Evaluator<float> evaluator(program_, plan(), resolved, size, team);
  v1::Evaluation out;
  const std::optional<double> loss = evaluator.Evaluate(
      arena_->data(), *samples, *out.mutable_metrics(), classes.has_value() ? &*classes : nullptr,
      [&](int64_t done) { return progress(done, samples->rows()); });
  if (!loss.has_value()) {
    return MakeError(absl::StatusCode::kCancelled, "CANCELLED", "the evaluation was cancelled");
  }
  out.set_rows(samples->rows());
  out.set_loss(*loss);
  if (classes.has_value()) classes->WriteTo(out);
  return out;
}

}  // namespace fnn::core
