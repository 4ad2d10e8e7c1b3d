#include "client/cli/train_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <string>

#include "absl/synchronization/notification.h"
#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Return;
using ::testing::StartsWith;

const char kStarted[] = R"(
  run { name: "runs/r" model: "models/m" spec { options { epochs: 2 } } }
  update { events { sequence: 1 state_changed { to: RUN_STATE_QUEUED } } })";
const char kEpochs[] = R"(
  update {
    events { sequence: 2 epoch { epoch: 0 train_loss: 2.5 validation_loss: 2.25
      train_metrics { name: "accuracy" value: 0.1 } validation_metrics { name: "accuracy" value: 0.2 } } }
    events { sequence: 3 epoch { epoch: 1 train_loss: 0.5 validation_loss: 0.75
      train_metrics { name: "accuracy" value: 0.8 } validation_metrics { name: "accuracy" value: 0.7 }
      timing { samples_per_second: 48210.7 time_left { seconds: 7 } } } } })";
const char kSucceeded[] = R"(
  update { events { sequence: 4 finished { state: RUN_STATE_SUCCEEDED model_version: "models/m/versions/1" } } })";
const char kCancelled[] = R"(
  update { events { sequence: 4 finished { state: RUN_STATE_CANCELLED } } })";

class TrainTest : public CliFixture {
 protected:
  // Answers Train with these responses and keeps the request.
  void ExpectTrain(std::vector<std::string> responses) {
    EXPECT_CALL(*mock_, Train).WillOnce([=, this](const v1::TrainRequest& request) {
      request_ = request;
      request_id_ = request.create().request_id();
      request_.mutable_create()->clear_request_id();  // Random.
      std::vector<v1::TrainResponse> messages;
      for (const std::string& text : responses) messages.push_back(Text<v1::TrainResponse>(text));
      return Script(messages);
    });
  }
  v1::TrainRequest request_;
  std::string request_id_;
};

TEST_F(TrainTest, UploadsCreatesAndTrainsInOne) {
  std::string received;
  ExpectUpload("datasets/d", &received);
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  const std::string plot = File("loss.svg", "");
  EXPECT_EQ(Fnn({"train",
                 "--data",
                 File("d.csv", "1,2,0\n"),
                 "--layers",
                 "2 > 3:relu > 2:softmax",
                 "--optimizer",
                 "adam",
                 "--learning-rate",
                 "1e-3",
                 "--epochs",
                 "2",
                 "--batch-size",
                 "32",
                 "--l2",
                 "0.5",
                 "--threads",
                 "2",
                 "--seed",
                 "7",
                 "--no-shuffle",
                 "--validation-split",
                 "0.2",
                 "--target",
                 "label",
                 "--ignore",
                 "0,name=1",
                 "--metric",
                 "accuracy",
                 "--model-id",
                 "m",
                 "--run-id",
                 "r",
                 "--plot",
                 plot}),
            0)
      << err_;
  EXPECT_EQ(received, "1,2,0\n");
  EXPECT_EQ(request_.DebugString(), Text<v1::TrainRequest>(R"(
    create {
      run_id: "r"
      model_id: "m"
      spec {
        network {
          inputs { shape: 2 }
          layers { dense { units: 3 activation { relu {} } } }
          layers { dense { units: 2 activation { softmax {} } } }
          outputs { loss { cross_entropy {} } }
        }
        data { dataset: "datasets/d"
          binding { targets { name: "label" } ignored { index: 0 } ignored { name: "1" } } }
        options {
          optimizer { learning_rate: 0.001 adam {} }
          epochs: 2 batch_size: 32 shuffle: false seed: 7
          regularization { l2: 0.5 }
          validation_fraction: 0.2
          metrics { accuracy {} }
          threads: 2
        }
      }
    })")
                                        .DebugString());
  EXPECT_EQ(out_,
            "dataset  datasets/d (3,823 rows, 2 columns)\n"
            "run      runs/r trains models/m\n"
            "\n"
            "epoch  train loss  validation loss  train accuracy  validation accuracy   samples/s\n"
            "    0    2.500000         2.250000          0.1000               0.2000           -\n"
            "    1    0.500000         0.750000          0.8000               0.7000      48,210\n"
            "\n"
            "model    models/m/versions/1\n");
  EXPECT_EQ(err_, "");
  EXPECT_THAT(Read(plot), HasSubstr("</svg>"));
}

