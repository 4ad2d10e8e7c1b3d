// The catalogue lists every entry of every table, and says of each argument what the table says.

#include "core/analysis/catalogue.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/analysis/comments.h"
#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "fnn/v1/activation.pb.h"
#include "fnn/v1/layer.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const v1::Operator* Find(v1::OperatorKind kind, absl::string_view name) {
  for (const v1::Operator& entry : Catalogue()) {
    if (entry.kind() == kind && entry.name() == name) return &entry;
  }
  return nullptr;
}

v1::OperatorArgument Argument(v1::OperatorKind kind, absl::string_view name,
                              absl::string_view argument) {
  const v1::Operator* entry = Find(kind, name);
  if (entry != nullptr) {
    for (const v1::OperatorArgument& candidate : entry->arguments()) {
      if (candidate.name() == argument) return candidate;
    }
  }
  ADD_FAILURE() << name << " has no " << argument;
  return {};
}

// Each entry is listed with its arguments, and its default is the one that the comment states.
template <typename Op>
void ExpectListed(v1::OperatorKind kind, std::span<const Op> table) {
  for (const Op& op : table) {
    SCOPED_TRACE(op.name);
    const v1::Operator* entry = Find(kind, op.name);
    ASSERT_NE(entry, nullptr);
    EXPECT_NE(entry->facts_case(), v1::Operator::FACTS_NOT_SET);
    if constexpr (requires { op.formula; }) {
      EXPECT_EQ(entry->formula(), op.formula);
    }
    for (const auto& argument : op.arguments) {
      const v1::OperatorArgument listed = Argument(kind, op.name, argument.name);
      double stated = 0;
      if (absl::SimpleAtod(StatedDefault(listed.description()), &stated)) {
        EXPECT_EQ(stated, argument.default_value) << listed.description();
        EXPECT_TRUE(absl::SimpleAtod(listed.default_value(), &stated)) << listed.DebugString();
        EXPECT_EQ(stated, argument.default_value);
      } else if (listed.type() == v1::ARGUMENT_TYPE_ENUM) {
        EXPECT_TRUE(listed.has_default_value());
      }
    }
  }
}

TEST(Catalogue, ListsEveryEntryOfEveryTable) {
  ExpectListed(v1::OPERATOR_KIND_ACTIVATION, Activations());
  ExpectListed(v1::OPERATOR_KIND_LOSS, Losses());
  ExpectListed(v1::OPERATOR_KIND_OPTIMIZER, Optimizers());
  ExpectListed(v1::OPERATOR_KIND_SCHEDULE, Schedules());
  ExpectListed(v1::OPERATOR_KIND_SCHEDULE, std::span<const ScheduleOp>(&WarmUp(), 1));
  ExpectListed(v1::OPERATOR_KIND_INITIALIZER, Initializers());
  ExpectListed(v1::OPERATOR_KIND_METRIC, Metrics());
}

TEST(Catalogue, ListsWhatOnlyTheContractHas) {
  for (const auto* message : {v1::Layer::descriptor(), v1::Activation::descriptor()}) {
    const auto* kind = message->FindOneofByName("kind");
    for (int i = 0; i < kind->field_count(); ++i) {
      EXPECT_NE(Find(message == v1::Layer::descriptor() ? v1::OPERATOR_KIND_LAYER
                                                        : v1::OPERATOR_KIND_ACTIVATION,
                     kind->field(i)->name()),
                nullptr)
          << kind->field(i)->full_name();
    }
  }
}

TEST(Catalogue, SaysWhatEverythingIs) {
  std::set<std::pair<int, std::string>> names;
  for (const v1::Operator& entry : Catalogue()) {
    SCOPED_TRACE(entry.name());
    EXPECT_TRUE(names.emplace(entry.kind(), entry.name()).second);
    EXPECT_THAT(entry.summary(), Not(IsEmpty()));
    EXPECT_EQ(entry.summary().back(), '.');
    EXPECT_THAT(entry.description(), Not(IsEmpty()));
    for (const v1::OperatorArgument& argument : entry.arguments()) {
      SCOPED_TRACE(argument.name());
      EXPECT_NE(argument.type(), v1::ARGUMENT_TYPE_UNSPECIFIED);
      EXPECT_THAT(argument.description(), Not(IsEmpty()));
      EXPECT_EQ(argument.values().empty(), argument.type() != v1::ARGUMENT_TYPE_ENUM);
      for (const v1::ArgumentValue& value : argument.values()) {
        EXPECT_THAT(value.description(), Not(IsEmpty())) << value.name();
      }
    }
  }
}

