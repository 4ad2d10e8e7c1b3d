#include "fnn/short_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
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

TEST(ShortFormTest, KnowsEveryLayer) {
  const auto* kind = v1::Layer::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kind->field_count(); ++i) {
    const std::string& name = kind->field(i)->name();
    if (name == "activation") continue;
    const auto network = ParseShortForm("2 > " + name + "(frozen)");
    ASSERT_TRUE(network.ok()) << network.status();
    EXPECT_EQ(network->layers(0).kind_case(), kind->field(i)->number());
    EXPECT_TRUE(network->layers(0).frozen());
  }
  EXPECT_TRUE(ParseShortForm("2 > sigmoid")->layers(0).activation().has_logistic());
}

TEST(ShortFormTest, ReadsConvolutionsAndPools) {
  const auto network = ParseShortForm(
      "28x28x1 > conv2d( 16 , 3x5, stride=2, padding=same, use_bias = false ):leaky_relu(0.2) > "
      "max_pool2d(2) > reshape(-1x4) > conv1d(8,5,explicit) > global_average_pool > 10:softmax");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->DebugString(), Text<v1::Network>(R"(
    inputs { shape: [28, 28, 1] }
    layers { conv2d { channels: 16 kernel: [3, 5] stride: 2 padding: PADDING_SAME
                      activation { leaky_relu { gamma: 0.2 } } use_bias: false } }
    layers { max_pool2d { window: 2 } }
    layers { reshape { shape: [-1, 4] } }
    layers { conv1d { channels: 8 kernel: 5 padding: PADDING_EXPLICIT } }
    layers { global_average_pool {} }
    layers { dense { units: 10 activation { softmax {} } } }
    outputs { loss { cross_entropy {} } })")
                                        .DebugString());
}

TEST(ShortFormTest, ReadsGraphs) {
  const auto network = ParseShortForm(
      "x=64 : standardize > a=32:relu > b=maxout(32,k=4)@a > add @ a , b > 10:softmax@x");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->DebugString(), Text<v1::Network>(R"(
    inputs { name: "x" shape: 64 scaling { standardize {} } }
    layers { name: "a" dense { units: 32 activation { relu {} } } }
    layers { name: "b" inputs: "a" maxout { units: 32 pieces: 4 } }
    layers { inputs: ["a", "b"] add {} }
    layers { inputs: "x" dense { units: 10 activation { softmax {} } } }
    outputs { loss { cross_entropy {} } })")
                                        .DebugString());
}

TEST(ShortFormTest, AnActivationThatALayerLacksBecomesALayer) {
  const auto network = ParseShortForm(
      "auto:min_max(low=-1,high=2) > 3 > a=batch_norm(1e-3):prelu(regularized)@b > "
      "relu > swish(learned=true,frozen)");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->DebugString(), Text<v1::Network>(R"(
    inputs { scaling { min_max { low: -1 high: 2 } } }
    layers { dense { units: 3 } }
    layers { inputs: "b" batch_norm { epsilon: 1e-3 } }
    layers { name: "a" activation { prelu { regularized: true } } }
    layers { activation { relu {} } }
    layers { frozen: true activation { swish { learned: true } } }
    outputs { loss { mean_squared_error {} } })")
                                        .DebugString());
}

TEST(ShortFormTest, ReadsInitializers) {
  const auto network = ParseShortForm(
      "2 > dense(3, weight_initializer=he(normal), "
      "bias_initializer=constant(0.1,allow_symmetric))");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->layers(0).dense().DebugString(), Text<v1::Dense>(R"(
    units: 3
    weight_initializer { he { distribution: DISTRIBUTION_NORMAL } }
    bias_initializer { constant { value: 0.1 allow_symmetric: true } })")
                                                          .DebugString());
}

TEST(ShortFormTest, ReadsGivenValues) {
  const auto network = ParseShortForm(
      "2 > dense(2, weight_initializer=given( [ [1, 2.5], [ -3,0] ] ), "
      "bias_initializer=given(values=[7,8],allow_symmetric))");
  ASSERT_TRUE(network.ok()) << network.status();
  const v1::Dense& dense = network->layers(0).dense();
  const v1::Tensor& weights = dense.weight_initializer().given().values();
  EXPECT_THAT(weights.shape(), ElementsAre(2, 2));
  EXPECT_EQ(weights.data_type(), v1::DATA_TYPE_FLOAT32);
  const float values[] = {1, 2.5, -3, 0};
  EXPECT_EQ(weights.data(), std::string(reinterpret_cast<const char*>(values), sizeof(values)));
  EXPECT_THAT(dense.bias_initializer().given().values().shape(), ElementsAre(2));
  EXPECT_TRUE(dense.bias_initializer().given().allow_symmetric());
}