const char kDiagnosed[] = R"(
  update { events { sequence: 4 diagnosis { kind: DIAGNOSIS_KIND_DEAD_UNITS epoch: 1 layer: "dense_0"
    evidence { name: "dead_share" value: 0.75 threshold: 0.5 }
    message: "Most units are 0." suggestion: "Lower the learning rate." } } })";

const char kSucceededThen[] = R"(
  update { events { sequence: 5 finished { state: RUN_STATE_SUCCEEDED model_version: "models/m/versions/1" } } })";

TEST_F(TrainTest, ShowsDiagnosesAsTheyCome) {
  ExpectTrain({kStarted, kEpochs, kDiagnosed, kSucceededThen});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--health", "detailed"}), 0);
  EXPECT_EQ(request_.create().spec().options().health().level(), v1::HEALTH_LEVEL_DETAILED);
  EXPECT_EQ(err_,
            "epoch 1: dead units, layer dense_0 (dead_share 0.75 against 0.5)\n"
            "  Most units are 0. Lower the learning rate.\n");
  EXPECT_THAT(out_, Not(HasSubstr("dead")));
}

TEST_F(TrainTest, ThresholdsOfDiagnosesAreArguments) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--health-thresholds",
                 "patience=5,dead_share=0.8"}),
            0)
      << err_;
  const v1::HealthOptions& health = request_.create().spec().options().health();
  EXPECT_EQ(health.level(), v1::HEALTH_LEVEL_UNSPECIFIED);
  EXPECT_EQ(health.thresholds().ShortDebugString(), "patience: 5 dead_share: 0.8");
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--health-thresholds",
                 "dead_sharing=1"}),
            2);
  EXPECT_THAT(err_, HasSubstr("--health-thresholds"));
  EXPECT_THAT(err_, HasSubstr("dead_share"));
}

TEST_F(TrainTest, DiagnosesAreEventsLikeOthers) {
  ExpectTrain({kStarted, kEpochs, kDiagnosed, kSucceededThen});
  EXPECT_CALL(*mock_, GetRun).WillOnce(Return(Text<v1::GetRunResponse>("run { name: 'runs/r' }")));
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "-o", "ndjson"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_,
              HasSubstr("\"diagnosis\":{\"kind\":\"DIAGNOSIS_KIND_DEAD_UNITS\",\"epoch\":\"1\""));
}

TEST_F(TrainTest, WhatIsNotGivenIsLeftToTheServer) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m"}), 0) << err_;
  EXPECT_EQ(request_.DebugString(), Text<v1::TrainRequest>(R"(
    create { spec { model: "models/m" data { dataset: "datasets/d" binding {} } options {} } })")
                                        .DebugString());
}

TEST_F(TrainTest, NumbersOutOfRangeAreTheServersToRefuse) {
  EXPECT_CALL(*mock_, Train).WillOnce([](const v1::TrainRequest& request) {
    const auto& options = request.create().spec().options();
    EXPECT_TRUE(std::isnan(options.optimizer().learning_rate()));
    EXPECT_EQ(options.epochs(), 0);
    EXPECT_TRUE(options.has_epochs());
    EXPECT_EQ(options.batch_size(), -1);
    return Script<v1::TrainResponse>({}, absl::InvalidArgumentError("refused"));
  });
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--learning-rate", "nan",
                 "--epochs", "0", "--batch-size", "-1"}),
            1);
  EXPECT_EQ(err_, "fnn: refused\n");
}

TEST_F(TrainTest, DataMayBeSeveralFiles) {
  std::string received;
  ExpectUpload("datasets/d", &received);
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", File("x.npy", "\x93NUMPY x"), "--model", "m", "--data",
                 File("y.npy", "\x93NUMPY y"), "--target", "-1"}),
            0)
      << err_;
  EXPECT_EQ(received, "\x93NUMPY x\x93NUMPY y");
  EXPECT_EQ(request_.create().spec().data().dataset(), "datasets/d");
}

