#include "core/train/job.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/saturating.h"
#include "core/kernels/denormals.h"
#include "core/plan/arguments.h"
#include "core/train/scaling.h"
#include "core/train/weights.h"

namespace fnn::core {
namespace {

// Names the activations through which nothing can be learned, where something before them would.
absl::Status CheckSlopes(const Plan& plan, const FieldPath& path) {
  Violations violations;
  for (const PlanNode& node : plan.nodes()) {
    if (!node.learns || node.kind != PlanNode::Kind::kActivation) continue;
    if (node.activation->differentiable) continue;
    const v1::Layer& layer = plan.network().layers(node.layer);
    const FieldPath at = (path / "layers")[node.layer] / ChosenKind(layer)->name();
    violations.Add((layer.has_activation() ? at : at / "activation") / node.activation->name,
                   "NOT_DIFFERENTIABLE",
                   "has no slope to learn by: the network predicts and evaluates, but nothing up "
                   "to here can be trained, unless it is frozen");
  }
  return violations.empty() ? absl::OkStatus() : violations.ToStatus();
}

// A variance takes two values or more in each channel of each mini-batch.
absl::Status CheckBatches(const Plan& plan, int64_t rows, int64_t batch_size,
                          const FieldPath& path) {
  const int64_t last = rows % batch_size == 0 ? batch_size : rows % batch_size;
  for (const PlanNode& node : plan.nodes()) {
    if (!node.over_batch() || node.width / node.channels * std::min(last, batch_size) > 1) continue;
    return InvalidField(path / "batch_size", "BATCH_TOO_SMALL",
                        absl::StrCat("leaves a mini-batch of one row, of ", rows, ", and layer ",
                                     Echo(plan.LayerName(node)),
                                     " needs two to normalise: take another, or more rows"));
  }
  return absl::OkStatus();
}

// Names the first layer that makes no loss of the parameters alone, for an optimiser that takes
// one.
absl::Status CheckLoss(const Plan& plan, const StepOptions& options, const FieldPath& path) {
  if (!options.optimizer->whole_batch) return absl::OkStatus();
  for (const PlanNode& node : plan.nodes()) {
    if (!node.random()) continue;
    return InvalidField(path / "optimizer" / options.optimizer->name, "NOT_WITH_OPTIMIZER",
                        absl::StrCat("does not go with layer ", plan.LayerName(node),
                                     ", whose random draws make the loss another at each step"));
  }
  return absl::OkStatus();
}

// Names the first tensor that is another in `initial`.
absl::Status CheckInitial(const Plan& plan, const Plan& initial, const FieldPath& path) {
  const auto shape = [](const ParameterBlock& block) {
    return absl::StrCat("[", absl::StrJoin(block.shape, ", "), "]");
  };
  const auto ours = plan.parameters();
  const auto theirs = initial.parameters();
  for (size_t b = 0; b < std::max(ours.size(), theirs.size()); ++b) {
    if (b < ours.size() && b < theirs.size() && ours[b].shape == theirs[b].shape) continue;
    const std::string what =
        b >= theirs.size()
            ? absl::StrCat("has nothing for ", Echo(ours[b].name), ", ", shape(ours[b]))
        : b >= ours.size()
            ? absl::StrCat("has ", Echo(theirs[b].name), ", ", shape(theirs[b]),
                           ", which the network has not")
            : absl::StrCat("has ", Echo(theirs[b].name), ", ", shape(theirs[b]),
                           ", where the network has ", Echo(ours[b].name), ", ", shape(ours[b]));
    return InvalidField(path, "PARAMETERS_DIFFER",
                        absl::StrCat(what, "; take a network of the same shapes"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrainingJob> TrainingJob::Prepare(const Request& request) {
  auto plan = Plan::Compile(request.network, static_cast<int64_t>(request.data.features.size()),
                            request.network_path);
  if (!plan.ok()) return plan.status();
  if (request.initial != nullptr) {
    absl::Status status = CheckInitial(**plan, request.initial->plan(), request.initial_path);
    if (!status.ok()) return status;
  }
  if (absl::Status status = CheckSlopes(**plan, request.network_path); !status.ok()) return status;
  auto samples = Samples::Create(**plan, request.data);
  if (!samples.ok()) return samples.status();
  if (absl::Status status = CheckScaling(**plan, request.data); !status.ok()) return status;
  auto options = ResolveOptions(request.options, samples->rows(), samples->classes(),
                                request.options_path, request.max_threads);
  if (!options.ok()) return options.status();
  if (absl::Status status = CheckLoss(**plan, options->step, request.options_path); !status.ok()) {
    return status;
  }

  TrainingJob job;
  if (request.validation.has_value()) {
    auto validation = Samples::Create(**plan, *request.validation);
    if (!validation.ok()) return validation.status();
    job.train_ = *std::move(samples);
    job.validation_ = *std::move(validation);
  } else if (options->validation_rows > 0) {
    const Permutation order(samples->rows(), RandomStream(options->seed, Purpose::kSplit));
    const int64_t held_out = options->validation_rows;
    job.validation_ = samples->Subset(order, 0, held_out);
    job.train_ = samples->Subset(order, held_out, samples->rows() - held_out);
  } else {
    job.train_ = *std::move(samples);
  }
  Samples* const validation = job.validation_.has_value() ? &*job.validation_ : nullptr;
  if (absl::Status status =
          ResolveWeights(request.options, **plan, request.options_path, job.train_, validation);
      !status.ok()) {
    return status;
  }
  if (absl::Status status =
          CheckBatches(**plan, job.train_.rows(), options->step.batch_size, request.options_path);
      !status.ok()) {
    return status;
  }
  job.plan_ = *std::move(plan);
  if (request.initial != nullptr) job.initial_ = *request.initial;
  job.options_ = *std::move(options);
  job.options_.step.weighted = job.train_.weighted();
  const auto program = Program::Create(job.plan_);
  const int64_t allowed = job.options_.threads > 0 ? job.options_.threads : request.max_threads;
  job.threads_ =
      std::min<int64_t>(allowed, Training::UsefulMembers(*program, job.options_.step.batch_size));
  job.network_bytes_ = (SaturatingSize(program->arena_size()) * sizeof(float)).value();
  job.memory_bytes_ =
      (Trainer<float>::Bytes(*program, job.options_.step, static_cast<int>(job.threads_)) +
       job.MetricBytes())
          .value();
  return job;
}

int64_t TrainingJob::LeastNetworkMemory() const {
  StepOptions least = options_.step;
  least.batch_size = 1;
  return TrainingMemory(plan_, least, /*members=*/1);
}

SaturatingSize TrainingJob::MetricBytes() const {
  const int64_t outputs = plan_->output_width();
  const int64_t validation = validation_.has_value() ? validation_->rows() : 0;
  const bool weighted = train_.has_sample_weights();
  const bool either = weighted || (validation_.has_value() && validation_->has_sample_weights());
  // Those of the rows that are trained on, and those of either set at fixed parameters.
  return MetricSet<float>::Bytes(options_.metrics, {train_.rows(), outputs, weighted}) +
         MetricSet<float>::Bytes(options_.metrics,
                                 {std::max(train_.rows(), validation), outputs, either});
}

TrainingResult TrainingJob::Run(TrainingObserver& observer) const {
  SoloTeam alone;
  return Run(observer, alone);
}

TrainingResult TrainingJob::Run(TrainingObserver& observer, Team& team) const {
  return *Run(observer, team, {});  // Errors are of checkpoints alone.
}

absl::StatusOr<TrainingResult> TrainingJob::Run(TrainingObserver& observer, Team& team,
                                                const Continuation& continuation) const {
  const ScopedFlushDenormals flush;
  Trainer<float> trainer(plan_, options_, train_, validation_.has_value() ? &*validation_ : nullptr,
                         team);
  if (continuation.checkpoint != nullptr) {
    const absl::Status status = trainer.Load(*continuation.checkpoint);
    if (!status.ok()) return status;
  } else if (initial_.has_value()) {
    trainer.SetParameters(*initial_);
  } else {
    trainer.Draw();
  }
  TrainingResult result;
  result.outcome = trainer.Run(observer, continuation);
  result.error = trainer.error();
  if (result.outcome == TrainingOutcome::kCompleted) {
    result.last_epoch = trainer.final_report();
    result.network.emplace(trainer.compiled(), trainer.training().TakeParameters());
  }
  return result;
}

int64_t TrainingMemory(const std::shared_ptr<const Plan>& plan, const StepOptions& options,
                       int members) {
  return Trainer<float>::Bytes(*Program::Create(plan), options, members).value();
}

}  // namespace fnn::core
