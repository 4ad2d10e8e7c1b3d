#include "core/train/options.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ResolvedOptions Resolve(const std::string& text, int64_t rows = 100, bool classes = true) {
  auto options = ResolveOptions(ParseOptions(text), rows, classes, FieldPath("options"));
  EXPECT_TRUE(options.ok()) << text << ": " << options.status();
  return options.ok() ? *options : ResolvedOptions{};
}

std::vector<std::string> FaultsOf(const std::string& text, int64_t rows = 100,
                                  bool classes = true) {
  const auto options = ResolveOptions(ParseOptions(text), rows, classes, FieldPath("options"));
  if (options.ok()) return {"none"};
  EXPECT_LT(SizeOnTheWire(options.status()), 4096u);
  return Faults(options.status());
}

TEST(OptionsTest, Defaults) {
  const ResolvedOptions options = Resolve("");
  EXPECT_EQ(options.step.optimizer->name, "adam");
  EXPECT_EQ(options.learning_rate, 0.001);
  EXPECT_THAT(options.step.optimizer_arguments, ElementsAre(0.9, 0.999, 1e-8, 0));
  EXPECT_EQ(options.epochs, 10);
  EXPECT_EQ(options.step.batch_size, 32);
  EXPECT_TRUE(options.shuffle);
  EXPECT_EQ(options.seed, 0u);
  EXPECT_EQ(options.step.l2, 0);
  EXPECT_EQ(options.validation_rows, 0);
  ASSERT_EQ(options.metrics.size(), 1u);
  EXPECT_EQ(options.metrics[0].op->name, "accuracy");
  const v1::TrainingOptions filled = ParseOptions(
      "optimizer { learning_rate: 0.001 adam { beta1: 0.9 beta2: 0.999 epsilon: 1e-8 } } "
      "epochs: 10 batch_size: 32 shuffle: true metrics { accuracy {} }");
  v1::TrainingOptions got = options.message;
  got.clear_health();  // See health_options_test.cc.
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(got, filled)) << got.DebugString();
  EXPECT_EQ(Resolve("", 100, false).metrics[0].op->name, "mean_squared_error");
}

TEST(OptionsTest, EachOptimizerHasItsLearningRate) {
  EXPECT_EQ(Resolve("optimizer { sgd {} }").learning_rate, 0.01);
  EXPECT_EQ(Resolve("optimizer { momentum {} }").learning_rate, 0.01);
  EXPECT_EQ(Resolve("optimizer { momentum {} }").step.optimizer_arguments[0], 0.9);
  EXPECT_EQ(Resolve("optimizer { momentum { momentum: 0 } }").step.optimizer_arguments[0], 0);
  EXPECT_EQ(Resolve("optimizer { learning_rate: 3 sgd {} }").learning_rate, 3);
}

TEST(OptionsTest, BatchSizeIsAtMostTheTrainingRows) {
  EXPECT_EQ(Resolve("", 5).step.batch_size, 5);
  EXPECT_EQ(Resolve("", 1).step.batch_size, 1);
  EXPECT_EQ(Resolve("validation_fraction: 0.5", 40).step.batch_size, 20);
  EXPECT_EQ(Resolve("batch_size: 100").step.batch_size, 100);
  EXPECT_THAT(FaultsOf("batch_size: 101"), ElementsAre("options.batch_size OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("batch_size: 60 validation_fraction: 0.5"),
              ElementsAre("options.batch_size OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("batch_size: 0"), ElementsAre("options.batch_size OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("batch_size: -9223372036854775808"),
              ElementsAre("options.batch_size OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("batch_size: 9223372036854775807"),
              ElementsAre("options.batch_size OUT_OF_RANGE"));
}

TEST(OptionsTest, RefusesEpochs) {
  for (const char* epochs : {"0", "-1", "1000000001", "9223372036854775807"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("epochs: ", epochs)),
                ElementsAre("options.epochs OUT_OF_RANGE"));
  }
  EXPECT_EQ(Resolve("epochs: 1000000000").epochs, 1'000'000'000);
}

TEST(OptionsTest, RefusesLearningRates) {
  for (const char* rate : {"0", "-0", "-1", "nan", "inf", "-inf", "1e39"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("optimizer { learning_rate: ", rate, " sgd {} }")),
                ElementsAre("options.optimizer.learning_rate OUT_OF_RANGE"))
        << rate;
  }
}

TEST(OptionsTest, RefusesOptimizers) {
  EXPECT_THAT(FaultsOf("optimizer {}"), ElementsAre("options.optimizer REQUIRED"));
  EXPECT_THAT(
      FaultsOf("optimizer { learning_rate: -1 }"),
      ElementsAre("options.optimizer REQUIRED", "options.optimizer.learning_rate OUT_OF_RANGE"));
  for (const char* value : {"1", "-0.1", "nan", "inf"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("optimizer { momentum { momentum: ", value, " } }")),
                ElementsAre("options.optimizer.momentum.momentum OUT_OF_RANGE"));
    EXPECT_THAT(
        FaultsOf(absl::StrCat("optimizer { adam { beta1: ", value, " beta2: ", value, " } }")),
        ElementsAre("options.optimizer.adam.beta1 OUT_OF_RANGE",
                    "options.optimizer.adam.beta2 OUT_OF_RANGE"));
  }
  for (const char* value : {"0", "-1", "nan", "inf"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("optimizer { adam { epsilon: ", value, " } }")),
                ElementsAre("options.optimizer.adam.epsilon OUT_OF_RANGE"))
        << value;
  }
}