TEST_F(TrainTest, ValidationDataIsUploadedToo) {
  std::string received;
  ExpectUpload("datasets/v", &received);
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--validation-data",
                 File("v.csv", "1\n"), "--target", "0"}),
            0)
      << err_;
  const auto& validation = request_.create().spec().options().validation_data();
  EXPECT_EQ(validation.dataset(), "datasets/v");
  EXPECT_EQ(validation.binding().targets(0).index(), 0);
}

TEST_F(TrainTest, WeightsAreAColumnAndOfClasses) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--validation-data", "datasets/v",
                 "--weight", "w", "--class-weight", "cat=2", "--class-weight", "a=b=0.5"}),
            0)
      << err_;
  const v1::RunSpec& spec = request_.create().spec();
  EXPECT_EQ(spec.data().binding().weight().name(), "w");
  EXPECT_EQ(spec.options().validation_data().binding().weight().name(), "w");
  const auto& weights = spec.options().class_weights().weights();
  EXPECT_EQ(weights.size(), 2u);
  EXPECT_EQ(weights.at("cat"), 2);
  EXPECT_EQ(weights.at("a=b"), 0.5);
}

TEST_F(TrainTest, ClassWeightsMayBeBalanced) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--class-weight", "balanced"}), 0)
      << err_;
  EXPECT_TRUE(request_.create().spec().options().class_weights().balanced());
}

TEST_F(TrainTest, ClassWeightsThatCannotBeReadAreUsageErrors) {
  const auto train = [this](std::vector<std::string> more) {
    std::vector<std::string> args = {"train", "--data", "datasets/d", "--model", "m"};
    for (std::string& text : more) args.insert(args.end(), {"--class-weight", std::move(text)});
    return Fnn(args);
  };
  for (const char* text : {"cat", "cat=", "cat=much", "=", "Balanced"}) {
    EXPECT_EQ(train({text}), 2);
    EXPECT_THAT(err_, HasSubstr("--class-weight takes CLASS=WEIGHT"));
  }
  EXPECT_EQ(train({"balanced", "cat=1"}), 2);
  EXPECT_EQ(train({"cat=1", "cat=2"}), 2);
  EXPECT_THAT(err_, HasSubstr("names the class 'cat' twice"));
}

TEST_F(TrainTest, OperatorsHaveArguments) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--layers",
                 "28x28x1 > conv2d(16,3x3):relu > flatten > 10:softmax", "--loss",
                 "cross_entropy(label_smoothing=0.1)", "--scaling", "min_max(high=2)",
                 "--optimizer", "adam(beta1=0.8)", "--learning-rate", "0.01", "--schedule",
                 "cosine(10, per_step, warm_up(length=5))", "--metric",
                 "accuracy,top_k_accuracy(k=3)", "--metric", "f1(average=micro)"}),
            0)
      << err_;
  const v1::RunSpec& spec = request_.create().spec();
  EXPECT_EQ(spec.network().layers(0).conv2d().channels(), 16);
  EXPECT_EQ(spec.network().inputs(0).scaling().min_max().high(), 2);
  EXPECT_EQ(spec.network().outputs(0).loss().cross_entropy().label_smoothing(), 0.1);
  EXPECT_EQ(spec.options().DebugString(), Text<v1::TrainingOptions>(R"(
    optimizer { learning_rate: 0.01 adam { beta1: 0.8 } }
    schedule { cosine { period: 10 } per_step: true warm_up { length: 5 } }
    metrics { accuracy {} }
    metrics { top_k_accuracy { k: 3 } }
    metrics { f1 { average: AVERAGE_MICRO } })")
                                              .DebugString());
}

TEST_F(TrainTest, LimitsAndPenalties) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--l1", "0.5", "--max-norm", "3",
                 "--clip-norm", "1", "--early-stopping", "patience=5,restore_best,metric=accuracy",
                 "--target-loss", "0.25", "--max-duration", "1h30m0.5s"}),
            0)
      << err_;
  EXPECT_EQ(request_.create().spec().options().DebugString(), Text<v1::TrainingOptions>(R"(
    regularization { l1: 0.5 max_norm: 3 }
    gradient_clipping { norm: 1 }
    early_stopping { metric { accuracy {} } patience: 5 restore_best: true }
    target_loss: 0.25
    max_duration { seconds: 5400 nanos: 500000000 })")
                                                                  .DebugString());
}

