#include "fnn/short_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ShortFormTest, ReadsInputLayersAndActivations) {
  const auto network = ParseShortForm("64 > 32:relu >16>10 : softmax");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->DebugString(), Text<v1::Network>(R"(
    inputs { shape: 64 }
    layers { dense { units: 32 activation { relu {} } } }
    layers { dense { units: 16 } }
    layers { dense { units: 10 activation { softmax {} } } }
    outputs { loss { cross_entropy {} } })")
                                        .DebugString());
}

TEST(ShortFormTest, AutoLeavesTheInputOpen) {
  const auto network = ParseShortForm("auto > 1");
  ASSERT_TRUE(network.ok()) << network.status();
  ASSERT_EQ(network->inputs_size(), 1);
  EXPECT_TRUE(network->inputs(0).shape().empty());
}

TEST(ShortFormTest, KnowsEveryActivation) {
  const auto* kind = v1::Activation::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kind->field_count(); ++i) {
    const auto network = ParseShortForm("2 > 3:" + kind->field(i)->name());
    ASSERT_TRUE(network.ok()) << network.status();
    EXPECT_EQ(network->layers(0).dense().activation().kind_case(), kind->field(i)->number());
  }
  EXPECT_TRUE(ParseShortForm("2 > 3:sigmoid")->layers(0).dense().activation().has_logistic());
}

TEST(ShortFormTest, LeavesWhatTheServerChecksToTheServer) {
  const auto network = ParseShortForm("0 > 0");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->layers(0).dense().units(), 0);
}

TEST(ShortFormTest, DefaultLossFollowsTheLastActivation) {
  EXPECT_TRUE(ParseShortForm("2 > 2:softmax")->outputs(0).loss().has_cross_entropy());
  EXPECT_TRUE(ParseShortForm("2 > 1:logistic")->outputs(0).loss().has_binary_cross_entropy());
  EXPECT_TRUE(ParseShortForm("2 > 2:softmax > 1")->outputs(0).loss().has_mean_squared_error());
  EXPECT_TRUE(DefaultLoss(Text<v1::Network>("layers { activation { logistic {} } }"))
                  .has_binary_cross_entropy());
  EXPECT_TRUE(DefaultLoss(v1::Network()).has_mean_squared_error());
}

struct BadCase {
  std::string text;
  std::string message;
};

class ShortFormErrorTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(ShortFormErrorTest, NamesTheColumn) {
  const auto network = ParseShortForm(GetParam().text);
  EXPECT_EQ(network.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(network.status().message()), StartsWith(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Bad, ShortFormErrorTest,
    ::testing::Values(
        BadCase{"", "column 1: expected the number of features or 'auto'"},
        BadCase{"64", "column 3: expected '>' and a layer"},
        BadCase{"64 >", "column 5: expected the layer's number of units"},
        BadCase{"64 > > 3", "column 6: expected the layer's number of units"},
        BadCase{"64 > relu", "column 6: expected the layer's number of units"},
        BadCase{"64 > -3", "column 6: expected the layer's number of units"},
        BadCase{"64:relu > 3", "column 3: the first number is the input"},
        BadCase{"64 > 3:", "column 8: expected an activation, one of identity"},
        BadCase{"64 > 3:rleu", "column 8: no activation is called 'rleu'; did you mean 'relu'?"},
        BadCase{"64 > 3:banana", "column 8: no activation is called 'banana'. There are identity"},
        BadCase{"64 > 3 relu", "column 8: expected '>' or the end"},
        BadCase{"64 > 3.5", "column 7: expected '>' or the end"},
        BadCase{"all > 3", "column 1: expected the number of features, or 'auto'"},
        BadCase{"64 > 99999999999999999999", "column 6: the number is too large"},
        BadCase{std::string("64 > 3\0", 7), "column 7: expected '>' or the end"}));

TEST(ShortFormTest, PointsAtTheError) {
  EXPECT_THAT(std::string(ParseShortForm("4 > 3:rel").status().message()),
              HasSubstr("\n  4 > 3:rel\n        ^"));
}

TEST(ShortFormTest, DoesNotEchoWhatIsLong) {
  const std::string name(10000, 'x');
  EXPECT_LT(ParseShortForm("4 > 3:" + name).status().message().size(), 600u);
}

}  // namespace
}  // namespace fnn