TEST(OptionsTest, RefusesL2) {
  for (const char* value : {"-1", "nan", "inf", "1e39"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("regularization { l2: ", value, " }")),
                ElementsAre("options.regularization.l2 OUT_OF_RANGE"));
  }
  EXPECT_EQ(Resolve("regularization { l2: 0.5 }").step.l2, 0.5);
  EXPECT_EQ(Resolve("regularization { }").step.l2, 0);
}

TEST(OptionsTest, RefusesL1MaxNormAndClipping) {
  for (const char* value : {"-1", "nan", "inf", "1e39"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("regularization { l1: ", value, " }")),
                ElementsAre("options.regularization.l1 OUT_OF_RANGE"));
    EXPECT_THAT(FaultsOf(absl::StrCat("gradient_clipping { value: ", value, " }")),
                ElementsAre("options.gradient_clipping.value OUT_OF_RANGE"));
  }
  EXPECT_THAT(FaultsOf("regularization { max_norm: 0 }"),
              ElementsAre("options.regularization.max_norm OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("gradient_clipping { norm: 0 }"),
              ElementsAre("options.gradient_clipping.norm OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("gradient_clipping {}"), ElementsAre("options.gradient_clipping REQUIRED"));
  EXPECT_EQ(Resolve("regularization { max_norm: 3 }").step.max_norm, 3);
  EXPECT_EQ(Resolve("gradient_clipping { norm: 3 }").step.clip_norm, 3);
  EXPECT_EQ(Resolve("gradient_clipping { value: 3 }").step.clip_value, 3);
}

TEST(OptionsTest, LbfgsTakesAllTrainingRows) {
  const ResolvedOptions options = Resolve("optimizer { lbfgs {} }");
  EXPECT_EQ(options.learning_rate, 1);
  EXPECT_THAT(options.step.optimizer_arguments, ElementsAre(10, 25, 1e-7, 1e-9));
  EXPECT_EQ(options.message.optimizer().lbfgs().history_size(), 10);
  EXPECT_EQ(options.step.batch_size, 100);
  EXPECT_EQ(options.message.batch_size(), 100);
  EXPECT_EQ(Resolve("optimizer { lbfgs {} } validation_fraction: 0.2").step.batch_size, 80);
  EXPECT_EQ(Resolve("optimizer { lbfgs {} } batch_size: 100").step.batch_size, 100);
  EXPECT_THAT(FaultsOf("optimizer { lbfgs {} } batch_size: 100 validation_fraction: 0.2"),
              ElementsAre("options.batch_size NOT_WHOLE_BATCH"));
  for (const char* size : {"0", "99", "101", "-9223372036854775808"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("optimizer { lbfgs {} } batch_size: ", size)),
                ElementsAre("options.batch_size NOT_WHOLE_BATCH"));
  }
  for (const char* name : {"history_size", "max_evaluations"}) {
    for (const char* value : {"0", "-1", "1001", "9223372036854775807"}) {
      EXPECT_THAT(FaultsOf(absl::StrCat("optimizer { lbfgs { ", name, ": ", value, " } }")),
                  ElementsAre(absl::StrCat("options.optimizer.lbfgs.", name, " OUT_OF_RANGE")));
    }
  }
  EXPECT_THAT(FaultsOf("optimizer { lbfgs { history_size: 101 tolerance_gradient: -1 "
                       "tolerance_change: nan } }"),
              ElementsAre("options.optimizer.lbfgs.history_size OUT_OF_RANGE",
                          "options.optimizer.lbfgs.tolerance_gradient OUT_OF_RANGE",
                          "options.optimizer.lbfgs.tolerance_change OUT_OF_RANGE"));
}

TEST(OptionsTest, LbfgsRefusesWhatItsLineSearchCannotSee) {
  Resolve(
      "optimizer { lbfgs {} } regularization { l2: 1 l1: 0 } schedule { constant {} } "
      "early_stopping { restore_best: true } target_loss: 1");
  EXPECT_THAT(FaultsOf("optimizer { lbfgs {} } regularization { l2: 1 l1: 1 max_norm: 1 } "
                       "gradient_clipping { norm: 1 } schedule { exponential {} warm_up {} }"),
              ElementsAre("options.regularization.l1 NOT_WITH_OPTIMIZER",
                          "options.regularization.max_norm NOT_WITH_OPTIMIZER",
                          "options.gradient_clipping NOT_WITH_OPTIMIZER",
                          "options.schedule.exponential NOT_WITH_OPTIMIZER",
                          "options.schedule.warm_up NOT_WITH_OPTIMIZER"));
  EXPECT_THAT(FaultsOf("optimizer { lbfgs {} } schedule { warm_up {} }"),
              ElementsAre("options.schedule.warm_up NOT_WITH_OPTIMIZER"));
}

TEST(OptionsTest, RpropsStepsAreAnInterval) {
  EXPECT_THAT(FaultsOf("optimizer { rprop { minimum_step: 2 maximum_step: 1 } }"),
              ElementsAre("options.optimizer.rprop OUT_OF_RANGE"));
}

TEST(OptionsTest, SchedulesLastAsLongAsTheTraining) {
  EXPECT_EQ(Resolve("epochs: 30 schedule { cosine {} }").schedule.arguments[0], 30);
  EXPECT_EQ(Resolve("epochs: 30 schedule { cosine {} per_step: true }").schedule.arguments[0], 120);
  EXPECT_EQ(Resolve("epochs: 30 schedule { polynomial { total: 7 } }").schedule.arguments[0], 7);
  EXPECT_EQ(Resolve("schedule { polynomial {} }").message.schedule().polynomial().total(), 10);
  const ResolvedOptions warm = Resolve("schedule { warm_up { length: 3 } }");
  EXPECT_EQ(warm.schedule.op->name, "constant");
  EXPECT_TRUE(warm.schedule.warm_up);
  EXPECT_EQ(warm.schedule.warm_up_arguments[0], 3);
  EXPECT_THAT(FaultsOf("schedule { step { every: 0 } warm_up { start_factor: 0 } }"),
              ElementsAre("options.schedule.step.every OUT_OF_RANGE",
                          "options.schedule.warm_up.start_factor OUT_OF_RANGE"));
}

TEST(OptionsTest, Stopping) {
  const StoppingOptions stopping =
      Resolve(
          "early_stopping { metric { accuracy {} } restore_best: true } target_loss: 0.5 "
          "max_duration { seconds: 2 nanos: 500000000 }")
          .stopping;
  EXPECT_TRUE(stopping.early);
  EXPECT_EQ(stopping.metric, 0);
  EXPECT_TRUE(stopping.more_is_better);
  EXPECT_EQ(stopping.patience, 10);
  EXPECT_TRUE(stopping.restore_best);
  EXPECT_EQ(stopping.target_loss, 0.5);
  EXPECT_EQ(stopping.max_duration, std::chrono::milliseconds(2500));
  EXPECT_EQ(Resolve("early_stopping {}").stopping.metric, -1);
  EXPECT_THAT(FaultsOf("early_stopping { metric { mean_squared_error {} } }"),
              ElementsAre("options.early_stopping.metric.mean_squared_error NOT_MEASURED"));
  EXPECT_THAT(FaultsOf("early_stopping { patience: 0 min_delta: -1 } target_loss: nan"),
              ElementsAre("options.early_stopping.patience OUT_OF_RANGE",
                          "options.early_stopping.min_delta OUT_OF_RANGE",
                          "options.target_loss OUT_OF_RANGE"));
  for (const char* duration : {"", "seconds: -1", "nanos: -1", "nanos: 1000000000",
                               "seconds: 9223372036854775807 nanos: 999999999"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("max_duration { ", duration, " }")),
                ElementsAre("options.max_duration OUT_OF_RANGE"));
  }
}

