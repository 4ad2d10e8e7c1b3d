// The engine as a whole: against the reference in double, and against itself over threads,
// instruction sets, repetitions and chunks.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/threads/core_pool.h"
#include "core/threads/team.h"
#include "core/train/job.h"
#include "core/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

std::string Dense(int64_t units, const std::string& activation = "", bool bias = true) {
  return absl::StrCat("layers { dense { units: ", units, bias ? "" : " use_bias: false",
                      activation.empty() ? "" : absl::StrCat(" activation { ", activation, " {} }"),
                      " } }\n");
}
std::string Alone(const std::string& activation) {
  return absl::StrCat("layers { activation { ", activation, " {} } }\n");
}
// `inputs` are names, with spaces between.
std::string Layer(const std::string& kind, const std::string& name = "",
                  const std::string& inputs = "") {
  std::string out = "layers { " + kind;
  if (!name.empty()) absl::StrAppend(&out, " name: '", name, "'");
  for (const auto input : absl::StrSplit(inputs, ' ', absl::SkipEmpty())) {
    absl::StrAppend(&out, " inputs: '", input, "'");
  }
  return out + " }\n";
}
std::string Output(const std::string& loss) { return "outputs { loss { " + loss + " {} } }"; }

struct Case {
  const char* name;
  int64_t features;
  int64_t classes;
  std::string network;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

// Widths on both sides of the panel's, activations kept and written over, in rows and elements.
std::vector<Case> Cases() {
  return {
      {"narrow", 3, 4, Dense(5, "relu") + Dense(4) + Output("cross_entropy")},
      {"panel", 64, 16, Dense(64, "relu") + Dense(16) + Output("cross_entropy")},
      {"over", 65, 17,
       Dense(129, "relu") + Dense(65, "tanh") + Dense(17) + Output("cross_entropy")},
      {"wide", 130, 70, Dense(200, "logistic") + Dense(70) + Output("cross_entropy")},
      {"no_bias", 20, 3,
       Dense(64, "relu", false) + Dense(64, "relu", false) + Dense(3, "", false) +
           Output("cross_entropy")},
      {"rows", 20, 3,
       Dense(70, "softmax") + Dense(33, "tanh") + Alone("softmax") + Dense(3) +
           Output("cross_entropy")},
      {"alone", 12, 3,
       Alone("tanh") + Alone("identity") + Dense(66) + Alone("relu") + Alone("logistic") +
           Alone("identity") + Dense(3) + Output("cross_entropy")},
      {"squares", 9, 5, Dense(40, "tanh") + Dense(5, "logistic") + Output("mean_squared_error")},
      {"brier", 9, 5, Dense(40, "relu") + Dense(5, "softmax") + Output("mean_squared_error")},
      {"binary", 9, 5, Dense(40, "relu") + Dense(5, "logistic") + Output("binary_cross_entropy")},
      // Outputs in whole vectors and not, copied windows and not, in groups.
      {"convolutions", 40, 3,
       "inputs { shape: 5 shape: 4 shape: 2 }" +
           Layer("conv2d { channels: 5 kernel: 3 padding: PADDING_SAME activation { relu {} } }") +
           Layer("max_pool2d { window: 2 }") +
           Layer("conv2d { channels: 16 kernel: 1 activation { logistic {} } }") +
           Layer("conv2d { channels: 32 kernel: 2 groups: 2 activation { softmax {} } }") +
           Layer("flatten {}") + Dense(3) + Output("cross_entropy")},
      {"sequence", 30, 3,
       "inputs { shape: 10 shape: 3 }" + Layer("batch_norm {}") +
           Layer("conv1d { channels: 70 kernel: 3 dilation: 2 stride: 2 }") +
           Layer("batch_norm {}") + Alone("tanh") +
           Layer("average_pool1d { window: 2 stride: 1 }") + Layer("global_average_pool {}") +
           Dense(3) + Output("cross_entropy")},
      // A value that maps alone read, one that functions read as well, and the input itself.
      {"branches", 12, 3,
       Dense(70, "tanh") + Layer("dense { units: 66 }", "a", "dense_0") +
           Layer("dense { units: 66 activation { relu {} } }", "b", "dense_0") +
           Layer("dense { units: 66 }", "c", "input") + Layer("add {}", "d", "a b") +
           Layer("multiply {}", "e", "d c") + Layer("concat {}", "f", "e d input") +
           Layer("activation { elu {} }", "g", "f") + Layer("dense { units: 3 }", "h", "g") +
           Output("cross_entropy")},
      {"residual", 12, 3,
       "inputs { shape: 12 scaling { standardize {} } }" + Dense(70, "relu") +
           Layer("batch_norm {}", "n", "dense_0") +
           Layer("dense { units: 70 activation { gelu {} } }", "m", "n") +
           Layer("add {}", "s", "m dense_0") + Alone("relu") + Layer("dropout { rate: 0.3 }") +
           Dense(3) + Output("cross_entropy")},
      {"learned", 12, 3,
       Layer("dense { units: 70 activation { prelu {} } }") + Layer("layer_norm {}") +
           Layer("dense { units: 66 activation { swish { learned: true regularized: true } } }") +
           Layer("maxout { units: 9 pieces: 3 }") + Layer("dynamic_tanh {}") +
           Layer("dense { units: 6 activation { glu {} } }") + Output("cross_entropy")},
      {"frozen", 12, 3,
       Layer("dense { units: 70 activation { relu {} } } frozen: true") + Layer("batch_norm {}") +
           Layer("dense { units: 33 } frozen: true") + Dense(3) + Output("cross_entropy")},
  };
}

BoundTable Data(const Case& c, int64_t rows) {
  std::vector<float> values;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t f = 0; f < c.features; ++f) {
      values.push_back(static_cast<float>(std::sin(0.7 * static_cast<double>(r * 31 + f * 17))));
    }
    values.push_back(static_cast<float>((r * r + r / 3) % c.classes));
  }
  return MakeData(c.features, 1, std::move(values));
}

