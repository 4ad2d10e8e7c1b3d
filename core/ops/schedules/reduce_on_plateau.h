// reduce_on_plateau: the rate falls by a factor each time the loss stopped falling (PyTorch's
// ReduceLROnPlateau with an absolute threshold). Here t counts those times.

#ifndef FNN_CORE_OPS_SCHEDULES_REDUCE_ON_PLATEAU_H_
#define FNN_CORE_OPS_SCHEDULES_REDUCE_ON_PLATEAU_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/base/archive.h"
#include "core/ops/table.h"

namespace fnn::core {

struct ReduceOnPlateauSchedule {
  static constexpr absl::string_view kName = "reduce_on_plateau";
  static constexpr absl::string_view kFormula = "max(rate factor^t, min(rate, minimum))";
  static constexpr std::array<Argument, 4> kArguments{
      {{.name = "factor",
        .default_value = 0.1,
        .min = 0,
        .max = 1,
        .min_excluded = true,
        .max_excluded = true},
       {.name = "patience", .default_value = 10, .min = 0},
       {.name = "min_delta", .default_value = 1e-4, .min = 0},
       {.name = "minimum", .default_value = 0, .min = 0}}};
  static constexpr bool kOnPlateau = true;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    const double reduced = rate * std::pow(arguments[0], t);
    return std::max(reduced, std::min(rate, arguments[3]));
  }
};

// Counts the times that a loss stopped falling.
class Plateaus {
 public:
  // After each epoch, with the arguments above.
  void Add(const Arguments& arguments, double loss) {
    const auto& [factor, patience, min_delta, minimum] = arguments;
    if (loss < best_ - min_delta) {
      best_ = loss;
      bad_ = 0;
    } else {
      ++bad_;
    }
    if (static_cast<double>(bad_) <= patience) return;
    bad_ = 0;
    ++count_;
  }
  int64_t count() const { return count_; }
  void Visit(Archive& archive) {
    archive.Value(best_);
    archive.Value(bad_);
    archive.Value(count_);
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 2;
    archive.Check(bad_ >= 0 && bad_ < kMost && count_ >= 0 && count_ < kMost,
                  "there were too many epochs");
  }

 private:
  double best_ = std::numeric_limits<double>::infinity();
  int64_t bad_ = 0;
  int64_t count_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_REDUCE_ON_PLATEAU_H_