TEST(OptionsTest, ValidationFractionKeepsARowOnBothSides) {
  EXPECT_EQ(Resolve("validation_fraction: 0.2").validation_rows, 20);
  EXPECT_EQ(Resolve("validation_fraction: 0.125", 10).validation_rows, 1);
  EXPECT_EQ(Resolve("validation_fraction: 1e-12").validation_rows, 1);
  EXPECT_EQ(Resolve("validation_fraction: 0.999999999").validation_rows, 99);
  EXPECT_EQ(Resolve("validation_fraction: 0.5", 2).validation_rows, 1);
  for (const char* value : {"0", "1", "-0.5", "1.5", "nan", "inf"}) {
    EXPECT_THAT(FaultsOf(absl::StrCat("validation_fraction: ", value)),
                ElementsAre("options.validation_fraction OUT_OF_RANGE"))
        << value;
  }
  EXPECT_THAT(FaultsOf("validation_fraction: 0.5", 1),
              ElementsAre("options.validation_fraction TOO_FEW_ROWS"));
}

TEST(OptionsTest, ChecksThreads) {
  const auto resolve = [](const std::string& text, int64_t max_threads) {
    return ResolveOptions(ParseOptions(text), 100, true, FieldPath("options"), max_threads);
  };
  EXPECT_EQ(resolve("", 4)->threads, 0);
  EXPECT_FALSE(resolve("", 4)->message.has_threads());
  EXPECT_EQ(resolve("threads: 4", 4)->threads, 4);
  EXPECT_EQ(Resolve("threads: 1").threads, 1);
  for (const char* value : {"-1", "0", "5", "9223372036854775807"}) {
    EXPECT_THAT(Faults(resolve(absl::StrCat("threads: ", value), 4).status()),
                ElementsAre("options.threads OUT_OF_RANGE"))
        << value;
  }
}

