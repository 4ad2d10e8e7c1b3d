#include "core/analysis/surface_losses.h"

#include <utility>

namespace fnn::core {

absl::StatusOr<SurfaceLosses> SurfaceLosses::Create(
    const Plan& plan, const BoundTable& data, absl::FunctionRef<Samples(const Samples& all)> choose,
    std::span<const v1::Loss> losses, const FieldPath& path) {
  SurfaceLosses out;
  const auto add = [&](const v1::Network& network, const FieldPath& at) -> absl::Status {
    absl::StatusOr<std::shared_ptr<const Plan>> compiled =
        Plan::Compile(network, plan.input_width(), at);
    if (!compiled.ok()) return compiled.status();
    absl::StatusOr<Samples> samples = Samples::Create(**compiled, data);
    if (!samples.ok()) return samples.status();
    One one;
    one.program = Program::Create(*compiled);
    one.samples = choose(*samples);
    one.arena = AlignedFloats(one.program->arena_size());
    one.team = std::make_unique<SoloTeam>();
    one.evaluator = std::make_unique<Evaluator<float>>(
        one.program, one.program->plan(), std::vector<Resolved<MetricOp>>(),
        MetricSize{.rows = one.samples.rows(),
                   .outputs = plan.output_width(),
                   .weighted = one.samples.has_sample_weights()},
        *one.team);
    out.names_.emplace_back((*compiled)->loss().name);
    out.losses_.push_back(std::move(one));
    return absl::OkStatus();
  };
  if (losses.empty()) {
    if (absl::Status status = add(plan.network(), path); !status.ok()) return status;
    return out;
  }
  for (size_t i = 0; i < losses.size(); ++i) {
    v1::Network network = plan.network();
    *network.mutable_outputs(0)->mutable_loss() = losses[i];
    if (absl::Status status = add(network, path[i]); !status.ok()) return status;
  }
  return out;
}

SaturatingSize SurfaceLosses::Bytes(const std::shared_ptr<const Plan>& plan) {
  const std::shared_ptr<const Program> program = Program::Create(plan);
  return SaturatingSize(program->arena_size()) * sizeof(float) +
         Evaluator<float>::Bytes(*program, /*members=*/1);
}

std::optional<double> SurfaceLosses::At(size_t loss, std::span<const float> parameters,
                                        absl::FunctionRef<bool()> stop) {
  One& one = losses_[loss];
  one.program->WriteAll(parameters, one.arena.data());
  google::protobuf::RepeatedPtrField<v1::MetricValue> none;
  return one.evaluator->Evaluate(one.arena.data(), one.samples, none, nullptr,
                                 [&](int64_t) { return !stop(); });
}

}  // namespace fnn::core
