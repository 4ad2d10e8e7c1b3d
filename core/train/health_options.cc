#include "core/train/health_options.h"

#include "absl/strings/str_cat.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

constexpr int64_t kPatience = 3;
constexpr int64_t kMostPatience = 1000;

constexpr Argument Share(absl::string_view name, double default_value, bool zero = false) {
  return {.name = name,
          .default_value = default_value,
          .min = 0,
          .max = 1,
          .min_excluded = !zero,
          .max_excluded = true};
}
constexpr Argument Positive(absl::string_view name, double default_value) {
  return {.name = name, .default_value = default_value, .min = 0, .min_excluded = true};
}

constexpr Argument kThresholds[] = {Share("vanishing_ratio", 1e-3),
                                    Positive("exploding_norm", 1000),
                                    Share("dead_share", 0.5),
                                    Share("saturated_share", 0.5),
                                    Share("plateau_change", 1e-3, /*zero=*/true),
                                    Positive("overfitting_rise", 0.2),
                                    Positive("low_update_ratio", 1e-5),
                                    Positive("high_update_ratio", 0.1)};

}  // namespace

HealthDepth ResolveHealth(v1::HealthOptions& health, const FieldPath& path,
                          Violations& violations) {
  if (health.level() == v1::HEALTH_LEVEL_UNSPECIFIED) health.set_level(v1::HEALTH_LEVEL_BASIC);
  v1::DiagnosisThresholds& thresholds = *health.mutable_thresholds();
  const FieldPath at = path / "thresholds";
  if (!thresholds.has_patience()) thresholds.set_patience(kPatience);
  if (thresholds.patience() < 1 || thresholds.patience() > kMostPatience) {
    violations.Add(at / "patience", "OUT_OF_RANGE",
                   absl::StrCat("must be 1 to ", kMostPatience, ", not ", thresholds.patience()));
  }
  for (const Argument& threshold : kThresholds) {
    ResolveArgument(threshold, thresholds, at, violations);
  }
  if (thresholds.low_update_ratio() >= thresholds.high_update_ratio()) {
    violations.Add(at / "low_update_ratio", "OUT_OF_RANGE",
                   absl::StrCat("must be less than high_update_ratio, which is ",
                                thresholds.high_update_ratio()));
  }
  switch (health.level()) {
    case v1::HEALTH_LEVEL_OFF:
      return HealthDepth::kOff;
    case v1::HEALTH_LEVEL_BASIC:
      return HealthDepth::kBasic;
    case v1::HEALTH_LEVEL_DETAILED:
      return HealthDepth::kDetailed;
    default:
      violations.Add(path / "level", "UNSUPPORTED", "this server knows no such level");
      return HealthDepth::kOff;
  }
}

}  // namespace fnn::core