TEST_F(TrainTest, WhatOutlivesClientAndServerIsSaid) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train",       "--data",
                 "datasets/d",  "--model",
                 "m",           "--priority",
                 "-7",          "--label",
                 "team=vision", "--label",
                 "note=a=b",    "--initial-version",
                 "other@best",  "--checkpoint-every",
                 "5",           "--checkpoint-interval",
                 "0.5",         "--request-id",
                 "mine",        "--max-duration",
                 "90",          "--reconnect-for",
                 "10m"}),
            0)
      << err_;
  EXPECT_EQ(request_id_, "mine");
  EXPECT_EQ(request_.create().priority(), -7);
  EXPECT_EQ(request_.create().labels().at("team"), "vision");
  EXPECT_EQ(request_.create().labels().at("note"), "a=b");
  const v1::RunSpec& spec = request_.create().spec();
  EXPECT_EQ(spec.initial_version(), "models/other/aliases/best");
  EXPECT_EQ(spec.checkpoints().every_epochs(), 5);
  EXPECT_EQ(spec.checkpoints().interval().nanos(), 500'000'000);
  EXPECT_EQ(spec.options().max_duration().seconds(), 90);
}

TEST_F(TrainTest, TheInitialVersionIsTheNewestUnlessItIsSaid) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--initial-version", "m"}), 0);
  EXPECT_EQ(request_.create().spec().initial_version(), "models/m/aliases/latest");
  EXPECT_EQ(request_id_.size(), 36u);
}

TEST_F(TrainTest, ALostConnectionIsToldAndGivenUpInTime) {
  EXPECT_CALL(*mock_, Train).WillOnce([](const v1::TrainRequest&) {
    return Script<v1::TrainResponse>({Text<v1::TrainResponse>(kStarted)},
                                     absl::UnavailableError("connection reset"));
  });
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--reconnect-for", "0"}), 4);
  EXPECT_THAT(err_, HasSubstr("connection reset"));
  EXPECT_CALL(*mock_, Train)
      .WillOnce([](const v1::TrainRequest&) {
        return Script<v1::TrainResponse>({Text<v1::TrainResponse>(kStarted)},
                                         absl::UnavailableError("connection reset"));
      })
      .WillOnce([](const v1::TrainRequest& request) {
        EXPECT_EQ(request.attach(), "runs/r");
        EXPECT_EQ(request.after_sequence(), 1);
        return Script<v1::TrainResponse>(
            {Text<v1::TrainResponse>(kEpochs), Text<v1::TrainResponse>(kSucceeded)});
      });
  terminal_ = true;
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--reconnect-for", "1ms"}), 0);
  EXPECT_THAT(err_, HasSubstr("connection lost, trying again in 0:01 (for 0:01 yet): connection"));
}

TEST_F(TrainTest, EarlyStoppingMayStandAlone) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_EQ(Fnn({"train", "--early-stopping", "--data", "datasets/d", "--model", "m",
                 "--clip-value", "1"}),
            0)
      << err_;
  const v1::TrainingOptions& options = request_.create().spec().options();
  EXPECT_TRUE(options.has_early_stopping());
  EXPECT_EQ(options.early_stopping().ByteSizeLong(), 0u);
  EXPECT_EQ(options.gradient_clipping().value(), 1);
}

TEST_F(TrainTest, OptionsThatCannotBeReadAreUsageErrors) {
  const auto expect = [this](std::vector<std::string> more, const std::string& message) {
    more.insert(more.begin(), {"train", "--data", "datasets/d", "--model", "m"});
    EXPECT_EQ(Fnn(more), 2);
    EXPECT_THAT(err_, HasSubstr(message));
  };
  expect({"--optimizer", "adam(beta=1)"}, "--optimizer: column 6: adam has no argument 'beta'");
  expect({"--optimizer", "adam(learning_rate=1)", "--learning-rate", "1"}, "not both");
  expect({"--optimizer", "momentum(0.5)", "--momentum", "1"}, "not both");
  expect({"--optimizer", "adam", "--momentum", "1"},
         "--momentum goes with --optimizer momentum, nesterov or rmsprop");
  expect({"--schedule", "cosine(warmup)"},
         "--schedule: column 8: cosine has no argument 'warmup'; "
         "did you mean 'warm_up'?");
  expect({"--early-stopping", "patience=x"},
         "--early-stopping: column 10: expected a whole number");
  expect({"--clip-norm", "1", "--clip-value", "1"}, "give --clip-norm or --clip-value, not both");
  for (const char* text : {"", "fast", "inf", "nan", "1000000000h"}) {
    expect({"--max-duration", text}, "--max-duration takes a time such as 90s");
  }
}

