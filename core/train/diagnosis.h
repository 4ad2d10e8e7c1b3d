// What is wrong with a training, as its reports show it.
//
// A diagnosis follows from the reports alone: whoever hands over the same ones gets the same. A
// thing has to be seen for a few epochs in a row before it is told, and not to be seen for as many
// before it may be told again, twice as many each time: a run has few diagnoses, however long it
// is. When what is seen, DiagnosisThresholds in fnn/v1/health.proto says.

#ifndef FNN_CORE_TRAIN_DIAGNOSIS_H_
#define FNN_CORE_TRAIN_DIAGNOSIS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "core/base/archive.h"
#include "core/plan/watched_layers.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

class Diagnoser {
 public:
  struct Subject {
    std::vector<WatchedLayer> layers = {};  // Those of the reports' health, in their order.
    // Whether a mini-batch is large enough to tell of a unit by it.
    bool judges_units = true;
    int64_t steps = INT64_MAX;  // Of an epoch, for what needs some to be seen.
    // Whether the network computes the same in training, so that epoch 0's loss is the start of all
    // others.
    bool same_in_training = true;
  };

  // `options` with all defaults filled in.
  Diagnoser(const v1::HealthOptions& options, Subject subject);

  // A report, epoch 0 first. Gives what is told in that epoch, in the order of the kinds.
  std::vector<v1::Diagnosis> Add(const v1::EpochReport& report);

  // Where the reports are up to now.
  void Visit(Archive& archive);

 private:
  // What one kind was seen by, in the last epoch it was.
  struct Sign {
    const v1::LayerHealth* layer = nullptr;  // Null: of the whole network.
    absl::string_view name;
    double value = 0;
    double threshold = 0;
  };
  using MaybeSign = std::optional<Sign>;

  // For how long a kind has been seen, or not.
  struct Streak {
    int64_t seen = 0;
    int64_t gone = 0;
    int64_t told = 0;
    bool standing = false;  // It was told, and is not over.
  };

  // The layer whose figure is the largest above the threshold.
  MaybeSign Worst(const v1::EpochReport& report, absl::string_view name, double threshold,
                  absl::FunctionRef<double(int l)> figure) const;
  MaybeSign Vanishing(const v1::EpochReport& report) const;
  MaybeSign Exploding(const v1::EpochReport& report) const;
  MaybeSign Dead(const v1::EpochReport& report) const;
  MaybeSign Saturated(const v1::EpochReport& report) const;
  MaybeSign Alike(const v1::EpochReport& report) const;
  MaybeSign NoLearning(const v1::EpochReport& report) const;
  MaybeSign Overfitting(const v1::EpochReport& report) const;
  MaybeSign RateTooLow(const v1::EpochReport& report) const;
  MaybeSign RateTooHigh(const v1::EpochReport& report) const;

  // Whether the training loss is above that of an earlier epoch, or has fallen by a share of what
  // it was at first.
  bool AboveLeast(const v1::EpochReport& report) const;
  bool Fallen(const v1::EpochReport& report, double share) const;
  // What it was at first and a little more; above that it has risen.
  double RiseLimit(const v1::EpochReport& report) const;
  bool Seen(v1::DiagnosisKind kind) const { return streaks_[kind].seen > 0; }
  // For how many epochs a kind has to be seen.
  int64_t Patience(v1::DiagnosisKind kind) const;
  // Follows a kind; whether it is to be told.
  bool Follow(v1::DiagnosisKind kind, bool seen);
  void Remember(const v1::EpochReport& report);

  const bool on_;
  const v1::DiagnosisThresholds thresholds_;
  const Subject subject_;
  std::array<Streak, v1::DiagnosisKind_ARRAYSIZE> streaks_{};
  // Losses of the epochs so far: of training the first, and the least from epoch 1 on; of
  // validation the least, and that of training in the same epoch.
  std::optional<double> first_, least_, least_validation_;
  double train_at_least_validation_ = 0;
};

// That a training ended because something was no longer finite.
v1::Diagnosis DivergedDiagnosis(const v1::RunError& error);

// What is said of a kind in words: its message, with the layer in it, and what to try.
struct DiagnosisText {
  std::string message;
  absl::string_view suggestion;
};
DiagnosisText TextOf(v1::DiagnosisKind kind, absl::string_view layer);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_DIAGNOSIS_H_
