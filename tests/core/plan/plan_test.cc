#include "core/plan/plan.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/train/job.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kMse[] = "outputs { loss { mean_squared_error {} } }";

std::vector<std::string> FaultsOf(const std::string& text, std::optional<int64_t> features = 4) {
  const auto plan = Plan::Compile(ParseNetwork(text), features, FieldPath("network"));
  if (plan.ok()) return {"none"};
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_LT(SizeOnTheWire(plan.status()), 4096u);
  return Faults(plan.status());
}

TEST(PlanTest, LaysOutParametersLayerByLayer) {
  const auto plan =
      CompileOrDie(ParseNetwork("layers { name: 'first' dense { units: 3 activation { tanh {} } } }"
                                "layers { activation { relu {} } }"
                                "layers { dense { units: 5 use_bias: false } }"
                                "layers { dense { units: 2 } }" +
                                std::string(kMse)),
                   4);
  EXPECT_EQ(plan->input_width(), 4);
  EXPECT_EQ(plan->output_width(), 2);
  EXPECT_EQ(plan->parameter_count(), 3 * 4 + 3 + 5 * 3 + 2 * 5 + 2);
  std::vector<std::string> blocks;
  for (const ParameterBlock& block : plan->parameters()) {
    std::string shape;
    for (const int64_t n : block.shape) absl::StrAppend(&shape, "[", n, "]");
    blocks.push_back(absl::StrCat(block.name, shape, " at ", block.offset, " of ", block.size,
                                  block.regularized ? " regularized" : ""));
  }
  EXPECT_THAT(
      blocks,
      ElementsAre("first.weights[3][4] at 0 of 12 regularized", "first.bias[3] at 12 of 3",
                  "dense_2.weights[5][3] at 15 of 15 regularized",
                  "dense_3.weights[2][5] at 30 of 10 regularized", "dense_3.bias[2] at 40 of 2"));
  using Kind = PlanNode::Kind;
  std::vector<Kind> kinds;
  for (const PlanNode& node : plan->nodes()) kinds.push_back(node.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kAffine, Kind::kActivation, Kind::kActivation, Kind::kAffine,
                                 Kind::kAffine));
  EXPECT_EQ(plan->nodes()[2].width, 3);
  EXPECT_EQ(plan->nodes()[3].bias, std::nullopt);
  EXPECT_EQ(plan->nodes()[4].bias, 4);
}

TEST(PlanTest, FillsInDefaults) {
  const auto plan =
      CompileOrDie(ParseNetwork("layers { dense { units: 3 activation { relu {} } } }"
                                "layers { activation { tanh {} } }"
                                "layers { dense { units: 2 bias_initializer { normal {} } } }"
                                "outputs { loss { cross_entropy {} } }"),
                   4);
  const v1::Network expected = ParseNetwork(
      "inputs { name: 'input' shape: 4 }"
      "layers { name: 'dense_0' dense { units: 3 activation { relu {} } use_bias: true "
      "  weight_initializer { he { distribution: DISTRIBUTION_UNIFORM } } } }"
      "layers { name: 'activation_1' activation { tanh {} } }"
      "layers { name: 'dense_2' dense { units: 2 activation { identity {} } use_bias: true "
      "  weight_initializer { xavier { distribution: DISTRIBUTION_UNIFORM } }"
      "  bias_initializer { normal { mean: 0 standard_deviation: 0.05 } } } }"
      "outputs { layer: 'dense_2' loss { cross_entropy {} } }");
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(plan->network(), expected))
      << plan->network().DebugString();
  // What has its defaults filled in compiles to itself, without the data's width.
  const auto again = Plan::Compile(plan->network(), std::nullopt, FieldPath("network"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals((*again)->network(), expected));
}

TEST(PlanTest, FillsInInitializerArguments) {
  const auto plan = CompileOrDie(
      ParseNetwork("layers { dense { units: 1 weight_initializer { uniform { high: 3 } } } }" +
                   std::string(kMse)),
      1);
  const auto& uniform = plan->network().layers(0).dense().weight_initializer().uniform();
  EXPECT_EQ(uniform.low(), -0.05);
  EXPECT_EQ(uniform.high(), 3);
}

