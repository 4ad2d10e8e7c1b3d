#include "core/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "google/protobuf/util/time_util.h"

namespace fnn::core {
namespace {

using Clock = std::chrono::steady_clock;
using google::protobuf::util::TimeUtil;

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
Trainer<T>::Trainer(const Plan& plan, const ResolvedOptions& options, const Samples& train,
                    const Samples* validation)
    : plan_(plan),
      options_(options),
      train_(train),
      validation_(validation),
      executor_(plan, options.batch_size, ExecutorMode::kTraining),
      evaluator_(plan),
      parameters_(plan.parameter_count()),
      gradient_(plan.parameter_count()),
      slots_(options.optimizer->slots, std::vector<T>(plan.parameter_count(), T{0})),
      x_(options.batch_size * plan.input_width()),
      t_(options.batch_size * plan.output_width()),
      predictions_(options.batch_size * plan.output_width()) {
  plan.Initialize<T>(options.seed, parameters_);
}

template <typename T>
SaturatingSize Trainer<T>::Values(const Plan& plan, int64_t batch_size, int64_t optimizer_slots) {
  const SaturatingSize batch =
      SaturatingSize(batch_size) * (SaturatingSize(plan.input_width()) + 2 * plan.output_width());
  return SaturatingSize(plan.parameter_count()) * (2 + optimizer_slots) + batch +
         Executor<T>::Values(plan, batch_size, ExecutorMode::kTraining) +
         Evaluator<T>::Values(plan);
}

template <typename T>
TrainingOutcome Trainer<T>::Run(TrainingObserver& observer) {
  TrainingOutcome outcome = MeasureStart(observer);
  for (int64_t epoch = 1; epoch <= options_.epochs && outcome == TrainingOutcome::kCompleted;
       ++epoch) {
    outcome = TrainEpoch(epoch, observer);
  }
  return outcome;
}

template <typename T>
TrainingOutcome Trainer<T>::MeasureStart(TrainingObserver& observer) {
  const auto start = Clock::now();
  report_.Clear();
  const auto measured =
      evaluator_.Evaluate(parameters_.data(), train_, options_.metrics, nullptr,
                          [&observer](int64_t) { return !observer.ShouldStop(); });
  if (!measured.has_value()) return TrainingOutcome::kStopped;
  if (!std::isfinite(measured->loss)) return Diverged(0, FirstBlockNotFinite());
  report_.set_train_loss(measured->loss);
  *report_.mutable_train_metrics() = measured->metrics;
  const TrainingOutcome outcome = FinishReport(observer);
  if (outcome != TrainingOutcome::kCompleted) return outcome;
  *report_.mutable_timing()->mutable_duration() = ToProto(Clock::now() - start);
  observer.OnEpoch(report_);
  return outcome;
}

template <typename T>
TrainingOutcome Trainer<T>::TrainEpoch(int64_t epoch, TrainingObserver& observer) {
  const auto start = Clock::now();
  report_.Clear();
  report_.set_epoch(epoch);
  report_.set_learning_rate(options_.learning_rate);
  const int64_t n = train_.rows();
  const Permutation order =
      options_.shuffle ? Permutation(n, RandomStream(options_.seed, Purpose::kShuffle, epoch))
                       : Permutation(n);
  const int64_t batches = (n + options_.batch_size - 1) / options_.batch_size;
  const int64_t outputs = plan_.output_width();
  MetricSet<T> metrics(options_.metrics);
  double loss = 0;
  for (int64_t batch = 0; batch < batches; ++batch) {
    if (observer.ShouldStop()) return TrainingOutcome::kStopped;
    const int64_t begin = batch * options_.batch_size;
    const int64_t rows = std::min(options_.batch_size, n - begin);
    Gather(order, begin, rows);
    const T* y = executor_.Forward(parameters_.data(), x_.data(), rows);
    plan_.loss().template kernels<T>().compute(rows, outputs, y, t_.data(), &loss,
                                               executor_.output_delta());
    if (!std::isfinite(loss)) {
      std::string layer = FirstBlockNotFinite();
      if (layer.empty()) layer = executor_.FirstLayerNotFinite(rows);
      return Diverged(epoch, std::move(layer));
    }
    ApplyLink(plan_, rows, y, predictions_.data());
    metrics.Add(rows, outputs, predictions_.data(), t_.data());
    Step(rows);
    observer.OnBatch(epoch, batch + 1, batches, loss / static_cast<double>(begin + rows));
  }
  const auto trained = Clock::now();
  report_.set_train_loss(loss / static_cast<double>(n));
  metrics.WriteTo(*report_.mutable_train_metrics());
  const TrainingOutcome outcome = FinishReport(observer);
  if (outcome != TrainingOutcome::kCompleted) return outcome;
  v1::EpochTiming& timing = *report_.mutable_timing();
  const auto end = Clock::now();
  *timing.mutable_duration() = ToProto(end - start);
  timing.set_samples_per_second(
      static_cast<double>(n) /
      std::max(std::chrono::duration<double>(trained - start).count(), 1e-9));
  *timing.mutable_time_left() = TimeLeft(end - start, options_.epochs - epoch);
  observer.OnEpoch(report_);
  return outcome;
}

template <typename T>
void Trainer<T>::Gather(const Permutation& order, int64_t begin, int64_t rows) {
  for (int64_t r = 0; r < rows; ++r) {
    train_.Gather(order(begin + r), x_.data() + r * plan_.input_width(),
                  t_.data() + r * plan_.output_width());
  }
}

template <typename T>
void Trainer<T>::Step(int64_t rows) {
  executor_.Backward(parameters_.data(), x_.data(), rows, T{1} / static_cast<T>(rows),
                     gradient_.data());
  if (options_.l2 > 0) {
    const T lambda = static_cast<T>(options_.l2);
    for (const ParameterBlock& block : plan_.parameters()) {
      if (!block.regularized) continue;
      for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
        gradient_[i] += lambda * parameters_[i];
      }
    }
  }
  std::array<T*, kMostSlots> slots{};
  for (size_t s = 0; s < slots_.size(); ++s) slots[s] = slots_[s].data();
  options_.optimizer->kernels<T>().step(options_.optimizer_arguments, options_.learning_rate,
                                        ++steps_, plan_.parameter_count(), gradient_.data(),
                                        parameters_.data(), slots.data());
}

template <typename T>
TrainingOutcome Trainer<T>::FinishReport(TrainingObserver& observer) {
  std::string layer = FirstBlockNotFinite();
  if (!layer.empty()) return Diverged(report_.epoch(), std::move(layer));
  report_.set_regularization(Regularization());
  if (validation_ != nullptr) {
    const auto measured =
        evaluator_.Evaluate(parameters_.data(), *validation_, options_.metrics, nullptr,
                            [&observer](int64_t) { return !observer.ShouldStop(); });
    if (!measured.has_value()) return TrainingOutcome::kStopped;
    if (!std::isfinite(measured->loss)) {
      return Diverged(report_.epoch(), "", "the validation loss");
    }
    report_.set_validation_loss(measured->loss);
    *report_.mutable_validation_metrics() = measured->metrics;
  }
  report_.set_parameter_digest(Digest(std::as_bytes(std::span<const T>(parameters_))));
  return TrainingOutcome::kCompleted;
}

template <typename T>
double Trainer<T>::Regularization() const {
  if (options_.l2 == 0) return 0;
  double squares = 0;
  for (const ParameterBlock& block : plan_.parameters()) {
    if (!block.regularized) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      squares += static_cast<double>(parameters_[i]) * static_cast<double>(parameters_[i]);
    }
  }
  return 0.5 * options_.l2 * squares;
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

template <typename T>
std::string Trainer<T>::FirstBlockNotFinite() const {
  for (const ParameterBlock& block : plan_.parameters()) {
    const auto begin = parameters_.begin() + block.offset;
    if (!std::all_of(begin, begin + block.size, [](T value) { return std::isfinite(value); })) {
      return block.name.substr(0, block.name.find('.'));
    }
  }
  return "";
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace fnn::core
