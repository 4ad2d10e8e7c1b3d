#include "core/train/stopping.h"

namespace fnn::core {

v1::StopReason Stopping::Add(const v1::EpochReport& report, std::chrono::nanoseconds elapsed) {
  const auto& metrics =
      report.has_validation_loss() ? report.validation_metrics() : report.train_metrics();
  const double value = options_.metric < 0 ? WatchedLoss(report) : metrics[options_.metric].value();
  const double watched = options_.more_is_better ? -value : value;
  if (!best_.has_value() || watched < *best_ - options_.min_delta) {
    best_ = watched;
    since_best_ = 0;
  } else {
    ++since_best_;
  }
  if (options_.target_loss.has_value() && WatchedLoss(report) <= *options_.target_loss) {
    return v1::STOP_REASON_TARGET_LOSS;
  }
  if (report.epoch() >= epochs_) return v1::STOP_REASON_EPOCHS;
  if (options_.early && since_best_ >= options_.patience) return v1::STOP_REASON_EARLY_STOPPING;
  if (options_.max_duration.has_value() && elapsed >= *options_.max_duration) {
    return v1::STOP_REASON_MAX_DURATION;
  }
  return v1::STOP_REASON_UNSPECIFIED;
}

}  // namespace fnn::core