TEST(Catalogue, TellsRangesAndDefaults) {
  const auto gamma = Argument(v1::OPERATOR_KIND_ACTIVATION, "leaky_relu", "gamma");
  EXPECT_EQ(gamma.default_value(), "0.01");
  EXPECT_EQ(gamma.min(), 0);
  EXPECT_FALSE(gamma.has_max() || gamma.min_excluded() || gamma.is_required());
  const auto beta = Argument(v1::OPERATOR_KIND_OPTIMIZER, "adam", "beta1");
  EXPECT_EQ(beta.max(), 1);
  EXPECT_TRUE(beta.max_excluded());
  const auto average = Argument(v1::OPERATOR_KIND_METRIC, "f1", "average");
  EXPECT_EQ(average.default_value(), "AVERAGE_MACRO");
  EXPECT_EQ(average.values_size(), 3);
  // It follows from the training, whatever stands in the table.
  EXPECT_FALSE(Argument(v1::OPERATOR_KIND_SCHEDULE, "polynomial", "total").has_default_value());
  EXPECT_EQ(Argument(v1::OPERATOR_KIND_ACTIVATION, "swish", "learned").default_value(), "false");
}

TEST(Catalogue, TellsWhatOptimizersKeep) {
  EXPECT_EQ(Find(v1::OPERATOR_KIND_OPTIMIZER, "adam")->optimizer().slots_per_parameter(), 2);
  const v1::OptimizerFacts& lbfgs = Find(v1::OPERATOR_KIND_OPTIMIZER, "lbfgs")->optimizer();
  EXPECT_EQ(lbfgs.slots_per_parameter(), 24);
  EXPECT_TRUE(lbfgs.whole_batch());
}

TEST(Catalogue, ReadsLayersOffTheContract) {
  EXPECT_TRUE(Argument(v1::OPERATOR_KIND_LAYER, "dense", "units").is_required());
  EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, "dense", "use_bias").default_value(), "true");
  EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, "dense", "weight_initializer").type_name(),
            "fnn.v1.Initializer");
  EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, "batch_norm", "epsilon").default_value(), "1e-05");
  EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, "conv2d", "padding").default_value(),
            "PADDING_VALID");
  EXPECT_TRUE(Argument(v1::OPERATOR_KIND_LAYER, "conv2d", "kernel").is_list());
  EXPECT_THAT(Find(v1::OPERATOR_KIND_LAYER, "activation")->arguments(), IsEmpty());
}

// As `kind`, those of its entries that are in the table of functions.
int ExpectFunctionsListed(v1::OperatorKind kind) {
  int count = 0;
  for (const LayerOp& op : LayerFunctions()) {
    const v1::Operator* entry = Find(kind, op.name);
    if (entry == nullptr) continue;
    ++count;
    EXPECT_EQ(entry->formula(), op.formula) << op.name;
    if (kind == v1::OPERATOR_KIND_ACTIVATION) {
      EXPECT_TRUE(entry->activation().differentiable()) << op.name;
      EXPECT_EQ(entry->activation().default_weight_initializer(), op.weight_initializer);
    }
    if (FindOp(Activations(), op.name) != nullptr) continue;  // swish has other arguments there.
    for (const auto& argument : op.arguments) {
      const v1::OperatorArgument listed = Argument(kind, op.name, argument.name);
      EXPECT_TRUE(listed.has_default_value()) << op.name << " " << argument.name;
      if (listed.type() != v1::ARGUMENT_TYPE_DOUBLE) continue;
      EXPECT_EQ(listed.has_min(), argument.min > -1e38) << op.name << " " << argument.name;
      EXPECT_EQ(listed.has_max(), argument.max < 1e38) << op.name << " " << argument.name;
    }
  }
  return count;
}

TEST(Catalogue, ListsEveryFunction) {
  EXPECT_EQ(ExpectFunctionsListed(v1::OPERATOR_KIND_LAYER) +
                ExpectFunctionsListed(v1::OPERATOR_KIND_ACTIVATION),
            static_cast<int>(LayerFunctions().size()));
}