TEST(OptionsTest, ChecksMetrics) {
  EXPECT_EQ(Resolve("metrics { mean_squared_error {} } metrics { accuracy {} }").metrics.size(),
            2u);
  EXPECT_THAT(FaultsOf("metrics {}"), ElementsAre("options.metrics[0] REQUIRED"));
  EXPECT_THAT(FaultsOf("metrics { accuracy {} } metrics { accuracy {} }"),
              ElementsAre("options.metrics[1].accuracy DUPLICATE"));
  EXPECT_THAT(FaultsOf("metrics { top_k_accuracy { k: 0 } } metrics { f1 { average: 7 } }"),
              ElementsAre("options.metrics[0].top_k_accuracy.k OUT_OF_RANGE",
                          "options.metrics[1].f1.average OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("metrics { accuracy {} }", 100, /*classes=*/false),
              ElementsAre("options.metrics[0].accuracy NOT_CLASSES"));
}

TEST(OptionsTest, MetricsTakeArguments) {
  const auto options = Resolve(
      "metrics { top_k_accuracy {} } metrics { f1 {} } metrics { recall { average: AVERAGE_MICRO } "
      "}");
  EXPECT_EQ(options.metrics[0].arguments[0], 5);
  EXPECT_EQ(options.message.metrics(0).top_k_accuracy().k(), 5);
  EXPECT_EQ(options.metrics[1].arguments[0], v1::AVERAGE_MACRO);
  EXPECT_EQ(options.metrics[2].arguments[0], v1::AVERAGE_MICRO);
}

TEST(OptionsTest, ReportsEveryFaultAtOnce) {
  EXPECT_THAT(
      FaultsOf("optimizer {} epochs: 0 batch_size: 0 regularization { l2: -1 } "
               "validation_fraction: 2 metrics {}"),
      ElementsAre("options.optimizer REQUIRED", "options.epochs OUT_OF_RANGE",
                  "options.validation_fraction OUT_OF_RANGE", "options.batch_size OUT_OF_RANGE",
                  "options.regularization.l2 OUT_OF_RANGE", "options.metrics[0] REQUIRED"));
}

TEST(OptionsTest, ManyMetricsMakeNoLongError) {
  v1::TrainingOptions options;
  for (int i = 0; i < 100'000; ++i) options.add_metrics()->mutable_accuracy();
  const auto status = ResolveOptions(options, 10, true, FieldPath("options")).status();
  EXPECT_LT(SizeOnTheWire(status), 4096u);
}

}  // namespace
}  // namespace fnn::core