TEST(PlanTest, FillsInActivationArguments) {
  const auto plan =
      CompileOrDie(ParseNetwork("layers { dense { units: 1 activation { gelu { mean: 2 } } } }"
                                "layers { activation { leaky_relu { gamma: 0 } } }" +
                                std::string(kMse)),
                   1);
  EXPECT_EQ(plan->network().layers(0).dense().activation().gelu().standard_deviation(), 1);
  EXPECT_EQ(plan->nodes()[1].activation_arguments[0], 2);
  EXPECT_EQ(plan->nodes()[1].activation_arguments[1], 1);
  EXPECT_EQ(plan->nodes()[2].activation_arguments[0], 0);
}

TEST(PlanTest, RefusesActivationArguments) {
  const auto faults = [](const std::string& activation) {
    return FaultsOf("layers { activation { " + activation + " } }" + std::string(kMse), 1);
  };
  const std::string at = "network.layers[0].activation.";
  EXPECT_THAT(faults("leaky_relu { gamma: -1 }"),
              ElementsAre(at + "leaky_relu.gamma OUT_OF_RANGE"));
  EXPECT_THAT(faults("swish { beta: inf }"), ElementsAre(at + "swish.beta OUT_OF_RANGE"));
  EXPECT_THAT(faults("celu { alpha: 0 }"), ElementsAre(at + "celu.alpha OUT_OF_RANGE"));
  EXPECT_THAT(
      faults("gelu { mean: nan standard_deviation: -1 }"),
      ElementsAre(at + "gelu.mean OUT_OF_RANGE", at + "gelu.standard_deviation OUT_OF_RANGE"));
}

TEST(PlanTest, FusesTheLossWithItsLink) {
  const auto last = [](const std::string& activation, const std::string& loss) {
    const auto plan = CompileOrDie(
        ParseNetwork("layers { dense { units: 3 " +
                     (activation.empty() ? "" : "activation { " + activation + " {} }") + " } } " +
                     "outputs { loss { " + loss + " {} } }"),
        2);
    const ActivationOp* last_activation = plan->nodes().back().activation;
    return last_activation == nullptr ? "none" : std::string(last_activation->name);
  };
  EXPECT_EQ(last("softmax", "cross_entropy"), "none");
  EXPECT_EQ(last("", "cross_entropy"), "none");
  EXPECT_EQ(last("logistic", "binary_cross_entropy"), "none");
  EXPECT_EQ(last("softmax", "mean_squared_error"), "softmax");
  EXPECT_EQ(last("logistic", "mean_squared_error"), "logistic");
  EXPECT_EQ(last("relu", "cross_entropy"), "relu");
}

TEST(PlanTest, RefusesALossAfterProbabilities) {
  const auto faults = [](const std::string& layers, const std::string& loss) {
    return FaultsOf(layers + "outputs { loss { " + loss + " {} } }");
  };
  const std::string logistic = "layers { dense { units: 3 activation { logistic {} } } }";
  const std::string softmax = "layers { dense { units: 3 activation { softmax {} } } }";
  const std::string alone = "layers { dense { units: 3 } } layers { activation { softmax {} } }";
  const std::string identity = "layers { activation { identity {} } }";
  EXPECT_THAT(faults(logistic, "cross_entropy"),
              ElementsAre("network.outputs[0].loss.cross_entropy NOT_LOGITS"));
  EXPECT_THAT(faults(softmax, "binary_cross_entropy"),
              ElementsAre("network.outputs[0].loss.binary_cross_entropy NOT_LOGITS"));
  EXPECT_THAT(faults(alone, "cross_entropy"),
              ElementsAre("network.outputs[0].loss.cross_entropy NOT_LOGITS"));
  // A layer that changes nothing hides nothing, and is no reason to refuse.
  EXPECT_THAT(faults(softmax + identity, "cross_entropy"), ElementsAre("none"));
  EXPECT_THAT(faults(alone + identity, "cross_entropy"),
              ElementsAre("network.outputs[0].loss.cross_entropy NOT_LOGITS"));
  EXPECT_THAT(faults(softmax + identity + identity, "binary_cross_entropy"),
              ElementsAre("network.outputs[0].loss.binary_cross_entropy NOT_LOGITS"));
}

TEST(PlanTest, CrossEntropyNeedsTwoOutputs) {
  EXPECT_THAT(FaultsOf("layers { dense { units: 1 } } outputs { loss { cross_entropy {} } }"),
              ElementsAre("network.outputs[0].loss.cross_entropy TOO_FEW_OUTPUTS"));
}

