// The learning rate of every step, from a schedule.

#ifndef FNN_CORE_OPS_SCHEDULES_SCHEDULE_H_
#define FNN_CORE_OPS_SCHEDULES_SCHEDULE_H_

#include <cstdint>

#include "core/ops/schedules/reduce_on_plateau.h"
#include "core/ops/table.h"

namespace fnn::core {

struct ScheduleOptions {
  const ScheduleOp* op = nullptr;  // Null: the rate stays.
  Arguments arguments{};
  bool warm_up = false;
  Arguments warm_up_arguments{};
  bool per_step = false;
};

class LearningRate {
 public:
  LearningRate(const ScheduleOptions& options, double rate) : options_(options), rate_(rate) {}

  // Whether it may change inside an epoch.
  bool per_step() const { return options_.per_step; }

  // Of the step after so many epochs, and so many steps in all.
  double At(int64_t epochs, int64_t steps) const {
    const int64_t t = options_.per_step ? steps : epochs;
    double rate = rate_;
    if (options_.op != nullptr) {
      const int64_t at = options_.op->on_plateau ? plateaus_.count() : t;
      rate = options_.op->rate(options_.arguments, rate, at);
    }
    return options_.warm_up ? WarmUp().rate(options_.warm_up_arguments, rate, t) : rate;
  }

  // The loss of an epoch that is done.
  void Add(double loss) {
    if (options_.op != nullptr && options_.op->on_plateau) plateaus_.Add(options_.arguments, loss);
  }

  // The losses so far.
  void Visit(Archive& archive) { plateaus_.Visit(archive); }

 private:
  const ScheduleOptions options_;
  const double rate_;
  Plateaus plateaus_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_SCHEDULE_H_
