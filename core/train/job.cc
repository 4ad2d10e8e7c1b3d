#include "core/train/job.h"

#include <utility>

#include "core/kernels/denormals.h"

namespace fnn::core {

absl::StatusOr<TrainingJob> TrainingJob::Prepare(const Request& request) {
  auto plan = Plan::Compile(request.network, static_cast<int64_t>(request.data.features.size()),
                            request.network_path);
  if (!plan.ok()) return plan.status();
  auto samples = Samples::Create(**plan, request.data);
  if (!samples.ok()) return samples.status();
  auto options = ResolveOptions(request.options, samples->rows(), samples->classes(),
                                request.options_path, request.max_threads);
  if (!options.ok()) return options.status();

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
  job.plan_ = *std::move(plan);
  job.options_ = *std::move(options);
  job.memory_bytes_ =
      TrainingMemory(*job.plan_, job.options_.batch_size, job.options_.optimizer->slots);
  job.threads_ = job.options_.threads > 0 ? job.options_.threads : request.max_threads;
  return job;
}

TrainingResult TrainingJob::Run(TrainingObserver& observer) const {
  SoloTeam alone;
  return Run(observer, alone);
}

TrainingResult TrainingJob::Run(TrainingObserver& observer, Team& /*team*/) const {
  const ScopedFlushDenormals flush;
  Trainer<float> trainer(*plan_, options_, train_,
                         validation_.has_value() ? &*validation_ : nullptr);
  TrainingResult result;
  result.outcome = trainer.Run(observer);
  result.last_epoch = trainer.last_report();
  result.error = trainer.error();
  if (result.outcome == TrainingOutcome::kCompleted) {
    const auto parameters = trainer.parameters();
    result.network.emplace(plan_, std::vector<float>(parameters.begin(), parameters.end()));
  }
  return result;
}

int64_t TrainingMemory(const Plan& plan, int64_t batch_size, int64_t optimizer_slots) {
  const SaturatingSize published = plan.parameter_count();
  return ((Trainer<float>::Values(plan, batch_size, optimizer_slots) + published) * sizeof(float))
      .value();
}

}  // namespace fnn::core
