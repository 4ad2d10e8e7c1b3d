#include "core/analysis/sample_fields.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/analysis/sample.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

constexpr Argument kLow{.name = "low", .default_value = -5};
constexpr Argument kHigh{.name = "high", .default_value = 5};
constexpr Argument kPoints{
    .name = "points", .default_value = 201, .min = 2, .max = double{kMostSamples}};

}  // namespace

double ReadField(const Argument& argument, bool present, double value, Violations& violations) {
  if (!present) return argument.default_value;
  const std::string fault = RangeFault(argument, value);
  if (!fault.empty()) violations.Add(FieldPath(argument.name), "OUT_OF_RANGE", fault);
  return value;
}

int64_t ReadPoints(const v1::SampleOperatorRequest& request, Violations& violations) {
  const double points =
      ReadField(kPoints, request.has_points(), static_cast<double>(request.points()), violations);
  const bool good = points >= kPoints.min && points <= kPoints.max;
  return static_cast<int64_t>(good ? points : kPoints.min);
}

std::vector<double> ReadPlaces(const v1::SampleOperatorRequest& request, Violations& violations) {
  const double low = ReadField(kLow, request.has_low(), request.low(), violations);
  const double high = ReadField(kHigh, request.has_high(), request.high(), violations);
  if (std::isfinite(low) && std::isfinite(high) && low >= high) {
    violations.Add(FieldPath("high"), "OUT_OF_RANGE",
                   absl::StrCat("must be > low, ", low, ", not ", high));
  }
  std::vector<double> x(static_cast<size_t>(ReadPoints(request, violations)));
  const auto last = static_cast<double>(x.size() - 1);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::lerp(low, high, static_cast<double>(i) / last);
  return x;
}

void RefuseField(bool present, absl::string_view field, absl::string_view goes_with,
                 Violations& violations) {
  if (!present) return;
  violations.Add(FieldPath(field), "NOT_APPLICABLE",
                 absl::StrCat("goes with ", goes_with, ": must not be given here"));
}

}  // namespace fnn::core