TEST(PlanTest, LossesTakeArguments) {
  const auto compile = [](const std::string& loss) {
    return CompileOrDie(
        ParseNetwork("layers { dense { units: 2 } } outputs { loss { " + loss + " } }"), 1);
  };
  EXPECT_EQ(compile("huber {}")->loss_arguments()[0], 1);
  EXPECT_EQ(compile("huber {}")->network().outputs(0).loss().huber().delta(), 1);
  EXPECT_EQ(compile("huber { delta: 0.5 }")->loss_arguments()[0], 0.5);
  EXPECT_EQ(compile("cross_entropy { label_smoothing: 0.1 }")->loss_arguments()[0], 0.1);
  for (const auto& [loss, argument] :
       std::vector<std::pair<std::string, std::string>>{{"huber", "delta: 0"},
                                                        {"quantile", "quantile: 1"},
                                                        {"focal", "gamma: -1"},
                                                        {"cross_entropy", "label_smoothing: 1"}}) {
    EXPECT_THAT(FaultsOf("layers { dense { units: 2 } } outputs { loss { " + loss + " { " +
                         argument + " } } }"),
                ElementsAre("network.outputs[0].loss." + loss + "." +
                            argument.substr(0, argument.find(':')) + " OUT_OF_RANGE"));
  }
}

