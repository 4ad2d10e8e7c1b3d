// The catalogue lists every entry of every table, and says of each argument what the table says.

#include "core/analysis/catalogue.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "core/analysis/comments.h"
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

TEST(Catalogue, GivesFormulasToActivationsWithoutAnEntry) {
  const v1::Operator* prelu = Find(v1::OPERATOR_KIND_ACTIVATION, "prelu");
  ASSERT_NE(prelu, nullptr);
  EXPECT_THAT(prelu->formula(), testing::StartsWith("max(0, x) + gamma min(0, x)"));
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
