// fnn operator: what it asks the server, and what it makes of the answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "client/cli/operator_args.h"
#include "client/cli/plot/operator_plot.h"
#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Return;

const char kList[] = R"(
  operators {
    kind: OPERATOR_KIND_ACTIVATION name: "leaky_relu" summary: "Leaks | a little."
    description: "Leaks | a little. More." formula: "|x| ? a : b"
    arguments {
      name: "gamma" type: ARGUMENT_TYPE_DOUBLE default_value: "0.01" min: 0 min_excluded: true
      description: "The slope < 0."
    }
    parameters { name: "gamma" start: 0.01 start_argument: "gamma" is_learned: true }
    parameters { name: "shift" start: 2 is_shared: true }
    activation { differentiable: true default_weight_initializer: "he" }
  }
  operators {
    kind: OPERATOR_KIND_SCHEDULE name: "step" summary: "Falls." description: "Falls."
    arguments {
      name: "mode" type: ARGUMENT_TYPE_ENUM type_name: "fnn.v1.Mode" is_required: true
      description: "How." values { name: "MODE_A" description: "A." }
    }
  }
  operators { kind: OPERATOR_KIND_ACTIVATION name: "step" summary: "0 or 1." })";

class OperatorTest : public CliFixture {
 protected:
  void ExpectList(v1::OperatorKind kind = v1::OPERATOR_KIND_UNSPECIFIED) {
    EXPECT_CALL(*mock_, ListOperators).WillOnce([kind](const v1::ListOperatorsRequest& request) {
      EXPECT_EQ(request.kind(), kind);
      return Text<v1::ListOperatorsResponse>(kList);
    });
  }
  // Answers every sampling with two points, and keeps the last request.
  void ExpectSamples(int times) {
    EXPECT_CALL(*mock_, SampleOperator)
        .Times(times)
        .WillRepeatedly([this](const v1::SampleOperatorRequest& request) {
          request_ = request;
          return Text<v1::SampleOperatorResponse>("x: [-1, 1] value: [0, 2] slope: [0, 1]");
        });
  }

  v1::SampleOperatorRequest request_;
};

TEST_F(OperatorTest, ListsOneKindOrAll) {
  ExpectList();
  EXPECT_EQ(Fnn({"operator", "list"}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("activation  leaky_relu  Leaks | a little."),
                          HasSubstr("schedule    step")));
  ExpectList(v1::OPERATOR_KIND_LOSS);
  EXPECT_EQ(Fnn({"operator", "list", "--kind", "loss", "-o", "json"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"operators\""));
  ExpectList();
  EXPECT_EQ(Fnn({"operator", "list", "-o", "ndjson"}), 0);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 3);
}

TEST_F(OperatorTest, WritesMarkdown) {
  ExpectList();
  EXPECT_EQ(Fnn({"operator", "list", "--markdown"}), 0);
  EXPECT_THAT(out_, HasSubstr("\n## Activation\n\n| name | formula | arguments | what it is |\n"));
  EXPECT_THAT(out_,
              HasSubstr("| `leaky_relu` | `\\|x\\| ? a : b` | `gamma`: The slope &lt; 0. | "
                        "Leaks \\| a little. More.<br>*parameter gamma learned, one per unit, "
                        "starts at the argument gamma; parameter shift follows the data, one "
                        "of the layer, starts at 2; differentiable; default weight "
                        "initializer he* |\n"));
  EXPECT_THAT(out_, HasSubstr("| `step` | `mode`: How. One of `MODE_A`. | Falls. |\n"));
}

TEST_F(OperatorTest, ShowsEveryOperatorOfAName) {
  ExpectList();
  EXPECT_EQ(Fnn({"operator", "show", "leaky_relu"}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("0.01"), HasSubstr("> 0"), HasSubstr("differentiable"),
                          HasSubstr("parameter gamma"), HasSubstr("one of the layer"),
                          HasSubstr("The slope < 0.")));
  ExpectList();
  EXPECT_EQ(Fnn({"operator", "show", "step"}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("0 or 1."), HasSubstr("Falls."), HasSubstr("required"),
                          HasSubstr("MODE_A")));
  ExpectList();
  EXPECT_EQ(Fnn({"operator", "show", "nothing"}), 3);
  EXPECT_THAT(err_, HasSubstr("has no operator 'nothing'"));
}

