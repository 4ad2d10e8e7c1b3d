// When a training ends, and which epoch was its best.

#ifndef FNN_CORE_TRAIN_STOPPING_H_
#define FNN_CORE_TRAIN_STOPPING_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/base/archive.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

struct StoppingOptions {
  bool early = false;
  int metric = -1;  // In the report's metrics; -1: the loss.
  bool more_is_better = false;
  int64_t patience = 0;
  double min_delta = 0;
  bool restore_best = false;
  std::optional<double> target_loss{};
  std::optional<std::chrono::nanoseconds> max_duration{};
};

// The loss that is watched: the validation's where there is one.
inline double WatchedLoss(const v1::EpochReport& report) {
  return report.has_validation_loss() ? report.validation_loss() : report.train_loss();
}

class Stopping {
 public:
  Stopping(const StoppingOptions& options, int64_t epochs) : options_(options), epochs_(epochs) {}

  // An epoch from 1 on, `elapsed` after the training began. Gives why no other follows, or
  // unspecified.
  v1::StopReason Add(const v1::EpochReport& report, std::chrono::nanoseconds elapsed);

  // Whether the epoch added last is the best so far.
  bool last_is_best() const { return since_best_ == 0; }

  // The epochs so far.
  void Visit(Archive& archive) {
    archive.Value(best_);
    archive.Value(since_best_);
    archive.Check(since_best_ >= 0 && since_best_ <= epochs_, "there were too many epochs");
  }

 private:
  const StoppingOptions options_;
  const int64_t epochs_;
  std::optional<double> best_;  // What is watched, its sign such that less is better.
  int64_t since_best_ = 0;      // Epochs.
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_STOPPING_H_
