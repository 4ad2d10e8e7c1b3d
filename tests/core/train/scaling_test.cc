// Scaling of columns at the ends of what 32-bit floats hold.

#include "core/train/scaling.h"

#include <cfloat>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/train/job.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A training on a column of such values, beside one of small ones.
absl::StatusOr<TrainingJob> Prepare(const std::string& scaling, const std::vector<float>& column) {
  const v1::Network network = ParseNetwork("inputs { scaling { " + scaling +
                                           " } } layers { dense { units: 1 } } outputs { loss { "
                                           "mean_squared_error {} } }");
  std::vector<float> values;
  for (size_t i = 0; i < column.size(); ++i) {
    const auto small = static_cast<float>(i);
    values.insert(values.end(), {small, column[i], small / 4});
  }
  BoundTable data = MakeData(2, 1, std::move(values));
  data.features_path = FieldPath("data.features");
  return TrainingJob::Prepare({.network = network,
                               .network_path = FieldPath("network"),
                               .options = ParseOptions("epochs: 3"),
                               .options_path = FieldPath("options"),
                               .data = std::move(data),
                               .validation = {}});
}

constexpr const char* kScalings[] = {"standardize {}", "min_max {}",
                                     "min_max { low: -100 high: 100 }"};

TEST(ScalingTest, AColumnThatGoesTooFarIsNamed) {
  for (const char* scaling : kScalings) {
    for (const std::vector<float>& column :
         {std::vector<float>{-3e38F, 3e38F, 0, 1}, {FLT_MAX, -FLT_MAX, 0, 1}}) {
      const auto job = Prepare(scaling, column);
      EXPECT_THAT(Faults(job.status()), ElementsAre("data.features OUT_OF_RANGE")) << scaling;
      EXPECT_THAT(Descriptions(job.status()), HasSubstr("column \"x1\" goes from -3")) << scaling;
    }
  }
}

TEST(ScalingTest, WhatIsTakenStaysFinite) {
  const float next = std::nextafter(FLT_MIN, 1.0F);
  for (const char* scaling : kScalings) {
    for (const std::vector<float>& column :
         {std::vector<float>{-4e37F, 4e37F, 0, 1},   // As far as it may.
          {3.3e38F, 3.4e38F, 3.32e38F, 3.35e38F},    // Large, and not far.
          {FLT_MAX, FLT_MAX, FLT_MAX, FLT_MAX},      // One value.
          {-FLT_MAX, -FLT_MAX, -FLT_MAX, -FLT_MAX},  //
          {FLT_MIN, next, FLT_MIN, next},            // Differences are denormal.
          {FLT_MIN, -FLT_MIN, FLT_MIN, 0}}) {
      const auto job = Prepare(scaling, column);
      ASSERT_TRUE(job.ok()) << job.status();
      Recorder recorder;
      EXPECT_EQ(job->Run(recorder).outcome, TrainingOutcome::kCompleted)
          << scaling << " of " << column[0] << " and " << column[1];
    }
  }
}

}  // namespace
}  // namespace fnn::core
