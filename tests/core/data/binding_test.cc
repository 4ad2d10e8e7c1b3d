#include "core/data/binding.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/data/tensor.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<BoundTable> BindText(const std::string& text) {
  v1::DataBinding binding;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &binding)) << text;
  return Bind(Table::Create({"a", "b", "c", "d"}, {1, 2, 3, 4, 5, 6, 7, 8}), binding,
              FieldPath("data"));
}

BoundTable Bound(const std::string& text) {
  auto bound = BindText(text);
  EXPECT_TRUE(bound.ok()) << text << ": " << bound.status();
  return bound.ok() ? *bound : BoundTable{};
}

std::vector<std::string> FaultsOf(const std::string& text) {
  const auto bound = BindText(text);
  EXPECT_FALSE(bound.ok()) << text;
  return Faults(bound.status());
}

TEST(BindTest, DefaultsToTheLastColumnAsTarget) {
  const BoundTable bound = Bound("");
  EXPECT_THAT(bound.features, ElementsAre(0, 1, 2));
  EXPECT_THAT(bound.targets, ElementsAre(3));
  EXPECT_EQ(bound.features_path.str(), "data.binding.features");
  EXPECT_EQ(bound.targets_path.str(), "data.binding.targets");
}

TEST(BindTest, ByNameAndIndexInTheOrderGiven) {
  const BoundTable bound = Bound(
      "features { name: 'd' } features { index: 0 } targets { index: -2 } "
      "targets { name: 'b' }");
  EXPECT_THAT(bound.features, ElementsAre(3, 0));
  EXPECT_THAT(bound.targets, ElementsAre(2, 1));
}

TEST(BindTest, FeaturesDefaultToTheRest) {
  EXPECT_THAT(Bound("targets { name: 'b' }").features, ElementsAre(0, 2, 3));
  EXPECT_THAT(Bound("targets { index: 0 } ignored { index: -1 }").features, ElementsAre(1, 2));
  EXPECT_THAT(Bound("ignored { name: 'a' }").features, ElementsAre(1, 2));
  // `ignored` bears on the default only.
  EXPECT_THAT(Bound("features { name: 'a' } ignored { name: 'a' }").features, ElementsAre(0));
}

TEST(BindTest, NamesColumnsThatAreNotThere) {
  EXPECT_THAT(FaultsOf("features { name: 'a' } features { name: 'z' } targets { index: 4 } "
                       "ignored { index: -5 }"),
              ElementsAre("data.binding.ignored[0].index COLUMN_NOT_FOUND",
                          "data.binding.features[1].name COLUMN_NOT_FOUND",
                          "data.binding.targets[0].index COLUMN_NOT_FOUND"));
  EXPECT_THAT(FaultsOf("features { index: 9223372036854775807 }"),
              ElementsAre("data.binding.features[0].index COLUMN_NOT_FOUND"));
  EXPECT_THAT(FaultsOf("features { index: -9223372036854775808 }"),
              ElementsAre("data.binding.features[0].index COLUMN_NOT_FOUND"));
  EXPECT_THAT(FaultsOf("features { name: '' }"),
              ElementsAre("data.binding.features[0].name COLUMN_NOT_FOUND"));
  EXPECT_THAT(FaultsOf("features { name: 'A' }"),
              ElementsAre("data.binding.features[0].name COLUMN_NOT_FOUND"));
}

TEST(BindTest, RefusesAnEmptySelector) {
  EXPECT_THAT(FaultsOf("features { } targets { name: 'd' }"),
              ElementsAre("data.binding.features[0] REQUIRED"));
}

TEST(BindTest, RefusesDuplicates) {
  EXPECT_THAT(FaultsOf("features { name: 'a' } features { index: 0 }"),
              ElementsAre("data.binding.features[1] DUPLICATE_COLUMN"));
  EXPECT_THAT(FaultsOf("targets { index: 3 } targets { index: -1 }"),
              ElementsAre("data.binding.targets[1] DUPLICATE_COLUMN"));
  EXPECT_THAT(FaultsOf("features { name: 'a' } targets { name: 'a' }"),
              ElementsAre("data.binding.targets DUPLICATE_COLUMN"));
  // The default target as well.
  EXPECT_THAT(FaultsOf("features { name: 'd' }"),
              ElementsAre("data.binding.targets DUPLICATE_COLUMN"));
}

TEST(BindTest, TheWeightIsNoFeature) {
  const BoundTable bound = Bound("weight { name: 'b' }");
  EXPECT_EQ(bound.weight, 1);
  EXPECT_THAT(bound.features, ElementsAre(0, 2));
  EXPECT_EQ(bound.weight_path.str(), "data.binding.weight");
  EXPECT_EQ(Bound("weight { index: -2 } ignored { name: 'c' }").weight, 2);
  EXPECT_FALSE(Bound("").weight.has_value());
}

TEST(BindTest, RefusesAWeightThatIsNotThereOrHasAnotherMeaning) {
  EXPECT_THAT(FaultsOf("weight { name: 'z' }"),
              ElementsAre("data.binding.weight.name COLUMN_NOT_FOUND"));
  EXPECT_THAT(FaultsOf("weight { index: 4 }"),
              ElementsAre("data.binding.weight.index COLUMN_NOT_FOUND"));
  EXPECT_THAT(FaultsOf("weight { }"), ElementsAre("data.binding.weight REQUIRED"));
  EXPECT_THAT(FaultsOf("weight { name: 'a' } features { name: 'a' }"),
              ElementsAre("data.binding.weight DUPLICATE_COLUMN"));
  EXPECT_THAT(FaultsOf("weight { name: 'a' } targets { name: 'a' }"),
              ElementsAre("data.binding.weight DUPLICATE_COLUMN"));
  // The default target as well.
  EXPECT_THAT(FaultsOf("weight { name: 'd' }"),
              ElementsAre("data.binding.weight DUPLICATE_COLUMN"));
}