TEST_F(TrainTest, DetachStartsTheRunOnly) {
  EXPECT_CALL(*mock_, CreateRun)
      .WillOnce(Return(Text<v1::CreateRunResponse>("run { name: 'runs/r' model: 'models/m' }")));
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "--detach"}), 0);
  EXPECT_EQ(out_, "run      runs/r trains models/m\n");
}

TEST_F(TrainTest, NdjsonIsRunThenEventsThenRun) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  EXPECT_CALL(*mock_, GetRun).WillOnce(Return(Text<v1::GetRunResponse>("run { name: 'runs/r' }")));
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m", "-o", "ndjson"}), 0);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 6);
  EXPECT_THAT(out_, StartsWith("{\"run\":{\"name\":\"runs/r\""));
  EXPECT_THAT(out_,
              HasSubstr("\n{\"sequence\":\"2\",\"epoch\":{\"epoch\":\"0\",\"trainLoss\":2.5"));
}

TEST_F(TrainTest, ATerminalGetsALiveLineThatGoesAway) {
  ExpectTrain({kStarted, kEpochs, kSucceeded});
  terminal_ = true;
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m"}), 0);
  EXPECT_THAT(err_, HasSubstr("1/2  loss 0.5  validation 0.75  accuracy 0.7  48,210 samples/s"));
  EXPECT_THAT(err_, HasSubstr("0:07 left"));
  EXPECT_THAT(err_, ::testing::EndsWith("\r\x1b[K"));
  EXPECT_THAT(out_, Not(HasSubstr("\x1b")));
}

TEST_F(TrainTest, ARunCancelledByAnotherEndsWithFive) {
  ExpectTrain({kStarted, kEpochs, kCancelled});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m"}), 5);
  EXPECT_EQ(err_, "fnn: runs/r was cancelled\n");
}

TEST_F(TrainTest, AStreamThatEndsTooEarlyIsAnError) {
  ExpectTrain({kStarted, kEpochs});
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m"}), 1);
  EXPECT_THAT(err_, HasSubstr("'fnn run get runs/r'"));
}

// Raises SIGINT in its second Read, and goes on once the run was cancelled.
class InterruptedStream final : public ReadStream<v1::TrainResponse> {
 public:
  explicit InterruptedStream(absl::Notification* cancelled) : cancelled_(cancelled) {}
  bool Read(v1::TrainResponse* message) override {
    switch (reads_++) {
      case 0:
        *message = Text<v1::TrainResponse>(kStarted);
        return true;
      case 1:
        *message = Text<v1::TrainResponse>(kEpochs);
        raise(SIGINT);
        return true;
      case 2:
        cancelled_->WaitForNotification();
        *message = Text<v1::TrainResponse>(kCancelled);
        return true;
      default:
        return false;
    }
  }
  absl::Status Finish() override { return absl::OkStatus(); }
  void Cancel() override {}

 private:
  absl::Notification* const cancelled_;
  int reads_ = 0;
};

TEST_F(TrainTest, CtrlCCancelsTheRunOnTheServer) {
  absl::Notification cancelled;
  EXPECT_CALL(*mock_, Train).WillOnce([&](const v1::TrainRequest&) {
    return std::make_unique<InterruptedStream>(&cancelled);
  });
  EXPECT_CALL(*mock_, CancelRun).WillOnce([&](const v1::CancelRunRequest& request) {
    EXPECT_EQ(request.name(), "runs/r");
    cancelled.Notify();
    return v1::CancelRunResponse();
  });
  EXPECT_EQ(Fnn({"train", "--data", "datasets/d", "--model", "m"}), 130);
  EXPECT_EQ(err_, "fnn: runs/r was cancelled\n");
}

}  // namespace
}  // namespace fnn::cli
