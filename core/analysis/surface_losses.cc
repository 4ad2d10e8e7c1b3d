#include "core/analysis/surface_losses.h"

#include <algorithm>
#include <utility>

#include "core/reference/executor.h"

namespace fnn::core {
namespace {

// Rows gone through at once: few where they take much memory, or so long that nobody could stop it.
int64_t RowsAtOnce(const Plan& plan) {
  constexpr int64_t kMostRows = 256;
  constexpr int64_t kMostValues = int64_t{1} << 20;
  constexpr int64_t kMostOperations = int64_t{1} << 28;
  SaturatingSize width = plan.input_width();
  for (const PlanNode& node : plan.nodes()) width = width + node.width;
  return std::clamp<int64_t>(
      std::min(kMostValues / width.value(),
               kMostOperations / std::max<int64_t>(1, plan.operations_per_row())),
      1, kMostRows);
}

}  // namespace

SurfaceLosses::One::One(std::shared_ptr<const Plan> plan, Samples chosen)
    : samples(std::move(chosen)),
      evaluator(plan, *plan, std::vector<Resolved<MetricOp>>(),
                MetricSize{.rows = samples.rows(),
                           .outputs = plan->output_width(),
                           .weighted = samples.has_sample_weights()},
                team, RowsAtOnce(*plan)) {}

absl::StatusOr<SurfaceLosses> SurfaceLosses::Create(
    std::shared_ptr<const Plan> plan, const BoundTable& data,
    absl::FunctionRef<Samples(const Samples& all)> choose, std::span<const v1::Loss> losses,
    const FieldPath& path) {
  SurfaceLosses out;
  const auto add = [&](absl::StatusOr<std::shared_ptr<const Plan>> compiled) -> absl::Status {
    if (!compiled.ok()) return compiled.status();
    absl::StatusOr<Samples> samples = Samples::Create(**compiled, data);
    if (!samples.ok()) return samples.status();
    out.names_.emplace_back((*compiled)->loss().name);
    out.losses_.push_back(std::make_unique<One>(*std::move(compiled), choose(*samples)));
    return absl::OkStatus();
  };
  if (losses.empty()) {
    if (absl::Status status = add(std::move(plan)); !status.ok()) return status;
    return out;
  }
  for (size_t i = 0; i < losses.size(); ++i) {
    if (absl::Status status = add(Plan::CompileWithLoss(*plan, losses[i], path[i])); !status.ok()) {
      return status;
    }
  }
  return out;
}

SaturatingSize SurfaceLosses::Bytes(const Plan& plan) {
  const int64_t batch = RowsAtOnce(plan);
  return Executor::Bytes(plan, batch) +
         SaturatingSize(batch) *
             (SaturatingSize(plan.input_width()) + SaturatingSize(2) * plan.output_width() + 2) *
             sizeof(double);
}

std::optional<double> SurfaceLosses::At(size_t loss, std::span<const double> parameters,
                                        absl::FunctionRef<bool()> stop) {
  One& one = *losses_[loss];
  google::protobuf::RepeatedPtrField<v1::MetricValue> none;
  return one.evaluator.Evaluate(parameters.data(), one.samples, none, nullptr,
                                [&](int64_t) { return !stop(); });
}

}  // namespace fnn::core