TEST(BindTest, NeedsAFeature) {
  EXPECT_THAT(FaultsOf("ignored { index: 0 } ignored { index: 1 } ignored { index: 2 }"),
              ElementsAre("data.binding.features EMPTY"));
  EXPECT_THAT(Faults(Bind(Table::Create({"only"}, {1}), {}, FieldPath("data")).status()),
              ElementsAre("data.binding.features EMPTY"));
}

TEST(BindTest, ErrorsStaySmallForHostileNames) {
  v1::DataBinding binding;
  for (int i = 0; i < 10'000; ++i) {
    binding.add_features()->set_name(absl::StrCat(i, std::string(1000, '\x01')));
  }
  const auto bound = Bind(Table::Create({"a", "b"}, {1, 2}), binding, FieldPath("spec.data"));
  EXPECT_LT(SizeOnTheWire(bound.status()), 4096u);
}

TEST(BindTest, ManyColumnsTakeTimeInProportion) {
  constexpr int kColumns = 100'000;
  std::vector<std::string> names;
  std::vector<float> values;
  v1::DataBinding binding;
  for (int c = 0; c < kColumns; ++c) {
    names.push_back(absl::StrCat("a_column_with_a_rather_long_name_", c));
    values.push_back(0);
    (c % 2 == 0 ? binding.add_features() : binding.add_targets())->set_name(names.back());
  }
  const auto table = Table::Create(names, values);
  const CpuTimer timer;
  const auto bound = Bind(table, binding, FieldPath("data"));
  EXPECT_LT(timer.Seconds(), 8);
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(bound->features.size(), kColumns / 2u);
}

v1::InlineData Inline(v1::Tensor features, v1::Tensor targets) {
  v1::InlineData data;
  *data.mutable_features() = std::move(features);
  *data.mutable_targets() = std::move(targets);
  return data;
}

v1::Tensor Tensor(int64_t rows, int64_t columns, std::vector<float> values) {
  return MakeTensor("", rows, columns, values);
}

TEST(BindInlineTest, MakesATable) {
  const auto bound =
      BindInline(Inline(Tensor(2, 2, {1, 2, 3, 4}), Tensor(2, 1, {5, 6})), FieldPath("spec.data"));
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_THAT(Values(*bound->table), ElementsAre(1, 2, 5, 3, 4, 6));
  EXPECT_THAT(bound->features, ElementsAre(0, 1));
  EXPECT_THAT(bound->targets, ElementsAre(2));
  EXPECT_THAT(bound->table->names(), ElementsAre("x0", "x1", "y0"));
  EXPECT_EQ(bound->features_path.str(), "spec.data.inline.features");
  EXPECT_EQ(bound->targets_path.str(), "spec.data.inline.targets");
}

TEST(BindInlineTest, TargetsMayBeAVector) {
  v1::Tensor targets = Tensor(2, 1, {5, 6});
  targets.mutable_shape()->RemoveLast();
  const auto bound = BindInline(Inline(Tensor(2, 2, {1, 2, 3, 4}), targets), FieldPath("data"));
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_THAT(bound->targets, ElementsAre(2));
}

TEST(BindInlineTest, TakesWeights) {
  v1::InlineData data = Inline(Tensor(2, 2, {1, 2, 3, 4}), Tensor(2, 1, {5, 6}));
  *data.mutable_weights() = Tensor(2, 1, {7, 8});
  data.mutable_weights()->mutable_shape()->RemoveLast();
  const auto bound = BindInline(data, FieldPath("data"));
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_THAT(Values(*bound->table), ElementsAre(1, 2, 5, 7, 3, 4, 6, 8));
  EXPECT_EQ(bound->weight, 3);
  EXPECT_EQ(bound->weight_path.str(), "data.inline.weights");

  for (const auto& wrong : {Tensor(3, 1, {1, 2, 3}), Tensor(2, 2, {1, 2, 3, 4})}) {
    *data.mutable_weights() = wrong;
    EXPECT_THAT(Faults(BindInline(data, FieldPath("data")).status()),
                ElementsAre("data.inline.weights.shape WRONG_SHAPE"));
  }
  *data.mutable_weights() = Tensor(2, 1, {1, HUGE_VALF});
  EXPECT_THAT(Faults(BindInline(data, FieldPath("data")).status()),
              ElementsAre("data.inline.weights.data NOT_FINITE"));
}

TEST(BindInlineTest, NamesEveryFault) {
  const auto faults = [](const v1::InlineData& data) {
    return Faults(BindInline(data, FieldPath("data")).status());
  };
  EXPECT_THAT(faults({}),
              ElementsAre("data.inline.features REQUIRED", "data.inline.targets REQUIRED"));
  EXPECT_THAT(faults(Inline(Tensor(2, 1, {1, 2}), Tensor(3, 1, {1, 2, 3}))),
              ElementsAre("data.inline.targets.shape WRONG_SHAPE"));
  EXPECT_THAT(faults(Inline(Tensor(2, 1, {1}), Tensor(2, 1, {1, 2}))),
              ElementsAre("data.inline.features.data WRONG_LENGTH"));
  EXPECT_THAT(faults(Inline(Tensor(2, 1, {1, 2}), Tensor(2, 1, {1, HUGE_VALF}))),
              ElementsAre("data.inline.targets.data NOT_FINITE"));
  EXPECT_THAT(faults(Inline(Tensor(0, 1, {}), Tensor(0, 1, {}))),
              ElementsAre("data.inline.features.shape EMPTY"));
}

}  // namespace
}  // namespace fnn::core
