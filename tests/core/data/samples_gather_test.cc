#include <algorithm>
#include <cstring>
#include <vector>

#include "core/data/samples.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

constexpr int64_t kRows = 70;  // More than rows are asked for ahead, four times over.
constexpr int64_t kPanel = Samples::kPanelWidth;

struct Case {
  ElementType type;
  bool consecutive;
  bool one_hot;
  int64_t features;
};

// Rows of numbers with a class of 3 last, or 3 targets; and a column first that is not used.
BoundTable MakeCase(const Case& c) {
  const int64_t targets = c.one_hot ? 1 : 3;
  std::vector<float> values;
  for (int64_t i = 0; i < kRows * (1 + c.features + targets); ++i) {
    const int64_t column = i % (1 + c.features + targets);
    const auto number = static_cast<float>(i * 37 % 251);
    const bool whole = c.type == ElementType::kUint8;
    if (column > c.features) {
      values.push_back(static_cast<float>(i % 3));
    } else {
      values.push_back(whole ? number : number - 100.25F);
    }
  }
  BoundTable data = MakeData(1 + c.features, targets, std::move(values));
  EXPECT_EQ(data.table->type(), c.type);
  data.features.erase(data.features.begin());
  if (!c.consecutive)
    std::rotate(data.features.begin(), data.features.end() - 1, data.features.end());
  return data;
}

Samples MakeSamples(const Case& c) {
  const auto plan = CompileOrDie(
      ParseNetwork("layers { dense { units: 3 } } outputs { loss { mean_squared_error {} } }"),
      c.features);
  return *Samples::Create(*plan, MakeCase(c));
}

// That the panels hold, to the bit, what Gather copies, and that nothing else is written.
void ExpectAsGathered(const Samples& samples, const Permutation& order, int64_t begin,
                      int64_t rows) {
  const int64_t features = samples.features();
  const int64_t row_stride = std::min(features, kPanel) + 3;
  const int64_t panel_stride = rows * row_stride + 5;
  const int64_t panels = (features + kPanel - 1) / kPanel;
  constexpr float kUntouched = -12345;
  std::vector<float> x(panels * panel_stride, kUntouched);
  std::vector<float> t(rows * samples.outputs() + 1, kUntouched);
  samples.GatherPanels(order, begin, rows, panel_stride, row_stride, x.data(), t.data());

  std::vector<float> expected_x(x.size(), kUntouched);
  std::vector<float> expected_t(t.size(), kUntouched);
  std::vector<float> row(features);
  for (int64_t r = 0; r < rows; ++r) {
    samples.Gather(order(begin + r), row.data(), expected_t.data() + r * samples.outputs());
    for (int64_t f = 0; f < features; ++f) {
      expected_x[f / kPanel * panel_stride + r * row_stride + f % kPanel] = row[f];
    }
  }
  EXPECT_EQ(std::memcmp(x.data(), expected_x.data(), x.size() * sizeof(float)), 0);
  EXPECT_EQ(std::memcmp(t.data(), expected_t.data(), t.size() * sizeof(float)), 0);
}

TEST(SamplesGatherTest, PanelsHoldWhatGatherCopies) {
  for (const ElementType type : {ElementType::kFloat32, ElementType::kUint8}) {
    for (const bool consecutive : {true, false}) {
      for (const bool one_hot : {true, false}) {
        for (const int64_t features : {1, 63, 64, 65, 130}) {
          SCOPED_TRACE(::testing::Message()
                       << static_cast<int>(type) << consecutive << one_hot << " " << features);
          const Samples samples = MakeSamples({type, consecutive, one_hot, features});
          const Permutation shuffled(kRows, RandomStream(1, Purpose::kShuffle, 1));
          for (const int64_t rows : {1, 15, 16, 17, 33}) {
            ExpectAsGathered(samples, shuffled, 5, rows);
          }
          ExpectAsGathered(samples, Permutation(kRows), 0, kRows);
          ExpectAsGathered(samples, shuffled, kRows, 0);
        }
      }
    }
  }
}

TEST(SamplesGatherTest, PanelsOfASubset) {
  const Samples samples = MakeSamples({ElementType::kFloat32, true, true, 5});
  const Permutation split(kRows, RandomStream(1, Purpose::kSplit));
  const Samples part = samples.Subset(split, 20, 40);
  ExpectAsGathered(part, Permutation(40, RandomStream(2, Purpose::kShuffle, 1)), 3, 37);
}

}  // namespace
}  // namespace fnn::core
