#include "core/analysis/surface_directions.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

double Norm(std::span<const double> values) {
  double squares = 0;
  for (const double v : values) squares += v * v;
  return std::sqrt(squares);
}

double Dot(const Direction& a, const Direction& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::shared_ptr<const Plan> DeepPlan() {
  return CompileOrDie(
      ParseNetwork("layers { name: 'a' dense { units: 4 } } layers { name: 'n' batch_norm {} } "
                   "layers { name: 'f' frozen: true dense { units: 3 } } "
                   "layers { name: 'b' dense { units: 2 } } "
                   "outputs { loss { mean_squared_error {} } }"),
      3);
}

std::vector<float> Waves(int64_t count, double phase) {
  std::vector<float> out(count);
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(std::sin(phase + 1.3 * i));
  return out;
}

bool GoOn() { return false; }

TEST(SurfaceDirectionsTest, EachFilterIsAsLongAsItsWeights) {
  const auto plan = DeepPlan();
  const std::vector<float> center = Waves(plan->parameter_count(), 1);
  const Direction direction = FilterNormalized(*plan, center, 7, 0);
  for (const ParameterBlock& block : plan->parameters()) {
    const std::span<const double> part(direction.data() + block.offset, block.size);
    if (!block.trained || block.shape.size() < 2) {
      EXPECT_EQ(Norm(part), 0) << block.name;
      continue;
    }
    const int64_t filter = block.size / block.shape[0];
    for (int64_t u = 0; u < block.shape[0]; ++u) {
      const auto there = center.begin() + block.offset + u * filter;
      const std::vector<double> weights(there, there + filter);
      EXPECT_NEAR(Norm(part.subspan(u * filter, filter)), Norm(weights), 1e-12) << block.name;
    }
  }
  EXPECT_EQ(direction, FilterNormalized(*plan, center, 7, 0));
  EXPECT_NE(direction, FilterNormalized(*plan, center, 7, 1));
  EXPECT_NE(direction, FilterNormalized(*plan, center, 8, 0));
}

TEST(SurfaceDirectionsTest, OrthogonalAndAsLong) {
  const auto plan = DeepPlan();
  const std::vector<float> center = Waves(plan->parameter_count(), 1);
  const Direction first = FilterNormalized(*plan, center, 7, 0);
  Direction second = FilterNormalized(*plan, center, 7, 1);
  EXPECT_GT(std::abs(Dot(first, second)), 1e-3);
  MakeOrthogonal(first, second);
  EXPECT_NEAR(Dot(first, second), 0, 1e-13);
  EXPECT_NEAR(Norm(first), Norm(second), 1e-12);
}

TEST(SurfaceDirectionsTest, ADifferenceIsOfWhatIsTrained) {
  const auto plan = DeepPlan();
  const std::vector<float> from = Waves(plan->parameter_count(), 1);
  const std::vector<float> to = Waves(plan->parameter_count(), 2);
  const Direction difference = Difference(*plan, from, to);
  for (const ParameterBlock& block : plan->parameters()) {
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      EXPECT_EQ(difference[i], block.trained ? static_cast<double>(to[i]) - from[i] : 0);
    }
  }
}

TEST(SurfaceDirectionsTest, PlacesInASlantedPlaneAreFoundAgain) {
  const auto plan = DeepPlan();
  const std::vector<float> center = Waves(plan->parameter_count(), 1);
  const std::vector<Direction> directions = {FilterNormalized(*plan, center, 7, 0),
                                             FilterNormalized(*plan, center, 7, 1)};
  std::vector<float> point = center;
  for (size_t i = 0; i < point.size(); ++i) {
    point[i] += static_cast<float>(0.5 * directions[0][i] - 0.25 * directions[1][i]);
  }
  const auto [x, y] = Project(*plan, directions, center, point);
  EXPECT_NEAR(x, 0.5, 1e-6);
  EXPECT_NEAR(y, -0.25, 1e-6);
}

TEST(SurfaceDirectionsTest, PrincipalDirectionsAreThoseOfNumPy) {
  for (const std::vector<std::string>& cells : ReadReference("principal_directions.csv")) {
    std::vector<std::vector<float>> way;
    for (const absl::string_view point : absl::StrSplit(cells[0], ';')) {
      const std::vector<double> numbers = Numbers(std::string(point));
      way.emplace_back(numbers.begin(), numbers.end());
    }
    const std::vector<double> explained = Numbers(cells[1]);
    const std::vector<double> x = Numbers(cells[2]);
    const std::vector<double> y = Numbers(cells[3]);
    // One unit whose weights are all there is.
    const auto plan = CompileOrDie(ParseNetwork("layers { dense { units: 1 use_bias: false } } "
                                                "outputs { loss { mean_squared_error {} } }"),
                                   static_cast<int64_t>(way[0].size()));
    const PrincipalDirections found = *FindPrincipalDirections(*plan, way, 2, GoOn);
    ASSERT_EQ(found.directions.size(), 2u);
    EXPECT_NEAR(Norm(found.directions[0]), 1, 1e-12);
    EXPECT_NEAR(Norm(found.directions[1]), 1, 1e-12);
    EXPECT_NEAR(Dot(found.directions[0], found.directions[1]), 0, 1e-10);
    EXPECT_NEAR(found.explained_variance[0], explained[0], 1e-12);
    EXPECT_NEAR(found.explained_variance[1], explained[1], 1e-12);
    for (size_t i = 0; i < way.size(); ++i) {
      const auto [px, py] = Project(*plan, found.directions, way.back(), way[i]);
      EXPECT_NEAR(px, x[i], 1e-9);
      EXPECT_NEAR(py, y[i], 1e-9);
    }
  }
}

TEST(SurfaceDirectionsTest, AWayOfOneDimensionHasOnePrincipalDirection) {
  const auto plan = DeepPlan();
  std::vector<std::vector<float>> way;
  EXPECT_TRUE(
      FindPrincipalDirections(*plan, std::vector(3, Waves(plan->parameter_count(), 1)), 2, GoOn)
          ->directions.empty());
  for (int i = 0; i < 4; ++i) {
    way.emplace_back(plan->parameter_count(), static_cast<float>(i));
  }
  EXPECT_EQ(FindPrincipalDirections(*plan, way, 2, GoOn)->directions.size(), 1u);
}

TEST(SurfaceDirectionsTest, PrincipalDirectionsStopWhereverTheyAre) {
  const auto plan = DeepPlan();
  std::vector<std::vector<float>> way;
  for (int i = 0; i < 5; ++i) way.push_back(Waves(plan->parameter_count(), i));
  // Differences, products of two of them, and what each adds to two directions.
  constexpr int kPieces = 5 + 5 * 6 / 2 + 2 * 5;
  for (int after = 0; after <= kPieces; ++after) {
    int asked = 0;
    const auto found = FindPrincipalDirections(*plan, way, 2, [&] { return ++asked > after; });
    EXPECT_EQ(found.has_value(), after == kPieces) << after;
    EXPECT_EQ(asked, std::min(after + 1, kPieces));
  }
}

}  // namespace
}  // namespace fnn::core
