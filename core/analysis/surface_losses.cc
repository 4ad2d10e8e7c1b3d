#include "core/analysis/surface_losses.h"

#include <algorithm>
#include <utility>

#include "core/ops/loss_sum.h"

namespace fnn::core {
namespace {

// Rows gone through at once: few where they take much memory, or so long that nobody could stop it.
int64_t Batch(const Plan& plan) {
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

SurfaceLosses::One::One(std::shared_ptr<const Plan> compiled, Samples chosen)
    : plan(std::move(compiled)),
      samples(std::move(chosen)),
      batch(Batch(*plan)),
      executor(*plan, batch),
      x(batch * plan->input_width()),
      t(batch * plan->output_width()),
      losses(batch),
      weights(batch) {}

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
  const int64_t batch = Batch(plan);
  return Executor::Bytes(plan, batch) +
         SaturatingSize(batch) * (SaturatingSize(plan.input_width()) + plan.output_width() + 2) *
             sizeof(double);
}

std::optional<double> SurfaceLosses::At(size_t loss, std::span<const double> parameters,
                                        absl::FunctionRef<bool()> stop) {
  One& one = *losses_[loss];
  const Plan& plan = *one.plan;
  const Permutation order(one.samples.rows());
  LossSum sum;
  for (int64_t begin = 0; begin < one.samples.rows(); begin += one.batch) {
    if (stop()) return std::nullopt;
    const int64_t rows = std::min(one.batch, one.samples.rows() - begin);
    for (int64_t r = 0; r < rows; ++r) {
      one.samples.Gather(begin + r, one.x.data() + r * plan.input_width(),
                         one.t.data() + r * plan.output_width());
    }
    const double* const y = one.executor.Forward(parameters.data(), one.x.data(), rows);
    plan.loss().kernels<double>().compute(plan.loss_arguments(), rows, plan.output_width(), y,
                                          one.t.data(), one.losses.data(), nullptr);
    one.samples.GatherWeights(order, begin, rows, one.weights.data());
    sum.Add(rows, one.losses.data(), one.weights.data());
  }
  return sum.Mean();
}

}  // namespace fnn::core
