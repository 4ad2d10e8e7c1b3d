#include "core/train/scaling.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "core/data/column_statistics.h"

namespace fnn::core {
namespace {

bool NeverChanges(const ColumnStatistics& column, double rows) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const double variance = column.standard_deviation * column.standard_deviation;
  const double rounding = rows * column.mean * kEpsilon;
  return column.min == column.max || variance <= rows * kEpsilon * variance + rounding * rounding;
}

// A larger scale would be infinite as a float, and is for differences that are denormal: they count
// as 0.
double Scale(double from, double to) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return std::min(to / from, kMost);
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
      out.scale.push_back(Scale(range > 0 ? range : 1, plan.high - plan.low));
    } else {
      const bool same = NeverChanges(column, static_cast<double>(samples.rows()));
      out.shift.push_back(column.mean);
      out.scale.push_back(same ? 1 : Scale(column.standard_deviation, 1));
    }
  }
  return out;
}

SaturatingSize ScalingBytes(const Plan& plan) {
  if (!plan.scaling().has_value()) return 0;
  constexpr int64_t kEach = 2 * sizeof(ColumnStatistics) + 4 * sizeof(double);
  return SaturatingSize(plan.input_width()) * kEach;
}

absl::Status CheckScaling(const Plan& plan, const BoundTable& data) {
  if (!plan.scaling().has_value()) return absl::OkStatus();
  using Floats = std::numeric_limits<float>;
  const double to = plan.scaling()->min_max ? plan.scaling()->high - plan.scaling()->low : 1;
  // A difference must be finite, and a scale no denormal.
  const double most = std::min<double>(Floats::max(), to / Floats::min());
  for (const int64_t feature : data.features) {
    const ColumnStatistics& column = data.table->statistics()[feature];
    if (column.max - column.min <= most) continue;
    return InvalidField(
        data.features_path, "OUT_OF_RANGE",
        absl::StrCat("column ", Echo(data.table->names()[feature]), " goes from ", column.min,
                     " to ", column.max, ", but scaling takes at most ", most,
                     " from the least to the largest: divide its values, or leave it out"));
  }
  return absl::OkStatus();
}

}  // namespace fnn::core
