// Runs that are paused, resumed, deleted, and told of afterwards.

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "client/cli/run_history_command.h"
#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Return;
using ::testing::StartsWith;

class RunTest : public CliFixture {
 protected:
  void ExpectHistory() {
    EXPECT_CALL(*mock_, WatchRun).WillRepeatedly([](const v1::WatchRunRequest& request) {
      EXPECT_EQ(request.name(), "runs/r");
      EXPECT_TRUE(request.has_follow());
      EXPECT_FALSE(request.follow());
      return Script<v1::WatchRunResponse>({Text<v1::WatchRunResponse>(R"(
        update {
          events { sequence: 1 state_changed { to: RUN_STATE_RUNNING } }
          events { sequence: 2 epoch { epoch: 0 train_loss: 2.5 } }
          events { sequence: 3 checkpoint { epoch: 1 batch: 3 } }
          events { sequence: 4 epoch { epoch: 1 train_loss: 0.1 regularization: 0.25
            validation_loss: 1e-300 learning_rate: 0.001 parameter_digest: "00ff"
            train_metrics { name: "accuracy" value: 1 }
            validation_metrics { name: "f1, \"macro\"" value: 0.5 }
            timing { duration { seconds: 1 nanos: 500000000 } samples_per_second: 100 } } } })")});
    });
  }
};

TEST_F(RunTest, HistoryIsATable) {
  ExpectHistory();
  EXPECT_EQ(Fnn({"run", "history", "r"}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("epoch  train loss"));
  EXPECT_THAT(out_, HasSubstr("\n    1    0.100000"));
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 3);
}

TEST_F(RunTest, HistoryIsCsv) {
  ExpectHistory();
  EXPECT_EQ(Fnn({"run", "history", "r", "-o", "csv"}), 0) << err_;
  EXPECT_EQ(out_,
            "epoch,train_loss,regularization,validation_loss,train_accuracy,"
            "\"validation_f1, \"\"macro\"\"\",learning_rate,parameter_digest,seconds,"
            "samples_per_second\n"
            "0,2.5,0,,,,0,,0,0\n"
            "1,0.1,0.25,1e-300,1,0.5,0.001,00ff,1.5,100\n");
}

TEST_F(RunTest, HistoryIsJson) {
  ExpectHistory();
  EXPECT_EQ(Fnn({"run", "history", "r", "-o", "ndjson"}), 0) << err_;
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 2);
  EXPECT_THAT(out_, StartsWith("{\"epoch\":\"0\",\"trainLoss\":2.5"));
  EXPECT_EQ(Fnn({"run", "history", "r", "-o", "json"}), 0) << err_;
  google::protobuf::Struct document;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(out_, &document).ok()) << out_;
  EXPECT_EQ(document.fields().at("run").string_value(), "runs/r");
  const auto& epochs = document.fields().at("epochs").list_value();
  ASSERT_EQ(epochs.values_size(), 2);
  EXPECT_EQ(epochs.values(1).struct_value().fields().at("trainLoss").number_value(), 0.1);
}

TEST_F(RunTest, ARunWithoutEpochsHasAnEmptyHistory) {
  EXPECT_CALL(*mock_, WatchRun).WillRepeatedly([](const v1::WatchRunRequest&) {
    return Script<v1::WatchRunResponse>({});
  });
  EXPECT_EQ(Fnn({"run", "history", "r"}), 0);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Fnn({"run", "history", "r", "-o", "csv"}), 0);
  EXPECT_THAT(out_, StartsWith("epoch,train_loss"));
}

TEST_F(RunTest, CsvReadsBackToTheSameNumbers) {
  v1::EpochReport report;
  report.set_train_loss(0.1 + 0.2);
  EXPECT_THAT(EpochsAsCsv({report}), HasSubstr("\n0,0.30000000000000004,"));
  report.set_train_loss(1.0 / 0.0);
  EXPECT_THAT(EpochsAsCsv({report}), HasSubstr("\n0,inf,"));
}

TEST_F(RunTest, PauseResumeAndDelete) {
  EXPECT_CALL(*mock_, PauseRun).WillOnce([](const v1::PauseRunRequest& request) {
    EXPECT_EQ(request.name(), "runs/r");
    return Text<v1::PauseRunResponse>("run { name: 'runs/r' state: RUN_STATE_PAUSING }");
  });
  EXPECT_EQ(Fnn({"run", "pause", "r"}), 0);
  EXPECT_EQ(out_, "runs/r is pausing\n");
  EXPECT_CALL(*mock_, ResumeRun)
      .WillOnce(
          Return(Text<v1::ResumeRunResponse>("run { name: 'runs/r' state: RUN_STATE_QUEUED }")));
  EXPECT_EQ(Fnn({"run", "resume", "r", "-o", "ndjson"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"state\":\"RUN_STATE_QUEUED\""));
  EXPECT_CALL(*mock_, DeleteRun)
      .WillOnce(Return(v1::DeleteRunResponse()))
      .WillOnce(Return(absl::FailedPreconditionError("runs/r has not ended: cancel it first")));
  EXPECT_EQ(Fnn({"run", "delete", "r"}), 0);
  EXPECT_EQ(out_ + err_, "");
  EXPECT_EQ(Fnn({"run", "delete", "r"}), 1);
  EXPECT_EQ(err_, "fnn: runs/r has not ended: cancel it first\n");
}

TEST_F(RunTest, GetShowsCheckpointPriorityAndLabels) {
  EXPECT_CALL(*mock_, GetRun).WillOnce(Return(Text<v1::GetRunResponse>(R"(
    run { name: "runs/r" state: RUN_STATE_PAUSED priority: -3 labels { key: "a" value: "b" }
          spec { initial_version: "models/m/versions/2" }
          latest_checkpoint { epoch: 4 batch: 17 size_bytes: 1024 } })")));
  EXPECT_EQ(Fnn({"run", "get", "r"}), 0);
  for (const char* text : {"paused\n", "-3\n", "a=b\n", "models/m/versions/2\n",
                           "in epoch 4 after 17 mini-batches (1.0 KiB)\n"}) {
    EXPECT_THAT(out_, HasSubstr(text));
  }
}

TEST_F(RunTest, AWatchOfAPausedRunSaysSo) {
  EXPECT_CALL(*mock_, GetRun)
      .WillOnce(Return(
          Text<v1::GetRunResponse>("run { name: 'runs/r' spec { options { epochs: 2 } } }")));
  EXPECT_CALL(*mock_, WatchRun).WillOnce([](const v1::WatchRunRequest&) {
    return Script<v1::WatchRunResponse>({Text<v1::WatchRunResponse>(R"(update {
      events { sequence: 1 epoch { epoch: 0 train_loss: 1 } }
      events { sequence: 2 state_changed { to: RUN_STATE_PAUSED } } })")});
  });
  terminal_ = true;
  EXPECT_EQ(Fnn({"run", "watch", "r"}), 0);
  EXPECT_THAT(err_, HasSubstr("0/2  paused  loss 1"));
}

}  // namespace
}  // namespace fnn::cli