// What is printed is read back as the same, and printed the same again.
TEST(ShortFormTest, PrintsWhatItReads) {
  for (const char* text :
       {"64 > 64:relu > 10:softmax", "auto > 1", "x=28x28x1:standardize > 1", "2 > 0",
        "28x28x1 > conv2d(16,3x5,stride=2x2,padding=same,use_bias=false):leaky_relu(0.2) > 1",
        "9 > conv1d(8,5) > max_pool2d(2,2) > dropout(0.5) > layer_norm(epsilon=1e-05,affine=false)",
        "2 > a=3:identity > b=maxout(3,pieces=4)@a > add@a,b > c=prelu(gamma=0.3,frozen)@input",
        "2 > dense(3,frozen):tanh > dense(3,weight_initializer=he(distribution=normal))",
        "2 > reshape(-1x4x2) > flatten > batch_norm(momentum=0.25) > step > "
        "dynamic_tanh(alpha=0.5)",
        "2 > "
        "dense(2,weight_initializer=given([[1.5,-0.1],[3e-30,4]]),bias_initializer=given([0,1]))",
        "4x1 > conv1d(1,2,weight_initializer=given([[[0.25],[0.3333333]]]))",
        "2:min_max(-1,high=0.1) > swish(beta=2,learned) > 2"}) {
    const auto network = ParseShortForm(text);
    ASSERT_TRUE(network.ok()) << network.status();
    EXPECT_EQ(ToShortForm(*network), text);
  }
}

// As the server gives it back, with names and defaults filled in.
TEST(ShortFormTest, ASummaryLeavesOutDefaults) {
  const auto network = Text<v1::Network>(R"(
    inputs { name: "input" shape: 4 }
    layers { name: "dense_0" inputs: "input"
             dense { units: 3 activation { identity {} } use_bias: true
                     weight_initializer { xavier { distribution: DISTRIBUTION_UNIFORM } }
                     bias_initializer { zeros {} } } }
    layers { name: "conv" inputs: "dense_0"
             conv1d { channels: 2 kernel: 5 padding: PADDING_VALID use_bias: false } }
    layers { name: "add_2" inputs: ["dense_0", "conv"] add {} }
    layers { name: "activation_3" inputs: "input" activation { relu {} } }
    layers { conv2d { channels: 2 kernel: [3, 3] stride: [1, 1] dilation: [2, 1] groups: 1 } }
    layers { max_pool1d { window: 3 stride: 1 } }
    layers {})");
  EXPECT_EQ(ToShortForm(network, Detail::kSummary),
            "4 > dense_0=3 > conv=conv1d(2,5,use_bias=false) > add@dense_0,conv > relu@input > "
            "conv2d(2,3x3,dilation=2x1) > max_pool1d(3,stride=1) > ?");
  EXPECT_EQ(ToShortForm(v1::Network(), Detail::kSummary), "auto");
}

TEST(ShortFormTest, LeavesWhatTheServerChecksToTheServer) {
  const auto network = ParseShortForm("0 > 0");
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->layers(0).dense().units(), 0);
}

TEST(ShortFormTest, TheDefaultLossFollowsTheLastActivation) {
  EXPECT_TRUE(ParseShortForm("2 > 2:softmax")->outputs(0).loss().has_cross_entropy());
  EXPECT_TRUE(ParseShortForm("2 > 1:logistic")->outputs(0).loss().has_binary_cross_entropy());
  EXPECT_TRUE(ParseShortForm("2 > 2:softmax > 1")->outputs(0).loss().has_mean_squared_error());
  EXPECT_TRUE(
      ParseShortForm("4x1 > conv1d(1,4):logistic")->outputs(0).loss().has_binary_cross_entropy());
  EXPECT_TRUE(DefaultLoss(Text<v1::Network>("layers { activation { logistic {} } }"))
                  .has_binary_cross_entropy());
  EXPECT_TRUE(DefaultLoss(v1::Network()).has_mean_squared_error());
}

