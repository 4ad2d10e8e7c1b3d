#include "core/train/scaling.h"

#include <limits>

#include "core/data/column_statistics.h"

namespace fnn::core {
namespace {

bool NeverChanges(const ColumnStatistics& column, double rows) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const double variance = column.standard_deviation * column.standard_deviation;
  const double rounding = rows * column.mean * kEpsilon;
  return column.min == column.max || variance <= rows * kEpsilon * variance + rounding * rounding;
}

}  // namespace

ScalingNumbers MeasureScaling(const ScalingPlan& plan, const Samples& samples) {
  StatisticsBuilder builder(samples.features());
  std::vector<float> x(samples.features());
  std::vector<float> t(samples.outputs());
  for (int64_t i = 0; i < samples.rows(); ++i) {
    samples.Gather(i, x.data(), t.data());
    builder.Add(x);
  }
  ScalingNumbers out;
  for (const ColumnStatistics& column : builder.Finish()) {
    if (plan.min_max) {
      const double range = column.max - column.min;
      out.shift.push_back(column.min);
      out.scale.push_back((plan.high - plan.low) / (range > 0 ? range : 1));
    } else {
      const bool same = NeverChanges(column, static_cast<double>(samples.rows()));
      out.shift.push_back(column.mean);
      out.scale.push_back(same ? 1 : 1 / column.standard_deviation);
    }
  }
  return out;
}

SaturatingSize ScalingBytes(const Plan& plan) {
  if (!plan.scaling().has_value()) return 0;
  constexpr int64_t kEach = 2 * sizeof(ColumnStatistics) + 4 * sizeof(double);
  return SaturatingSize(plan.input_width()) * kEach;
}

}  // namespace fnn::core
