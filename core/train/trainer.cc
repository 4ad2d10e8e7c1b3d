#include "core/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/ops/loss_sum.h"
#include "core/random/permutation.h"
#include "core/train/scaling.h"
#include "google/protobuf/util/time_util.h"

namespace fnn::core {
namespace {

using Clock = std::chrono::steady_clock;
using google::protobuf::util::TimeUtil;

constexpr int64_t kWeightsAtOnce = 256;

bool HasSampleWeights(const Samples* samples) {
  return samples != nullptr && samples->has_sample_weights();
}

google::protobuf::Duration ToProto(Clock::duration duration) {
  return TimeUtil::NanosecondsToDuration(
      std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

// As much of the longest duration a message can hold.
google::protobuf::Duration TimeLeft(Clock::duration epoch, int64_t epochs) {
  constexpr double kMostSeconds = 3e11;
  const double seconds = std::chrono::duration<double>(epoch).count() * static_cast<double>(epochs);
  return TimeUtil::MillisecondsToDuration(
      static_cast<int64_t>(std::min(seconds, kMostSeconds) * 1e3));
}

}  // namespace

template <typename T>
Trainer<T>::Trainer(std::shared_ptr<const Plan> plan, const ResolvedOptions& options,
                    const Samples& train, const Samples* validation, Team& team)
    : options_(options),
      train_(train),
      validation_(validation),
      outputs_(plan->output_width()),
      compiled_(Engine::Compile(plan)),
      training_(compiled_, options.step, team),
      evaluator_(compiled_, *plan, options.metrics,
                 {.rows = std::max(train.rows(), validation == nullptr ? 0 : validation->rows()),
                  .outputs = outputs_,
                  .weighted = train.has_sample_weights() || HasSampleWeights(validation)},
                 team),
      metrics_(options.metrics,
               {.rows = train.rows(), .outputs = outputs_, .weighted = train.has_sample_weights()}),
      weights_(train.has_sample_weights() ? kWeightsAtOnce : 0),
      learning_rate_(options.schedule, options.learning_rate),
      stopping_(options.stopping, options.epochs) {
  training_.Initialize(options.seed);
  if (!plan->scaling().has_value()) return;
  const ScalingNumbers numbers = MeasureScaling(*plan->scaling(), train);
  const auto set = [this](size_t block, const std::vector<double>& values) {
    training_.SetBlock(block, std::vector<T>(values.begin(), values.end()));
  };
  set(plan->scaling()->shift, numbers.shift);
  set(plan->scaling()->scale, numbers.scale);
}

template <typename T>
SaturatingSize Trainer<T>::Bytes(const Program& program, const StepOptions& options, int members) {
  return Training::Bytes(program, options, members) + Evaluator<float>::Bytes(program, members) +
         program.plan().DrawingBytes() + ScalingBytes(program.plan()) +
         kWeightsAtOnce * sizeof(float);
}

template <typename T>
TrainingOutcome Trainer<T>::Run(TrainingObserver& observer) {
  start_ = Clock::now();
  TrainingOutcome outcome = MeasureStart(observer);
  for (int64_t epoch = 1; outcome == TrainingOutcome::kCompleted &&
                          report_.stop_reason() == v1::STOP_REASON_UNSPECIFIED;
       ++epoch) {
    outcome = TrainEpoch(epoch, observer);
  }
  return outcome;
}

template <typename T>
void Trainer<T>::AddToMetrics(const Permutation& order, int64_t first, int64_t rows,
                              const T* predictions, const T* targets) {
  if (weights_.empty()) return metrics_.Add(rows, outputs_, predictions, targets, nullptr);
  for (int64_t r = 0; r < rows; r += kWeightsAtOnce) {
    const int64_t count = std::min(kWeightsAtOnce, rows - r);
    train_.GatherSampleWeights(order, first + r, count, weights_.data());
    metrics_.Add(count, outputs_, predictions + r * outputs_, targets + r * outputs_,
                 weights_.data());
  }
}

template <typename T>
TrainingOutcome Trainer<T>::MeasureStart(TrainingObserver& observer) {
  const auto start = Clock::now();
  const std::optional<double> loss =
      evaluator_.Evaluate(training_.parameters(), train_, *report_.mutable_train_metrics(), nullptr,
                          [&observer](int64_t) { return !observer.ShouldStop(); });
  if (!loss.has_value()) return TrainingOutcome::kStopped;
  if (!std::isfinite(*loss)) return Diverged(0, training_.FirstBlockNotFinite());
  report_.set_train_loss(*loss);
  const TrainingOutcome outcome = FinishReport(observer);
  if (outcome != TrainingOutcome::kCompleted) return outcome;
  *report_.mutable_timing()->mutable_duration() = ToProto(Clock::now() - start);
  observer.OnEpoch(report_);
  return outcome;
}

template <typename T>
TrainingOutcome Trainer<T>::TrainEpoch(int64_t epoch, TrainingObserver& observer) {
  const auto start = Clock::now();
  if (std::exchange(report_is_best_, false)) report_.Swap(&best_report_);
  // Every field is written anew, so that the message keeps its memory.
  report_.set_epoch(epoch);
  double rate = learning_rate_.At(epoch - 1, steps_);
  report_.set_learning_rate(rate);
  const int64_t n = train_.rows();
  const int64_t batch_size = options_.step.batch_size;
  const Permutation order =
      options_.shuffle ? Permutation(n, RandomStream(options_.seed, Purpose::kShuffle, epoch))
                       : Permutation(n);
  const int64_t batches = (n + batch_size - 1) / batch_size;
  metrics_.Clear();
  int64_t measured = 0;
  const auto on_rows = [&](int64_t rows, const T* predictions, const T* targets) {
    AddToMetrics(order, measured, rows, predictions, targets);
    measured += rows;
  };
  const auto stop = [&observer] { return observer.ShouldStop(); };
  LossSum loss;
  const auto batch_at = [&](int64_t begin) {
    return Batch{train_, order, begin, std::min(batch_size, n - begin), options_.seed, epoch};
  };
  for (int64_t i = 0; i < batches; ++i) {
    if (stop()) return TrainingOutcome::kStopped;
    const Batch batch = batch_at(i * batch_size);
    const std::optional<LossSum> sum = training_.ComputeLoss(batch, on_rows, stop);
    if (!sum.has_value()) return TrainingOutcome::kStopped;
    loss.Add(*sum);
    if (!std::isfinite(loss.loss)) {
      std::string layer = training_.FirstBlockNotFinite();
      if (layer.empty()) layer = training_.FirstLayerNotFinite();
      return Diverged(epoch, std::move(layer));
    }
    const int64_t done = batch.begin + batch.rows;
    if (learning_rate_.per_step()) rate = learning_rate_.At(epoch - 1, steps_);
    if (options_.step.optimizer->whole_batch) {
      if (!training_.Search(rate, batch, sum->Mean(), stop)) return TrainingOutcome::kStopped;
    } else {
      training_.Update(rate, batch_at(done));
    }
    ++steps_;
    observer.OnBatch(epoch, i + 1, batches, loss.Mean());
  }
  const auto trained = Clock::now();
  report_.set_train_loss(loss.Mean());
  metrics_.WriteTo(*report_.mutable_train_metrics());
  const TrainingOutcome outcome = FinishReport(observer);
  if (outcome != TrainingOutcome::kCompleted) return outcome;
  learning_rate_.Add(WatchedLoss(report_));
  report_.set_stop_reason(stopping_.Add(report_, Clock::now() - start_));
  v1::EpochTiming& timing = *report_.mutable_timing();
  const auto end = Clock::now();
  *timing.mutable_duration() = ToProto(end - start);
  timing.set_samples_per_second(
      static_cast<double>(n) /
      std::max(std::chrono::duration<double>(trained - start).count(), 1e-9));
  timing.set_threads(training_.TakeMostMembers());
  const bool last = report_.stop_reason() != v1::STOP_REASON_UNSPECIFIED;
  *timing.mutable_time_left() = TimeLeft(end - start, last ? 0 : options_.epochs - epoch);
  if (options_.stopping.restore_best) FollowBest();
  observer.OnEpoch(report_);
  return outcome;
}

template <typename T>
void Trainer<T>::FollowBest() {
  if (stopping_.last_is_best()) {
    training_.Keep();
    report_is_best_ = true;
    if (report_.epoch() == 1) best_report_ = report_;  // So that it has its memory.
    return;
  }
  if (report_.stop_reason() == v1::STOP_REASON_UNSPECIFIED) return;
  training_.Restore();
  training_.Digest(*report_.mutable_parameter_digest());
  report_.set_restored_epoch(best_report_.epoch());
  best_report_.set_stop_reason(report_.stop_reason());
  best_report_.set_restored_epoch(best_report_.epoch());
}

template <typename T>
TrainingOutcome Trainer<T>::FinishReport(TrainingObserver& observer) {
  std::string layer = training_.FirstBlockNotFinite();
  if (!layer.empty()) return Diverged(report_.epoch(), std::move(layer));
  const double l2 = options_.step.l2;
  const double l1 = options_.step.l1;
  double regularization = l2 > 0 ? 0.5 * l2 * training_.SquaredNorm() : 0;
  if (l1 > 0) regularization += l1 * training_.AbsoluteSum();
  report_.set_regularization(regularization);
  if (validation_ != nullptr) {
    const std::optional<double> loss = evaluator_.Evaluate(
        training_.parameters(), *validation_, *report_.mutable_validation_metrics(), nullptr,
        [&observer](int64_t) { return !observer.ShouldStop(); });
    if (!loss.has_value()) return TrainingOutcome::kStopped;
    if (!std::isfinite(*loss)) return Diverged(report_.epoch(), "", "the validation loss");
    report_.set_validation_loss(*loss);
  }
  training_.Digest(*report_.mutable_parameter_digest());
  return TrainingOutcome::kCompleted;
}

template <typename T>
TrainingOutcome Trainer<T>::Diverged(int64_t epoch, std::string layer, absl::string_view what) {
  error_.set_reason("DIVERGED");
  error_.set_message(absl::StrCat(
      "in epoch ", epoch, layer.empty() ? "" : absl::StrCat(", first in layer ", layer), ", ", what,
      " was no longer finite; a smaller learning rate, scaled features, or another "
      "initialiser often helps"));
  error_.set_epoch(epoch);
  error_.set_layer(std::move(layer));
  return TrainingOutcome::kDiverged;
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace fnn::core