// Each prefix is a network or an error, and what is a network is printed so that it can be read.
TEST(ShortFormTest, EveryPrefixIsRead) {
  const std::string text =
      "x=8x8x1:min_max(low=-1) > a=conv2d(8,3x3,padding=same):swish(learned) > b=dense(3,"
      "weight_initializer=he(distribution=normal),frozen)@a,x > c=dense(1,weight_initializer="
      "given([[1,2,3],[4,5,6]]),use_bias=false) > add@a,b > 10:softmax";
  for (size_t size = 0; size <= text.size(); ++size) {
    const auto network = ParseShortForm(text.substr(0, size));
    if (!network.ok()) {
      EXPECT_EQ(network.status().code(), absl::StatusCode::kInvalidArgument);
      continue;
    }
    const auto again = ParseShortForm(ToShortForm(*network));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->DebugString(), network->DebugString());
  }
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
    Network, ShortFormErrorTest,
    ::testing::Values(
        BadCase{"",
                "column 1: expected the number of features, a shape such as 28x28x1, or 'auto'"},
        BadCase{"all > 3", "column 1: expected the number of features"},
        BadCase{"x= > 3", "column 4: expected the number of features"},
        BadCase{"-3 > 3", "column 1: expected the number of features"},
        BadCase{"3x > 3",
                "column 1: expected a whole number, or several with 'x' between them, "
                "for shape, not '3x'"},
        BadCase{"64", "column 3: expected '>' and a layer"},
        BadCase{"64:relu > 3", "column 4: no scaling is called 'relu'. There are standardize, min"},
        BadCase{"64: > 3", "column 5: expected a scaling, one of standardize, min_max"},
        BadCase{"64 >",
                "column 5: expected a layer: a number of units, such as 64:relu, or one of "
                "dense, maxout, "},
        BadCase{"64 > > 3", "column 6: expected a layer"},
        BadCase{"64 > -3", "column 6: expected a layer"},
        BadCase{"64 > =3", "column 6: expected a layer"},
        BadCase{"64 > a= > 3", "column 9: expected a layer"},
        BadCase{"64 > conv2",
                "column 6: no layer is called 'conv2'; did you mean 'conv2d'? There "
                "are dense, maxout, "},
        BadCase{"64 > activation(relu)", "column 6: no layer is called 'activation'. There are"},
        BadCase{"64 > 3:", "column 8: expected an activation, one of identity"},
        BadCase{"64 > 3:rleu", "column 8: no activation is called 'rleu'; did you mean 'relu'?"},
        BadCase{"64 > 3:banana", "column 8: no activation is called 'banana'. There are identity"},
        BadCase{"64 > dense(3,activation=relu):tanh", "column 31: the layer has an activation"},
        BadCase{"64 > 3 relu", "column 8: expected '>' or the end"},
        BadCase{"64 > 3@a:relu", "column 9: expected '>' or the end"},
        BadCase{"64 > 3.5", "column 6: expected a whole number for units, not '3.5'"},
        BadCase{"64 > 3x3", "column 6: expected a whole number for units, not '3x3'"},
        BadCase{"64 > 99999999999999999999", "column 6: expected a whole number for units, not"},
        BadCase{"64 > add@", "column 10: expected the name of a layer or of the input"},
        BadCase{"64 > add@a, > 3", "column 13: expected the name of a layer"},
        BadCase{std::string("64 > 3\0", 7), "column 7: expected '>' or the end"}));