TEST_F(OperatorTest, ShowsADerivative) {
  const auto expect = [this](double gamma) {
    ExpectList(v1::OPERATOR_KIND_ACTIVATION);
    EXPECT_CALL(*mock_, DifferentiateOperator)
        .WillOnce([gamma](const v1::DifferentiateOperatorRequest& request) {
          EXPECT_EQ(request.activation().leaky_relu().gamma(), gamma);
          return Text<v1::DifferentiateOperatorResponse>(
              "formula { text: 'the formula' latex: 'F' } derivative { text: 'the slope' latex: "
              "'S' }");
        });
  };
  expect(0);
  EXPECT_EQ(Fnn({"operator", "show", "leaky_relu", "--derivative"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr("the formula"), HasSubstr("the slope")));
  expect(0.2);
  EXPECT_EQ(Fnn({"-o", "json", "operator", "show", "leaky_relu(gamma=0.2)", "--derivative"}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("formula":{"text":"the formula","latex":"F"})"),
                          HasSubstr(R"("derivative":{"text":"the slope","latex":"S"})")));
  EXPECT_EQ(Fnn({"operator", "show", "adam", "--derivative"}), 2);
  EXPECT_EQ(Fnn({"operator", "show", "step", "--kind", "schedule", "--derivative"}), 2);
  EXPECT_THAT(err_, HasSubstr("is for activations"));
}

TEST_F(OperatorTest, DrawsOperatorsWithArguments) {
  ExpectSamples(2);
  const std::string file = File("plot.svg", "");
  EXPECT_EQ(Fnn({"operator", "plot", "relu", " leaky_relu( gamma = 0.2 ) ", "--low", "-1", "--high",
                 "1", "--points", "2", "--out", file}),
            0);
  EXPECT_EQ(request_.activation().leaky_relu().gamma(), 0.2);
  EXPECT_EQ(request_.low(), -1);
  EXPECT_EQ(request_.points(), 2);
  EXPECT_FALSE(request_.has_target());
  EXPECT_THAT(Read(file), AllOf(HasSubstr("<svg"), HasSubstr("stroke-dasharray=\"6 4\"")));
}

TEST_F(OperatorTest, TellsKindsApart) {
  ExpectSamples(4);
  EXPECT_EQ(Fnn({"operator", "plot", "step"}), 0);
  EXPECT_TRUE(request_.activation().has_step());
  EXPECT_EQ(Fnn({"operator", "plot", "step(every=3)", "--kind", "schedule"}), 0);
  EXPECT_EQ(request_.schedule().step().every(), 3);
  EXPECT_EQ(Fnn({"operator", "plot", "elu(0.5)", "step(3,warm_up)", "--kind", "schedule"}), 2);
  EXPECT_EQ(Fnn({"operator", "plot", "step(3,warm_up)", "--kind", "schedule"}), 0);
  EXPECT_TRUE(request_.schedule().has_warm_up());
  EXPECT_EQ(Fnn({"operator", "plot", "mse", "--target", "-1"}), 0);
  EXPECT_TRUE(request_.loss().has_mean_squared_error());
  EXPECT_EQ(request_.target(), -1);
}

TEST_F(OperatorTest, DrawsASheetOfWhatTheServerHas) {
  ExpectList(v1::OPERATOR_KIND_ACTIVATION);
  EXPECT_CALL(*mock_, SampleOperator)
      .WillOnce(Return(absl::UnimplementedError("no kernel")))
      .WillRepeatedly(Return(Text<v1::SampleOperatorResponse>("x: [-1, 1] value: [0, 2]")));
  EXPECT_EQ(Fnn({"operator", "plot", "--all"}), 0);
  EXPECT_THAT(
      out_, AllOf(HasSubstr("Every activation"), HasSubstr("step"), Not(HasSubstr("leaky_relu"))));
}

TEST_F(OperatorTest, PrintsTheNumbers) {
  ExpectSamples(2);
  EXPECT_EQ(Fnn({"operator", "plot", "relu", "-o", "json"}), 0);
  EXPECT_EQ(out_, "[{\"name\":\"relu\",\"x\":[-1,1],\"value\":[0,2],\"slope\":[0,1]}]\n");
  EXPECT_EQ(Fnn({"operator", "plot", "relu", "-o", "ndjson"}), 0);
  EXPECT_EQ(out_, "{\"name\":\"relu\",\"x\":[-1,1],\"value\":[0,2],\"slope\":[0,1]}\n");
}

TEST_F(OperatorTest, SaysWhatIsWrong) {
  const auto expect_usage = [this](const std::vector<std::string>& arguments,
                                   const std::string& message) {
    std::vector<std::string> all = {"operator", "plot"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    EXPECT_EQ(Fnn(all), 2);
    EXPECT_THAT(err_, HasSubstr(message));
  };
  expect_usage({}, "names of operators, or --all");
  expect_usage({"relu", "--all"}, "names of operators, or --all");
  expect_usage({"relu", "--kind", "layer"}, "--kind");
  expect_usage({"relu", "--out", "x.PNG"}, "written as SVG");
  expect_usage({"nothing"}, "no activation, loss or schedule is called 'nothing'");
  expect_usage({"relu", "--kind", "loss"}, "no loss is called 'relu'");
  expect_usage({"elu("}, "column 5: expected ',' or ')'");
  expect_usage({"elu(gama=1)"}, "elu has no argument 'gama'; did you mean 'gamma'?");
  expect_usage({"elu(gamma)"}, "expected '=' and a value for gamma");
  for (const char* bad : {"elu(,)", "elu(=)"}) expect_usage({bad}, "expected an argument");
  for (const char* bad : {"elu(gamma=)", "elu(gamma=x)", "elu(gamma={})"}) {
    expect_usage({bad}, "column 11: expected a number for gamma");
  }
  ExpectSamples(1);
  expect_usage({"relu", "mse"}, "different kinds");
}

TEST(OperatorKindNames, GoBothWays) {
  for (const std::string& name : OperatorKindNames()) {
    EXPECT_EQ(OperatorKindName(OperatorKindCalled(name)), name);
  }
  EXPECT_EQ(OperatorKindCalled("nothing"), v1::OPERATOR_KIND_UNSPECIFIED);
  EXPECT_EQ(OperatorKindName(static_cast<v1::OperatorKind>(99)), "99");
}

// Whatever a server sends, the picture has numbers only.
TEST(OperatorPlot, LeavesOutWhatNoAxisHolds) {
  for (const char* samples :
       {"", "x: 1", "x: nan value: 1", "x: [1, 2] value: [inf, -inf]", "x: [1, 1] value: [1, 1]",
        "x: [1e300, 2] value: [1e300, 1]", "x: [1, 1.00000000000001] value: [5e-324, 1]",
        "x: [2, 1] value: [1, 2, 3] slope: nan", "x: [-1e100, 1e100] value: [0, 1]"}) {
    SCOPED_TRACE(samples);
    const SampledOperator one = {"a<b", Text<v1::SampleOperatorResponse>(samples)};
    for (const size_t count : {size_t{0}, size_t{1}, kMostInOneDiagram + 1}) {
      const std::string svg = OperatorPlot("<&>", std::vector<SampledOperator>(count, one));
      EXPECT_THAT(svg, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf\"")), Not(HasSubstr("a<b")),
                             HasSubstr("</svg>")));
    }
  }
}

}  // namespace
}  // namespace fnn::cli