TEST(Catalogue, GivesEveryLayerAndActivationAFormula) {
  for (const v1::Operator& entry : Catalogue()) {
    if (entry.kind() > v1::OPERATOR_KIND_LAYER) continue;
    EXPECT_THAT(entry.formula(), Not(IsEmpty())) << entry.name();
  }
}

TEST(Catalogue, TellsRangesOfLayers) {
  for (const char* layer : {"dense", "maxout"}) {
    const auto units = Argument(v1::OPERATOR_KIND_LAYER, layer, "units");
    EXPECT_EQ(units.min(), 1);
    EXPECT_EQ(units.max(), 1 << 24);
    EXPECT_FALSE(units.has_default_value());
  }
  EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, "maxout", "pieces").max(), 1024);
  EXPECT_TRUE(Argument(v1::OPERATOR_KIND_LAYER, "dropout", "rate").max_excluded());
  for (const char* layer : {"conv1d", "conv2d", "max_pool1d", "average_pool2d"}) {
    const auto stride = Argument(v1::OPERATOR_KIND_LAYER, layer, "stride");
    EXPECT_EQ(stride.min(), 1);
    EXPECT_EQ(stride.max(), 65'536);
    const bool pools = absl::StrContains(layer, "pool");
    EXPECT_EQ(stride.default_value(), pools ? "" : "1") << layer;
    EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, layer, pools ? "window" : "kernel").min(), 1);
    EXPECT_EQ(Argument(v1::OPERATOR_KIND_LAYER, layer, "explicit_padding").min(), 0);
  }
}

// `name from start or argument, per unit or shared, learned or not`.
std::vector<std::string> ParametersOf(v1::OperatorKind kind, absl::string_view name) {
  std::vector<std::string> out;
  for (const v1::OperatorParameter& p : Find(kind, name)->parameters()) {
    out.push_back(absl::StrCat(p.name(), " from ", p.start_argument(), " ", p.start(),
                               p.is_shared() ? " shared" : "", p.is_learned() ? "" : " kept"));
  }
  return out;
}

TEST(Catalogue, TellsParameters) {
  EXPECT_THAT(ParametersOf(v1::OPERATOR_KIND_ACTIVATION, "prelu"),
              ElementsAre("gamma from gamma 0.25"));
  EXPECT_THAT(ParametersOf(v1::OPERATOR_KIND_ACTIVATION, "swish"), ElementsAre("beta from beta 1"));
  EXPECT_THAT(ParametersOf(v1::OPERATOR_KIND_ACTIVATION, "glu"), IsEmpty());
  EXPECT_THAT(ParametersOf(v1::OPERATOR_KIND_LAYER, "dynamic_tanh"),
              ElementsAre("alpha from alpha 0.5 shared", "gamma from  1", "beta from  0"));
  EXPECT_THAT(ParametersOf(v1::OPERATOR_KIND_LAYER, "batch_norm"),
              ElementsAre("gamma from  1", "beta from  0", "running_mean from  0 kept",
                          "running_variance from  1 kept"));
  EXPECT_THAT(ParametersOf(v1::OPERATOR_KIND_LAYER, "dense"), IsEmpty());
}

TEST(ListOperators, FiltersByKind) {
  v1::ListOperatorsRequest request;
  EXPECT_EQ(ListOperators(request)->operators_size(), static_cast<int>(Catalogue().size()));
  request.set_kind(v1::OPERATOR_KIND_LOSS);
  EXPECT_EQ(ListOperators(request)->operators_size(), static_cast<int>(Losses().size()));
  request.set_kind(static_cast<v1::OperatorKind>(8));
  EXPECT_THAT(Faults(ListOperators(request).status()), ElementsAre("kind UNKNOWN_KIND"));
}

TEST(Comments, KnowsSentencesAndDefaults) {
  EXPECT_EQ(FirstSentence("He et al. (2015): x. More."), "He et al. (2015): x.");
  EXPECT_EQ(FirstSentence("No end"), "No end");
  EXPECT_EQ(StatedDefault("Finite. Default: 0.5."), "0.5");
  EXPECT_EQ(StatedDefault("Default: 0.5, half of it."), "0.5");
  EXPECT_EQ(StatedDefault("Default: 3"), "3");
  EXPECT_EQ(StatedDefault("Default: the whole training."), "");
  EXPECT_EQ(StatedDefault("Default: "), "");
  EXPECT_EQ(StatedDefault("None."), "");
}

}  // namespace
}  // namespace fnn::core
