#include "core/train/trainer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/ops/loss_sum.h"
#include "core/random/permutation.h"
#include "core/train/checkpoint_head.h"
#include "core/train/health.h"
#include "core/train/scaling.h"
#include "google/protobuf/util/time_util.h"

namespace fnn::core {
namespace {

using Clock = std::chrono::steady_clock;
using google::protobuf::util::TimeUtil;

constexpr int64_t kWeightsAtOnce = 256;
constexpr int64_t kParametersAtOnce = 4096;
// With fewer rows, a healthy unit is 0 or saturated for all of them too often.
constexpr int64_t kRowsToJudgeUnits = 16;

// Whether it computes something else in training than in evaluations: by chance, as dropout, or by
// its batch, as batch_norm.
bool ChangesInTraining(const Plan& plan) {
  return absl::c_any_of(plan.nodes(),
                        [](const PlanNode& node) { return node.random() || node.over_batch(); });
}

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
    : plan_(plan),
      options_(options),
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
      stopping_(options.stopping, options.epochs),
      diagnoser_(
          options.message.health(),
          {.layers = training_.watched_layers(),
           .judges_units = options.step.batch_size >= std::min(kRowsToJudgeUnits, train.rows()),
           .steps = Batches(),
           .same_in_training = !ChangesInTraining(*plan)}) {}

template <typename T>
void Trainer<T>::Draw() {
  training_.Initialize(options_.seed);
  if (!plan_->scaling().has_value()) return;
  const ScalingNumbers numbers = MeasureScaling(*plan_->scaling(), train_);
  const auto set = [this](size_t block, const std::vector<double>& values) {
    training_.SetBlock(block, 0, std::vector<T>(values.begin(), values.end()));
  };
  set(plan_->scaling()->shift, numbers.shift);
  set(plan_->scaling()->scale, numbers.scale);
}

template <typename T>
void Trainer<T>::SetParameters(const Network& network) {
  std::array<float, kParametersAtOnce> room;
  for (size_t b = 0; b < plan_->parameters().size(); ++b) {
    const int64_t size = plan_->parameters()[b].size;
    for (int64_t begin = 0; begin < size; begin += kParametersAtOnce) {
      const std::span<float> part(room.data(), std::min(kParametersAtOnce, size - begin));
      network.ReadParameters(b, begin, part);
      training_.SetBlock(b, begin, std::vector<T>(part.begin(), part.end()));
    }
  }
}

template <typename T>
SaturatingSize Trainer<T>::Bytes(const Program& program, const StepOptions& options, int members) {
  return Training::Bytes(program, options, members) + Evaluator<float>::Bytes(program, members) +
         program.plan().DrawingBytes() + ScalingBytes(program.plan()) +
         kWeightsAtOnce * sizeof(float);
}

template <typename T>
TrainingOutcome Trainer<T>::Run(TrainingObserver& observer, const Continuation& seen) {
  seen_epoch_ = seen.logged_epoch;
  seen_stop_ = seen.logged_stop;
  seen_diagnoses_ = seen.logged_diagnoses;
  TrainingOutcome outcome = TrainingOutcome::kCompleted;
  if (!loaded_) {
    start_ = Clock::now();
    outcome = MeasureStart(observer);
  }
  while (outcome == TrainingOutcome::kCompleted &&
         report_.stop_reason() == v1::STOP_REASON_UNSPECIFIED) {
    outcome = TrainEpoch(observer);
  }
  if (outcome == TrainingOutcome::kDiverged) Tell(observer, DivergedDiagnosis(error_));
  return outcome;
}

template <typename T>
void Trainer<T>::Report(TrainingObserver& observer) {
  if (report_.epoch() > seen_epoch_) {
    observer.OnEpoch(report_);
    if constexpr (std::is_same_v<T, float>) {
      observer.OnParameters(plan_->parameter_count(), [this](std::span<float> out) {
        compiled_->ReadAll(training_.parameters(), out);
      });
    }
  }
  for (const v1::Diagnosis& diagnosis : diagnoser_.Add(report_)) Tell(observer, diagnosis);
}

template <typename T>
void Trainer<T>::Tell(TrainingObserver& observer, const v1::Diagnosis& diagnosis) {
  // After the last report that was seen there are its own, and perhaps that training diverged.
  const bool after_it = diagnosis.epoch() == seen_epoch_ ||  //
                        diagnosis.kind() == v1::DIAGNOSIS_KIND_DIVERGED;
  const bool seen = absl::c_linear_search(seen_diagnoses_, diagnosis.kind());
  if (diagnosis.epoch() < seen_epoch_ || (after_it && seen)) return;
  observer.OnDiagnosis(diagnosis);
}

template <typename T>
v1::StopReason Trainer<T>::StopReason() {
  // An epoch that was seen ended as it did, however long it takes this time.
  const bool seen = report_.epoch() <= seen_epoch_;
  const v1::StopReason reason =
      stopping_.Add(report_, seen ? Clock::duration::zero() : Clock::now() - start_);
  const bool ended = report_.epoch() == seen_epoch_ && seen_stop_ != v1::STOP_REASON_UNSPECIFIED;
  return ended ? seen_stop_ : reason;
}

// ---- Checkpoints --------------------------------------------------------------------------------

template <typename T>
storage::v1::CheckpointHead Trainer<T>::Head() const {
  storage::v1::CheckpointHead head = CheckpointHeadOf(*plan_, options_, train_, validation_);
  head.set_parameter_bytes(sizeof(T));
  return head;
}

template <typename T>
AfterCheckpoint Trainer<T>::OfferCheckpoint(TrainingObserver& observer) {
  if (!observer.WantsCheckpoint(place_)) return AfterCheckpoint::kContinue;
  return observer.OnCheckpoint(place_, [this](ByteSink& sink) { return Save(sink); });
}

template <typename T>
absl::Status Trainer<T>::Save(ByteSink& sink) {
  Archive archive(sink);
  storage::v1::CheckpointHead head = Head();
  head.set_epoch(place_.epoch);
  head.set_batch(place_.batch);
  archive.Message(head);
  Visit(archive);
  archive.Seal();
  return archive.status();
}

template <typename T>
absl::Status Trainer<T>::Load(ByteSource& checkpoint) {
  Archive archive(checkpoint);
  storage::v1::CheckpointHead head;
  archive.Message(head);
  if (!archive.ok()) return archive.status();
  if (absl::Status status = CheckHead(head, Head()); !status.ok()) return status;
  place_ = {.epoch = head.epoch(), .batch = head.batch()};
  archive.Check(place_.epoch >= 1 && place_.epoch <= options_.epochs && place_.batch >= 0 &&
                    place_.batch < Batches(),
                "there is no such place in the training");
  Visit(archive);
  archive.Seal();
  loaded_ = archive.ok();
  return archive.status();
}

template <typename T>
void Trainer<T>::Visit(Archive& archive) {
  const auto now = Clock::now();
  const auto time = [&](Clock::time_point& start) {
    auto passed = std::chrono::nanoseconds(now - start).count();
    archive.Value(passed);
    constexpr auto kMost = std::numeric_limits<int64_t>::max() / 4;
    archive.Check(passed >= 0 && passed < kMost, "it took too long");
    if (archive.loading() && archive.ok()) start = now - std::chrono::nanoseconds(passed);
  };
  time(start_);
  time(epoch_start_);
  loss_.Visit(archive);
  metrics_.Visit(archive);
  learning_rate_.Visit(archive);
  stopping_.Visit(archive);
  diagnoser_.Visit(archive);
  if (watches()) {
    // Of this epoch, where it is measured already.
    v1::EpochReport health;
    health.mutable_health()->Swap(report_.mutable_health());
    archive.Message(health);
    report_.mutable_health()->Swap(health.mutable_health());
    archive.Check(report_.health_size() == 0 ||
                      report_.health_size() == static_cast<int>(training_.watched_layers().size()),
                  "it has other layers");
  }
  if (options_.stopping.restore_best) archive.Message(best_report_);
  training_.Visit(archive, (place_.epoch - 1) * Batches() + place_.batch);
}

// ---- Epochs -------------------------------------------------------------------------------------

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
  Report(observer);
  return outcome;
}

template <typename T>
int64_t Trainer<T>::Batches() const {
  return (train_.rows() + options_.step.batch_size - 1) / options_.step.batch_size;
}

template <typename T>
TrainingOutcome Trainer<T>::TrainEpoch(TrainingObserver& observer) {
  const int64_t epoch = place_.epoch;
  const int64_t batches = Batches();
  if (place_.batch == 0) epoch_start_ = Clock::now();
  if (std::exchange(report_is_best_, false)) report_.Swap(&best_report_);
  // Every field is written anew, so that the message keeps its memory.
  report_.set_epoch(epoch);
  const int64_t steps = (epoch - 1) * batches;  // Before it.
  double rate = learning_rate_.At(epoch - 1, steps);
  report_.set_learning_rate(rate);
  const int64_t n = train_.rows();
  const int64_t batch_size = options_.step.batch_size;
  const Permutation order =
      options_.shuffle ? Permutation(n, RandomStream(options_.seed, Purpose::kShuffle, epoch))
                       : Permutation(n);
  int64_t measured = place_.batch * batch_size;
  const auto on_rows = [&](int64_t rows, const T* predictions, const T* targets) {
    AddToMetrics(order, measured, rows, predictions, targets);
    measured += rows;
  };
  const auto stop = [&observer] { return observer.ShouldStop(); };
  const auto batch_at = [&](int64_t begin) {
    return Batch{train_, order, begin, std::min(batch_size, n - begin), options_.seed, epoch};
  };
  const int64_t last_full = n / batch_size - 1;
  while (place_.batch < batches) {
    if (stop()) return TrainingOutcome::kStopped;
    if (OfferCheckpoint(observer) == AfterCheckpoint::kStop) return TrainingOutcome::kStopped;
    const Batch batch = batch_at(place_.batch * batch_size);
    const bool watched = watches() && place_.batch == last_full;
    if (watched) training_.Watch();
    const std::optional<LossSum> sum = training_.ComputeLoss(batch, on_rows, stop);
    if (!sum.has_value()) return TrainingOutcome::kStopped;
    loss_.Add(*sum);
    if (!std::isfinite(loss_.loss)) {
      std::string layer = training_.FirstBlockNotFinite();
      if (layer.empty()) layer = training_.FirstLayerNotFinite();
      return Diverged(epoch, std::move(layer));
    }
    const int64_t done = batch.begin + batch.rows;
    if (learning_rate_.per_step()) rate = learning_rate_.At(epoch - 1, steps + place_.batch);
    if (options_.step.optimizer->whole_batch) {
      if (!training_.Search(rate, batch, sum->Mean(), stop)) return TrainingOutcome::kStopped;
    } else {
      training_.Update(rate, batch_at(done));
    }
    if (watched) {
      WriteHealth(*plan_, training_.watched_layers(), training_.figures(), options_.step.health,
                  *report_.mutable_health());
    }
    ++place_.batch;
    if (epoch > seen_epoch_) observer.OnBatch(epoch, place_.batch, batches, loss_.Mean());
  }
  const auto trained = Clock::now();
  report_.set_train_loss(loss_.Mean());
  metrics_.WriteTo(*report_.mutable_train_metrics());
  loss_ = {};
  metrics_.Clear();
  place_ = {.epoch = epoch + 1, .batch = 0};
  const TrainingOutcome outcome = FinishReport(observer);
  if (outcome != TrainingOutcome::kCompleted) return outcome;
  learning_rate_.Add(WatchedLoss(report_));
  report_.set_stop_reason(StopReason());
  v1::EpochTiming& timing = *report_.mutable_timing();
  const auto end = Clock::now();
  *timing.mutable_duration() = ToProto(end - epoch_start_);
  timing.set_samples_per_second(
      static_cast<double>(n) /
      std::max(std::chrono::duration<double>(trained - epoch_start_).count(), 1e-9));
  timing.set_threads(training_.TakeMostMembers());
  const bool last = report_.stop_reason() != v1::STOP_REASON_UNSPECIFIED;
  *timing.mutable_time_left() = TimeLeft(end - epoch_start_, last ? 0 : options_.epochs - epoch);
  if (options_.stopping.restore_best) FollowBest();
  Report(observer);
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