// The reports of a training, all but how long it took, and the digest of what came of it.
template <typename T>
std::vector<v1::EpochReport> Train(const Case& c, const std::string& options, int64_t rows,
                                   Team& team) {
  const auto plan = CompileOrDie(ParseNetwork(c.network), c.features);
  const auto samples = Samples::Create(*plan, Data(c, rows));
  EXPECT_TRUE(samples.ok()) << samples.status();
  const auto resolved = ResolveOptions(ParseOptions(options), samples->rows(), samples->classes(),
                                       FieldPath("options"));
  EXPECT_TRUE(resolved.ok()) << resolved.status();
  Trainer<T> trainer(plan, *resolved, *samples, &*samples, team);
  trainer.Draw();
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);
  for (v1::EpochReport& report : recorder.epochs) report.clear_timing();
  return recorder.epochs;
}

std::string Text(const std::vector<v1::EpochReport>& reports) {
  std::string out;
  for (const v1::EpochReport& report : reports)
    absl::StrAppend(&out, report.ShortDebugString(), "\n");
  return out;
}

class EngineTest : public testing::TestWithParam<Case> {};

// 20 steps, the last batch of an epoch a short one.
TEST_P(EngineTest, LossesAreThoseOfTheReference) {
  const std::string options =
      "epochs: 4 batch_size: 20 seed: 5 optimizer { learning_rate: 0.05 sgd {} } "
      "regularization { l2: 0.01 }";
  SoloTeam team;
  const auto expected = Train<double>(GetParam(), options, 97, team);
  AtEachInstructionSet([&](const std::string&) {
    const auto got = Train<float>(GetParam(), options, 97, team);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t e = 0; e < got.size(); ++e) {
      EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, 1e-5) << e;
      EXPECT_NEAR(got[e].regularization() / expected[e].regularization(), 1, 1e-5) << e;
    }
  });
}

// Everything that a step may do beside, in one chunk and in many.
TEST_P(EngineTest, ClippedAndBoundedStepsAreThoseOfTheReference) {
  const std::string regularization = "regularization { l2: 0.01 l1: 0.003 max_norm: 0.9 } ";
  SoloTeam team;
  for (const char* more : {"gradient_clipping { norm: 0.05 } batch_size: 20",
                           "gradient_clipping { value: 0.01 } batch_size: 20",
                           "gradient_clipping { norm: 0.05 } batch_size: 4500",
                           "gradient_clipping { norm: 1e9 } batch_size: 20"}) {
    const int64_t rows = std::string(more).find("4500") == std::string::npos ? 97 : 4600;
    const std::string options = absl::StrCat(
        "epochs: 4 seed: 5 optimizer { learning_rate: 0.1 sgd {} } ", regularization, more);
    const auto expected = Train<double>(GetParam(), options, rows, team);
    const auto got = Train<float>(GetParam(), options, rows, team);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t e = 0; e < got.size(); ++e) {
      EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, 1e-5) << more << e;
      EXPECT_NEAR(got[e].regularization() / expected[e].regularization(), 1, 1e-5) << more << e;
    }
  }
}

