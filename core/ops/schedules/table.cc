// Every schedule, one line each.

#include "core/ops/table.h"

#include "core/ops/schedules/constant.h"
#include "core/ops/schedules/cosine.h"
#include "core/ops/schedules/exponential.h"
#include "core/ops/schedules/inverse_time.h"
#include "core/ops/schedules/polynomial.h"
#include "core/ops/schedules/reduce_on_plateau.h"
#include "core/ops/schedules/step.h"
#include "core/ops/schedules/warm_up.h"

namespace fnn::core {
namespace {

template <typename Op>
constexpr ScheduleOp Entry() {
  return {Op::kName, Op::kFormula, Op::kArguments, Op::kOnPlateau, Op::Rate};
}

constexpr ScheduleOp kSchedules[] = {
    Entry<ConstantSchedule>(),        Entry<StepSchedule>(),       Entry<ExponentialSchedule>(),
    Entry<InverseTimeSchedule>(),     Entry<PolynomialSchedule>(), Entry<CosineSchedule>(),
    Entry<ReduceOnPlateauSchedule>(),
};
constexpr ScheduleOp kWarmUp = Entry<LinearWarmUp>();

}  // namespace

std::span<const ScheduleOp> Schedules() { return kSchedules; }
const ScheduleOp& WarmUp() { return kWarmUp; }

}  // namespace fnn::core