INSTANTIATE_TEST_SUITE_P(
    Arguments, ShortFormErrorTest,
    ::testing::Values(
        BadCase{"4 > maxout(", "column 12: expected ',' or ')'"},
        BadCase{"4 > maxout(3", "column 13: expected ',' or ')'"},
        BadCase{"4 > maxout(3 4)", "column 14: expected ',' or ')'"},
        BadCase{"4 > maxout(3,)", "column 14: expected an argument. There are units, pieces, "},
        BadCase{"4 > maxout(3,peices=4)",
                "column 14: maxout has no argument 'peices'; did you mean "
                "'pieces'? There are units, pieces, use_bias, "
                "weight_initializer, bias_initializer, frozen"},
        BadCase{"4 > maxout(3,name=a)", "column 14: maxout has no argument 'name'"},
        BadCase{"4 > maxout(3,k=4,pieces=2)", "column 18: pieces is given twice"},
        BadCase{"4 > maxout(units=2,3)", "column 20: units is given twice"},
        BadCase{"4 > maxout(3,4,5)", "column 16: maxout takes at most 2 without a name. There are"},
        BadCase{"4 > maxout(pieces)", "column 18: expected '=' and a value for pieces"},
        BadCase{"4 > maxout(pieces=)", "column 19: expected a whole number for pieces"},
        BadCase{"4 > maxout(pieces=two)",
                "column 19: expected a whole number for pieces, not 'two'"},
        BadCase{"4 > maxout(use_bias=2)",
                "column 21: expected true or false for use_bias, not '2'"},
        BadCase{"4 > maxout(weight_initializer)", "column 30: expected '=' and a value for weight"},
        BadCase{"4 > maxout(weight_initializer=xavir)",
                "column 31: no initializer is called 'xavir'"
                "; did you mean 'xavier'?"},
        BadCase{"4 > dropout(half)", "column 13: dropout has no argument 'half'"},
        BadCase{"4 > dropout(rate=half)", "column 18: expected a number for rate, not 'half'"},
        BadCase{"4 > flatten(2)", "column 13: flatten takes no number. There are frozen"},
        BadCase{"4 > 3:relu(2)", "column 12: relu takes no number. It takes no arguments"},
        BadCase{"4 > 3:relu(frozen)", "column 12: relu has no argument 'frozen'. It takes no "},
        BadCase{"4 > conv1d(3,3x3)", "column 14: expected a whole number for kernel, not '3x3'"},
        BadCase{"4 > conv2d(3,3x)", "column 14: expected a whole number, or several with 'x' "},
        BadCase{"4 > conv1d(padding=most)",
                "column 20: expected one of valid, same, explicit for "
                "padding, not 'most'"},
        BadCase{"4 > conv1d(same,valid)", "column 17: padding is given twice"},
        BadCase{"4 > conv1d(same=3)", "column 12: conv1d has no argument 'same'"}));

INSTANTIATE_TEST_SUITE_P(
    Lists, ShortFormErrorTest,
    ::testing::Values(
        BadCase{"4 > 3([1])", "column 6: expected '>' or the end"},
        BadCase{"4 > dense([1])", "column 11: dense takes no list. There are units, activation, "},
        BadCase{"4 > dense(weight_initializer=given([])", "column 37: expected a number"},
        BadCase{"4 > dense(weight_initializer=given([1,])", "column 39: expected a number"},
        BadCase{"4 > dense(weight_initializer=given([1x2])", "column 37: expected a number"},
        BadCase{"4 > dense(weight_initializer=given([1 2])", "column 39: expected ',' or ']'"},
        BadCase{"4 > dense(weight_initializer=given([1)", "column 38: expected ',' or ']'"},
        BadCase{"4 > dense(weight_initializer=given([[1],2])",
                "column 41: expected a list, as those before it"},
        BadCase{"4 > dense(weight_initializer=given([1,[2]])", "column 39: expected a number"},
        BadCase{"4 > dense(weight_initializer=given([[1,2],[3]])",
                "column 45: expected lists of one length, not of 2 and 1"},
        BadCase{"4 > dense(weight_initializer=given([1],values=[1])",
                "column 40: values is given twice"},
        BadCase{"4 > dense(weight_initializer=given(values)",
                "column 42: expected '=' and a value"},
        BadCase{"4 > dense(weight_initializer=given(values=3)",
                "column 43: expected a list of numbers, such as [1, 2]"},
        BadCase{"4 > dense(weight_initializer=given([[[[[[[[[1]]]]]]]]])",
                "column 45: expected no more lists within lists"}));

TEST(ShortFormTest, PointsAtTheError) {
  EXPECT_THAT(std::string(ParseShortForm("4 > 3:rel").status().message()),
              HasSubstr("\n  4 > 3:rel\n        ^"));
}

TEST(ShortFormTest, ShowsAPartOfWhatIsLong) {
  const std::string text = "4" + std::string(300, ' ') + "> 3:rel" + std::string(300, ' ');
  EXPECT_THAT(std::string(ParseShortForm(text).status().message()),
              HasSubstr("> 3:rel" + std::string(45, ' ') + "...\n  " + std::string(51, ' ') + "^"));
  const std::string name(10000, 'x');
  EXPECT_LT(ParseShortForm("4 > 3:" + name).status().message().size(), 800u);
  EXPECT_LT(ParseShortForm("4 > " + name).status().message().size(), 1200u);
}

TEST(ShortFormTest, ShowsNothingThatCannotBePointedAt) {
  EXPECT_THAT(std::string(ParseShortForm("4 > 3:r\xc3\xa9lu").status().message()),
              Not(HasSubstr("^")));
}

}  // namespace
}  // namespace fnn