// Each optimiser starts its slots and steps on panels as the reference does on plain vectors; the
// penalty, which is over padding too, shows that nothing comes to be there. Those that follow signs
// turn the other way where rounding decides one; a line search that extrapolates from small steps
// ends elsewhere, so it is given large ones.
TEST_P(EngineTest, EveryOptimizerIsThatOfTheReference) {
  SoloTeam team;
  for (const OptimizerOp& op : Optimizers()) {
    const std::string options =
        absl::StrCat(op.whole_batch ? "optimizer { learning_rate: 20 "
                                    : "batch_size: 40 optimizer { learning_rate: 0.003 ",
                     op.name, " {} } epochs: 2 seed: 5 regularization { l2: 0.01 }");
    const auto expected = Train<double>(GetParam(), options, 97, team);
    const auto got = Train<float>(GetParam(), options, 97, team);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t e = 0; e < got.size(); ++e) {
      const double tolerance = op.whole_batch ? 1e-3 : 1e-4;
      EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, tolerance) << op.name << e;
      EXPECT_NEAR(got[e].regularization() / expected[e].regularization(), 1, tolerance)
          << op.name << e;
    }
  }
}

TEST_P(EngineTest, ClippedAndBoundedStepsHaveTheSameBits) {
  const std::string options =
      "epochs: 2 batch_size: 150 seed: 3 optimizer { rmsprop {} } gradient_clipping { norm: 0.05 } "
      "regularization { l1: 0.003 max_norm: 0.9 } schedule { cosine {} per_step: true warm_up {} }";
  SoloTeam alone;
  const std::string expected = Text(Train<float>(GetParam(), options, 400, alone));
  for (const int threads : {2, 3, 8}) {
    CorePool pool(threads);
    const std::unique_ptr<Team> team = pool.Join(threads);
    EXPECT_EQ(Text(Train<float>(GetParam(), options, 400, *team)), expected) << threads;
  }
  AtEachInstructionSet([&](const std::string& name) {
    if (name == "baseline") return;
    EXPECT_EQ(Text(Train<float>(GetParam(), options, 400, alone)), expected);
  });
}

// A batch of more rows than are worked on at once.
TEST_P(EngineTest, ChunksAreTheReferences) {
  const std::string options =
      "epochs: 3 batch_size: 4500 seed: 5 optimizer { learning_rate: 0.05 momentum {} }";
  SoloTeam team;
  const auto expected = Train<double>(GetParam(), options, 4600, team);
  const auto got = Train<float>(GetParam(), options, 4600, team);
  for (size_t e = 0; e < got.size(); ++e) {
    EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, 1e-5) << e;
  }
}

TEST_P(EngineTest, SameBitsWhateverThreadsInstructionSetsAndRepetitions) {
  for (const int64_t batch_size : {10, 150, 4500}) {
    const std::string options =
        absl::StrCat("epochs: 2 batch_size: ", batch_size, " seed: 3 optimizer { adam {} }");
    const int64_t rows = batch_size > 1000 ? 5100 : 400;
    SoloTeam alone;
    const std::string expected = Text(Train<float>(GetParam(), options, rows, alone));
    EXPECT_EQ(Text(Train<float>(GetParam(), options, rows, alone)), expected);
    for (const int threads : {2, 3, 8}) {
      CorePool pool(threads);
      const std::unique_ptr<Team> team = pool.Join(threads);
      EXPECT_EQ(Text(Train<float>(GetParam(), options, rows, *team)), expected) << threads;
    }
    AtEachInstructionSet([&](const std::string& name) {
      if (name == "baseline") return;
      EXPECT_EQ(Text(Train<float>(GetParam(), options, rows, alone)), expected);
    });
  }
}

// Each activation, written over its net input or kept, in a hidden layer and on its own.
TEST(EngineActivationsTest, LossesAreThoseOfTheReference) {
  const std::string options =
      "epochs: 3 batch_size: 20 seed: 5 optimizer { learning_rate: 0.02 sgd {} }";
  SoloTeam team;
  for (const ActivationOp& op : Activations()) {
    if (!op.differentiable) continue;
    const std::string name(op.name);
    const Case c{"activation", 9, 3,
                 Dense(18, name) + Dense(7) + Alone(name) + Dense(3) + Output("cross_entropy")};
    const auto expected = Train<double>(c, options, 97, team);
    AtEachInstructionSet([&](const std::string&) {
      const auto got = Train<float>(c, options, 97, team);
      ASSERT_EQ(got.size(), expected.size()) << name;
      for (size_t e = 0; e < got.size(); ++e) {
        EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, 1e-5) << name << " " << e;
      }
    });
  }
}

INSTANTIATE_TEST_SUITE_P(All, EngineTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fnn::core