TEST(PlanTest, RefusesInputs) {
  const std::string rest = std::string("layers { dense { units: 1 } }") + kMse;
  EXPECT_THAT(FaultsOf("inputs {} inputs {}" + rest), ElementsAre("network.inputs UNSUPPORTED"));
  EXPECT_THAT(FaultsOf("inputs { name: 'Input' }" + rest),
              ElementsAre("network.inputs[0].name INVALID_NAME"));
  EXPECT_THAT(FaultsOf("inputs { shape: 2 shape: 3 shape: 4 shape: 5 }" + rest),
              ElementsAre("network.inputs[0].shape WRONG_SHAPE"));
  EXPECT_THAT(FaultsOf("inputs { shape: 4096 shape: 4097 }" + rest),
              ElementsAre("network.inputs[0].shape OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf(rest, std::nullopt), ElementsAre("network.inputs[0].shape WRONG_SHAPE"));
  for (const char* width : {"0", "-1", "16777217", "9223372036854775807"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("inputs { shape: ", width, " }", rest)),
                ElementsAre("network.inputs[0].shape[0] OUT_OF_RANGE"));
  }
  EXPECT_THAT(FaultsOf(rest, 1 << 25), ElementsAre("network.inputs[0].shape[0] OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("inputs { shape: 16777216 }" + rest), ElementsAre("none"));
}

TEST(PlanTest, RefusesUnits) {
  for (const char* units : {"0", "-1", "2147483648", "16777217", "-9223372036854775808"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("layers { dense { units: ", units, " } }", kMse)),
                ElementsAre("network.layers[0].dense.units OUT_OF_RANGE"));
  }
  EXPECT_THAT(FaultsOf(std::string("layers { dense {} }") + kMse),
              ElementsAre("network.layers[0].dense.units OUT_OF_RANGE"));
}

TEST(PlanTest, RefusesWhatIsAbsent) {
  EXPECT_THAT(FaultsOf(""), ElementsAre("network.layers EMPTY", "network.outputs REQUIRED"));
  EXPECT_THAT(FaultsOf(std::string("layers {}") + kMse), ElementsAre("network.layers[0] REQUIRED"));
  EXPECT_THAT(FaultsOf(std::string("layers { activation {} }") + kMse),
              ElementsAre("network.layers[0].activation REQUIRED"));
  EXPECT_THAT(FaultsOf(std::string("layers { dense { units: 1 activation {} } }") + kMse),
              ElementsAre("network.layers[0].dense.activation REQUIRED"));
  EXPECT_THAT(FaultsOf(std::string("layers { dense { units: 1 weight_initializer {} } }") + kMse),
              ElementsAre("network.layers[0].dense.weight_initializer REQUIRED"));
  EXPECT_THAT(FaultsOf(std::string("layers { dense { units: 1 bias_initializer {} } }") + kMse),
              ElementsAre("network.layers[0].dense.bias_initializer REQUIRED"));
  EXPECT_THAT(FaultsOf("layers { dense { units: 1 } } outputs {}"),
              ElementsAre("network.outputs[0].loss REQUIRED"));
  EXPECT_THAT(FaultsOf("layers { dense { units: 1 } } outputs { loss {} }"),
              ElementsAre("network.outputs[0].loss REQUIRED"));
}

TEST(PlanTest, RefusesOutputs) {
  const std::string layer = "layers { dense { units: 1 } }";
  EXPECT_THAT(FaultsOf(layer), ElementsAre("network.outputs REQUIRED"));
  EXPECT_THAT(FaultsOf(layer + kMse + kMse), ElementsAre("network.outputs UNSUPPORTED"));
  EXPECT_THAT(
      FaultsOf(layer + layer + "outputs { layer: 'dense_0' loss { mean_squared_error {} } }"),
      ElementsAre("network.outputs[0].layer UNSUPPORTED"));
  EXPECT_THAT(FaultsOf(layer + "outputs { layer: 'dense_1' loss { mean_squared_error {} } }"),
              ElementsAre("network.outputs[0].layer NOT_FOUND"));
  EXPECT_THAT(
      FaultsOf(layer + layer + "outputs { layer: 'dense_1' loss { mean_squared_error {} } }"),
      ElementsAre("none"));
}

TEST(PlanTest, RefusesNames) {
  for (const std::string& name :
       {std::string("A"), std::string("1a"), std::string("_a"), std::string("a-b"),
        std::string("a b"), std::string("a.b"), std::string("../x"), std::string("\xc3\xa9"),
        std::string(64, 'a'), std::string(10'000, 'a')}) {
    v1::Network network = ParseNetwork(std::string("layers { dense { units: 1 } }") + kMse);
    network.mutable_layers(0)->set_name(name);
    const auto plan = Plan::Compile(network, 1, FieldPath("network"));
    EXPECT_THAT(Faults(plan.status()), ElementsAre("network.layers[0].name INVALID_NAME")) << name;
    EXPECT_LT(SizeOnTheWire(plan.status()), 4096u);
  }
  EXPECT_THAT(FaultsOf("layers { name: 'a' dense { units: 1 } }"
                       "layers { name: 'a' dense { units: 1 } }" +
                       std::string(kMse)),
              ElementsAre("network.layers[1].name DUPLICATE_NAME"));
  // A name that was given and one that was made.
  EXPECT_THAT(FaultsOf("layers { name: 'dense_1' dense { units: 1 } }"
                       "layers { dense { units: 1 } }" +
                       std::string(kMse)),
              ElementsAre("network.layers[1].name DUPLICATE_NAME"));
  v1::Network longest = ParseNetwork(std::string("layers { dense { units: 1 } }") + kMse);
  longest.mutable_layers(0)->set_name("a" + std::string(61, 'B') + "_");
  EXPECT_TRUE(Plan::Compile(longest, 1, FieldPath("network")).ok());
}

TEST(PlanTest, RefusesInitializers) {
  const auto faults = [](const std::string& dense) {
    return FaultsOf("layers { dense { units: 1 " + dense + " } }" + kMse);
  };
  const std::string w = "network.layers[0].dense.weight_initializer.";
  const std::string b = "network.layers[0].dense.bias_initializer.";
  EXPECT_THAT(faults("weight_initializer { uniform { low: 1 high: 1 } }"),
              ElementsAre(w + "uniform OUT_OF_RANGE"));
  EXPECT_THAT(faults("weight_initializer { uniform { low: 1 } }"),
              ElementsAre(w + "uniform OUT_OF_RANGE"));
  EXPECT_THAT(faults("weight_initializer { uniform { low: nan } }").at(0),
              w + "uniform.low OUT_OF_RANGE");
  EXPECT_THAT(faults("weight_initializer { uniform { high: inf } }"),
              ElementsAre(w + "uniform.high OUT_OF_RANGE"));
  EXPECT_THAT(faults("weight_initializer { uniform { high: 1e39 } }"),
              ElementsAre(w + "uniform.high OUT_OF_RANGE"));
  EXPECT_THAT(faults("weight_initializer { normal { standard_deviation: 0 } }"),
              ElementsAre(w + "normal.standard_deviation OUT_OF_RANGE"));
  EXPECT_THAT(
      faults("weight_initializer { normal { standard_deviation: -1 mean: nan } }"),
      ElementsAre(w + "normal.mean OUT_OF_RANGE", w + "normal.standard_deviation OUT_OF_RANGE"));
  EXPECT_THAT(faults("weight_initializer { he { distribution: 3 } }"),
              ElementsAre(w + "he.distribution OUT_OF_RANGE"));
  EXPECT_THAT(faults("weight_initializer { xavier { distribution: -1 } }"),
              ElementsAre(w + "xavier.distribution OUT_OF_RANGE"));
  EXPECT_THAT(faults("bias_initializer { xavier {} }"), ElementsAre(b + "xavier UNSUPPORTED"));
  EXPECT_THAT(faults("bias_initializer { he {} }"), ElementsAre(b + "he UNSUPPORTED"));
  EXPECT_THAT(faults("use_bias: false bias_initializer { normal {} }"),
              ElementsAre("network.layers[0].dense.bias_initializer UNUSED"));
  EXPECT_THAT(faults("bias_initializer { uniform { low: 0 high: 1 } }"), ElementsAre("none"));
}

TEST(PlanTest, ChecksClassNames) {
  const auto faults = [](int units, const std::string& loss, const std::string& names) {
    return FaultsOf(absl::StrCat("layers { dense { units: ", units, " } } outputs { loss { ", loss,
                                 " {} } ", names, " }"));
  };
  const std::string path = "network.outputs[0].class_names";
  EXPECT_THAT(faults(2, "cross_entropy", "class_names: ['a', 'b']"), ElementsAre("none"));
  EXPECT_THAT(faults(3, "cross_entropy", "class_names: ['a', 'b']"),
              ElementsAre(path + " WRONG_LENGTH"));
  EXPECT_THAT(faults(2, "cross_entropy", "class_names: ['a', 'a']"),
              ElementsAre(path + "[1] INVALID_NAME"));
  EXPECT_THAT(faults(2, "cross_entropy", "class_names: ['', 'a']"),
              ElementsAre(path + "[0] INVALID_NAME"));
  EXPECT_THAT(faults(1, "binary_cross_entropy", "class_names: ['no', 'yes']"), ElementsAre("none"));
  EXPECT_THAT(faults(1, "binary_cross_entropy", "class_names: ['yes']"),
              ElementsAre(path + " WRONG_LENGTH"));
  EXPECT_THAT(faults(2, "mean_squared_error", "class_names: ['a', 'b']"), ElementsAre("none"));
  // Two for one unit only where a probability tells two classes apart.
  EXPECT_THAT(faults(1, "mean_squared_error", "class_names: ['height']"), ElementsAre("none"));
  EXPECT_THAT(faults(1, "mean_squared_error", "class_names: ['a', 'b']"),
              ElementsAre(path + " WRONG_LENGTH"));
}

TEST(PlanTest, ClassLabelIsTheNameOrTheIndex) {
  const auto named =
      CompileOrDie(ParseNetwork("layers { dense { units: 2 } } "
                                "outputs { loss { cross_entropy {} } class_names: ['a', 'b'] }"),
                   1);
  EXPECT_EQ(named->ClassLabel(1), "b");
  const auto unnamed = CompileOrDie(
      ParseNetwork("layers { dense { units: 2 } } outputs { loss { cross_entropy {} } }"), 1);
  EXPECT_EQ(unnamed->ClassLabel(1), "1");
  EXPECT_EQ(unnamed->class_count(), 2);
  EXPECT_TRUE(unnamed->classifies());
}

TEST(PlanTest, ReportsEveryFaultAtOnce) {
  EXPECT_THAT(
      FaultsOf("inputs { name: '*' shape: 0 }"
               "layers { dense { units: 0 activation {} } }"
               "layers {}"
               "outputs { layer: 'x' }"),
      ElementsAre("network.inputs[0].name INVALID_NAME", "network.inputs[0].shape[0] OUT_OF_RANGE",
                  "network.layers[1] REQUIRED", "network.layers[0].dense.units OUT_OF_RANGE",
                  "network.layers[0].dense.activation REQUIRED",
                  "network.outputs[0].loss REQUIRED"));
}

TEST(PlanTest, HostileNamesMakeNoLongError) {
  v1::Network network;
  for (int i = 0; i < 1000; ++i) {
    network.add_layers()->set_name(absl::StrCat(i, std::string(1000, '\x01')));
    network.mutable_layers(i)->mutable_dense();
  }
  network.add_outputs()->set_layer(std::string(1000, '\x02'));
  const auto plan = Plan::Compile(network, 1, FieldPath("create.spec.network"));
  EXPECT_LT(SizeOnTheWire(plan.status()), 4096u);
  EXPECT_EQ(Faults(plan.status()).at(0), "create.spec.network.layers[0].name INVALID_NAME");
}

// A kind from a later release is an unknown field here.
TEST(PlanTest, UnknownKindsAreAbsent) {
  v1::Network network = ParseNetwork(std::string("layers {} layers { dense { units: 1 } }") + kMse);
  auto& layer = *network.mutable_layers(0);
  layer.GetReflection()->MutableUnknownFields(&layer)->AddLengthDelimited(99, "convolution");
  v1::Activation& activation = *network.mutable_layers(1)->mutable_dense()->mutable_activation();
  activation.GetReflection()->MutableUnknownFields(&activation)->AddLengthDelimited(77, "");
  v1::Network received;
  ASSERT_TRUE(received.ParseFromString(network.SerializeAsString()));
  const auto plan = Plan::Compile(received, 1, FieldPath("network"));
  EXPECT_THAT(Faults(plan.status()), ElementsAre("network.layers[0] REQUIRED",
                                                 "network.layers[1].dense.activation REQUIRED"));
}

// Weights of two dense layers; `first` and `second` are their initialisers.
std::vector<std::string> SymmetryFaults(const std::string& first, const std::string& second,
                                        int units = 3) {
  const auto layer = [](int of, const std::string& with) {
    return absl::StrCat("layers { dense { units: ", of,
                        with.empty() ? "" : " weight_initializer { " + with + " }", " } } ");
  };
  const auto plan = Plan::Compile(ParseNetwork(layer(units, first) + layer(2, second) + kMse), 2,
                                  FieldPath("network"));
  if (plan.ok()) return {"none"};
  return Faults(plan.status());
}

std::string GivenOf(int rows, int columns, const std::vector<float>& values) {
  std::string bytes;
  for (const char c :
       std::string(reinterpret_cast<const char*>(values.data()), values.size() * 4)) {
    absl::StrAppend(&bytes, "\\", absl::Hex(static_cast<unsigned char>(c) >> 6),
                    absl::Hex(static_cast<unsigned char>(c) >> 3 & 7),
                    absl::Hex(static_cast<unsigned char>(c) & 7));
  }
  return absl::StrCat("given { values { shape: ", rows, " shape: ", columns,
                      " data_type: DATA_TYPE_FLOAT32 data: '", bytes, "' } }");
}

TEST(PlanTest, WeightsThatBreakNoSymmetryAreRefused) {
  const std::string at = "network.layers[0].dense.weight_initializer.";
  const std::string last = "network.layers[1].dense.weight_initializer.";
  EXPECT_THAT(SymmetryFaults("constant {}", ""), ElementsAre(at + "constant UNBROKEN_SYMMETRY"));
  EXPECT_THAT(SymmetryFaults("", "constant {}"), ElementsAre(last + "constant UNBROKEN_SYMMETRY"));
  EXPECT_THAT(SymmetryFaults("constant { value: 2 }", ""),
              ElementsAre(at + "constant UNBROKEN_SYMMETRY"));
  EXPECT_THAT(SymmetryFaults("constant { value: 2 }", "", 1), ElementsAre("none"));
  EXPECT_THAT(SymmetryFaults("", "constant { value: 2 }"), ElementsAre("none"));
  EXPECT_THAT(SymmetryFaults("zeros {}", "zeros {}"), ElementsAre("none"));
  EXPECT_THAT(SymmetryFaults("constant { allow_symmetric: true }", ""), ElementsAre("none"));
  EXPECT_THAT(SymmetryFaults(GivenOf(3, 2, {1, 2, 1, 2, 1, 2}), ""),
              ElementsAre(at + "given UNBROKEN_SYMMETRY"));
  EXPECT_THAT(SymmetryFaults(GivenOf(3, 2, {0, 0, 0, 0, 0, 0}), ""),
              ElementsAre(at + "given UNBROKEN_SYMMETRY"));
  EXPECT_THAT(SymmetryFaults(GivenOf(3, 2, {1, 2, 1, 2, 1, 3}), ""), ElementsAre("none"));
  EXPECT_THAT(SymmetryFaults("", GivenOf(2, 3, {1, 2, 1, 1, 2, 1})), ElementsAre("none"));
}

TEST(PlanTest, GivenValuesMustFit) {
  const std::string at = "network.layers[0].dense.weight_initializer.given.values";
  EXPECT_THAT(SymmetryFaults("given {}", ""), ElementsAre(at + ".shape WRONG_SHAPE"));
  EXPECT_THAT(SymmetryFaults(GivenOf(2, 3, {1, 2, 3, 4, 5, 6}), ""),
              ElementsAre(at + ".shape WRONG_SHAPE"));
  EXPECT_THAT(SymmetryFaults(GivenOf(3, 2, {1, 2, 3}), ""), ElementsAre(at + " INVALID_VALUES"));
  EXPECT_THAT(SymmetryFaults(GivenOf(3, 2, {1, 2, 3, 4, 5, INFINITY}), ""),
              ElementsAre(at + " INVALID_VALUES"));
  const auto plan =
      CompileOrDie(ParseNetwork("layers { dense { units: 3 use_bias: false weight_initializer { " +
                                GivenOf(3, 2, {1, 2, 3, 4, 5, 6}) + " } } }" + kMse),
                   2);
  std::vector<float> parameters(6);
  plan->Initialize<float>(1, parameters);
  EXPECT_THAT(parameters, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(PlanTest, OrthogonalWeightsAreNotTooMany) {
  const auto faults = [](int units) { return SymmetryFaults("orthogonal {}", "", units); };
  EXPECT_THAT(faults(1 << 21), ElementsAre("none"));
  EXPECT_THAT(faults((1 << 21) + 1),
              ElementsAre("network.layers[0].dense.weight_initializer.orthogonal TOO_LARGE"));
}

TEST(PlanTest, SizesThatCannotBeCountedAreRefused) {
  v1::Network network;
  for (int i = 0; i < 70'000; ++i) {
    network.add_layers()->mutable_dense()->set_units(Plan::kMostUnits);
  }
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  const auto plan = Plan::Compile(network, 1, FieldPath("network"));
  EXPECT_THAT(Faults(plan.status()), ElementsAre("network.layers TOO_LARGE"));
}

TEST(PlanTest, ALargeNetworkIsEstimatedAtOnce) {
  // 2 * 2^40 weights: 26 TB with Adam's slots.
  const CpuTimer timer;
  const auto plan = CompileOrDie(ParseNetwork("layers { dense { units: 1048576 } }"
                                              "layers { dense { units: 1048576 } }" +
                                              std::string(kMse)),
                                 1 << 20);
  EXPECT_EQ(plan->parameter_count(), 2 * ((int64_t{1} << 40) + (1 << 20)));
  StepOptions options{.optimizer = FindOp(Optimizers(), "adam"), .batch_size = 32};
  const auto parameters = static_cast<double>(plan->parameter_count());
  EXPECT_GT(TrainingMemory(plan, options, 1), 3 * 4 * parameters);
  EXPECT_LT(TrainingMemory(plan, options, 1), 3.01 * 4 * parameters);
  // A batch that is worked on in chunks needs an array of gradients beside.
  options.batch_size = INT64_MAX;
  EXPECT_GT(TrainingMemory(plan, options, 1), 4 * 4 * parameters);
  EXPECT_LT(TrainingMemory(plan, options, 1), 4.01 * 4 * parameters);
  EXPECT_LT(timer.Seconds(), 1);
}

TEST(PlanTest, SizesSaturateInsteadOfWrapping) {
  v1::Network network;
  for (int i = 0; i < 10'000; ++i) network.add_layers()->mutable_dense()->set_units(1 << 24);
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  const auto plan = CompileOrDie(network, 1 << 24);
  const StepOptions options{.optimizer = FindOp(Optimizers(), "adam"), .batch_size = 32};
  EXPECT_EQ(TrainingMemory(plan, options, 1), INT64_MAX);
}

TEST(PlanTest, LayersWithoutWeightsCostToo) {
  const auto plan =
      CompileOrDie(ParseNetwork("layers { activation { tanh {} } } layers { dense { units: 2 } }" +
                                std::string(kMse)),
                   3);
  EXPECT_EQ(plan->operations_per_row(), 3 + 2 + plan->parameter_count());
}

TEST(PlanTest, RefusesMoreLayersThanItsLimit) {
  v1::Network network;
  for (int i = 0; i <= Plan::kMostLayers; ++i) network.add_layers()->mutable_dense()->set_units(1);
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  EXPECT_EQ(Faults(Plan::Compile(network, 1, FieldPath("network")).status()),
            std::vector<std::string>{"network.layers OUT_OF_RANGE"});
}

TEST(PlanTest, ManyLayersTakeTimeInProportion) {
  v1::Network network;
  for (int i = 0; i < 100'000; ++i) {
    auto& dense = *network.add_layers()->mutable_dense();
    dense.set_units(1);
    dense.mutable_activation()->mutable_tanh();
  }
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  const CpuTimer timer;
  const auto plan = CompileOrDie(network, 1);
  EXPECT_EQ(plan->parameter_count(), 200'000);
  EXPECT_LT(timer.Seconds(), 20);
}

TEST(ValidateNetworkTest, NeedsNoWidth) {
  EXPECT_TRUE(ValidateNetwork(ParseNetwork(std::string("layers { dense { units: 1 } }") + kMse),
                              FieldPath("network"))
                  .ok());
  EXPECT_THAT(Faults(ValidateNetwork(ParseNetwork(std::string("layers { dense { } }") + kMse),
                                     FieldPath("model.network"))),
              ElementsAre("model.network.layers[0].dense.units OUT_OF_RANGE"));
}

TEST(InitializeTest, DrawsEachBlockByItsInitializer) {
  const auto plan = CompileOrDie(
      ParseNetwork(
          "layers { dense { units: 50 activation { relu {} } } }"
          "layers { dense { units: 40 weight_initializer { uniform { low: 2 high: 3 } }"
          "                 bias_initializer { normal { mean: -9 standard_deviation: 0.5 } } } }" +
          std::string(kMse)),
      60);
  std::vector<float> a(plan->parameter_count(), NAN);
  plan->Initialize<float>(1, a);
  const auto blocks = plan->parameters();
  double squares = 0;
  for (int64_t i = 0; i < blocks[0].size; ++i) squares += a[i] * a[i];
  EXPECT_NEAR(squares / static_cast<double>(blocks[0].size), 2.0 / 60, 0.15 * 2.0 / 60);
  for (int64_t i = 0; i < blocks[1].size; ++i) EXPECT_EQ(a[blocks[1].offset + i], 0);
  for (int64_t i = 0; i < blocks[2].size; ++i) {
    EXPECT_GE(a[blocks[2].offset + i], 2);
    EXPECT_LE(a[blocks[2].offset + i], 3);
  }
  for (int64_t i = 0; i < blocks[3].size; ++i) EXPECT_NEAR(a[blocks[3].offset + i], -9, 3);
  std::vector<float> b(plan->parameter_count());
  plan->Initialize<float>(1, b);
  EXPECT_EQ(a, b);
  plan->Initialize<float>(2, b);
  EXPECT_NE(a, b);
  // float is the double draw, rounded.
  std::vector<double> exact(plan->parameter_count());
  plan->Initialize<double>(1, exact);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i], static_cast<float>(exact[i]));
}

TEST(InitializeTest, EqualBlocksDifferFromEachOther) {
  const auto plan =
      CompileOrDie(ParseNetwork("layers { dense { units: 4 } } layers { dense { units: 4 } }" +
                                std::string(kMse)),
                   4);
  std::vector<float> values(plan->parameter_count());
  plan->Initialize<float>(0, values);
  const int64_t second = plan->parameters()[2].offset;
  for (int i = 0; i < 16; ++i) EXPECT_NE(values[i], values[second + i]);
  EXPECT_EQ(std::set<float>(values.begin(), values.begin() + 16).size(), 16u);
}

TEST(PlanTest, GroupsNameTheirRange) {
  for (const int64_t groups : {0, -1, 3}) {
    auto network = ParseNetwork(
        "inputs { shape: [4, 2] } layers { conv1d { channels: 2 kernel: 1 } }" + std::string(kMse));
    network.mutable_layers(0)->mutable_conv1d()->set_groups(groups);
    EXPECT_THAT(
        Descriptions(Plan::Compile(network, 8, FieldPath("network")).status()),
        HasSubstr(absl::StrCat("must be 1 to 16777216 and divide the input's channels and the "
                               "layer's own, not ",
                               groups)));
  }
}

TEST(PlanTest, ExplicitPaddingIsForThatModeAlone) {
  const auto faults = [](const std::string& padding) {
    return FaultsOf("inputs { shape: [4, 4, 1] } layers { conv2d { channels: 1 kernel: 3 " +
                    padding + " } }" + kMse);
  };
  const std::string at = "network.layers[0].conv2d.explicit_padding ";
  EXPECT_THAT(faults("explicit_padding: 1"), ElementsAre(at + "UNUSED"));
  EXPECT_THAT(faults("explicit_padding: 1 padding: PADDING_SAME"), ElementsAre(at + "UNUSED"));
  EXPECT_THAT(faults("padding: PADDING_EXPLICIT"), ElementsAre(at + "WRONG_LENGTH"));
  EXPECT_THAT(faults("explicit_padding: 1 padding: PADDING_EXPLICIT"), ElementsAre("none"));
}

}  // namespace
}  // namespace fnn::core
