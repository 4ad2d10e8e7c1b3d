#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "server/runs/run_state.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

// A stream that is read message by message, and may be left.
template <typename Response>
struct Stream {
  std::unique_ptr<grpc::ClientContext> context = std::make_unique<grpc::ClientContext>();
  std::unique_ptr<typename v1::TrainingService::Stub> stub;
  std::unique_ptr<grpc::ClientReader<Response>> reader;

  // Reads until `done` says so of a message; fails where the stream ends first.
  void ReadUntil(const std::function<bool(const Response&)>& done) {
    for (Response response; reader->Read(&response);) {
      if (done(response)) return;
    }
    ADD_FAILURE() << "the stream ended: " << reader->Finish().error_message();
  }

  grpc::Status Leave() {
    context->TryCancel();
    for (Response response; reader->Read(&response);) {
    }
    return reader->Finish();
  }
};

class TrainingServiceTest : public ::testing::Test {
 protected:
  explicit TrainingServiceTest(const ServerOptions& options = TestOptions()) : server_(options) {}

  v1::Run Create(const v1::CreateRunRequest& request) {
    v1::CreateRunResponse response;
    EXPECT_THAT(server_.Call(&v1::TrainingService::Stub::CreateRun, request, &response), IsOk());
    return response.run();
  }

  v1::Run Cancel(const std::string& name) {
    v1::CancelRunRequest request;
    request.set_name(name);
    v1::CancelRunResponse response;
    EXPECT_THAT(server_.Call(&v1::TrainingService::Stub::CancelRun, request, &response), IsOk());
    return response.run();
  }

  Stream<v1::WatchRunResponse> StartWatch(const std::string& name) {
    Stream<v1::WatchRunResponse> stream;
    stream.stub = v1::TrainingService::NewStub(server_.NewChannel());
    v1::WatchRunRequest request;
    request.set_name(name);
    stream.reader = stream.stub->WatchRun(stream.context.get(), request);
    return stream;
  }

  // Starts a Train stream; `run` is the run of its first message.
  Stream<v1::TrainResponse> StartTrain(const v1::TrainRequest& request, v1::Run* run) {
    Stream<v1::TrainResponse> stream;
    stream.stub = v1::TrainingService::NewStub(server_.NewChannel());
    stream.reader = stream.stub->Train(stream.context.get(), request);
    v1::TrainResponse first;
    EXPECT_TRUE(stream.reader->Read(&first));
    EXPECT_TRUE(first.has_run());
    *run = first.run();
    return stream;
  }

  // Waits, by its log, until the run is at `state`.
  void WaitForState(const std::string& name, v1::RunState state) {
    Stream<v1::WatchRunResponse> watch = StartWatch(name);
    watch.ReadUntil([&](const v1::WatchRunResponse& response) {
      for (const v1::RunEvent& event : response.update().events()) {
        if (event.state_changed().to() == state) return true;
      }
      return false;
    });
    watch.Leave();
  }

  // Waits until the run has ended `more` epochs more.
  void WaitForEpochs(const std::string& name, int64_t more) {
    const int64_t until = GetRun(server_, name).latest_epoch().epoch() + more;
    Stream<v1::WatchRunResponse> watch = StartWatch(name);
    watch.ReadUntil([&](const v1::WatchRunResponse& response) {
      for (const v1::RunEvent& event : response.update().events()) {
        if (event.epoch().epoch() >= until) return true;
      }
      return false;
    });
    watch.Leave();
  }

  static v1::TrainRequest EndlessTrain(v1::OnDisconnect on_disconnect, int64_t grace_ms) {
    v1::TrainRequest request;
    *request.mutable_create() = EndlessRun();
    request.set_on_disconnect(on_disconnect);
    request.mutable_disconnect_grace()->set_nanos(static_cast<int32_t>(grace_ms * 1'000'000));
    return request;
  }

  TestServer server_;
};

TEST_F(TrainingServiceTest, TrainIsCreateAndWatch) {
  const Streamed<v1::TrainResponse> trained = Train(server_, QuickRun(5));
  ASSERT_THAT(trained.status, IsOk());
  ASSERT_FALSE(trained.messages.empty());
  EXPECT_EQ(trained.messages[0].run().name().rfind("runs/", 0), 0u);
  int64_t sequence = 0;
  int64_t epochs = 0;
  for (size_t i = 0; i < trained.messages.size(); ++i) {
    EXPECT_EQ(trained.messages[i].has_run(), i == 0);
    for (const v1::RunEvent& event : trained.messages[i].update().events()) {
      EXPECT_EQ(event.sequence(), ++sequence);
      EXPECT_TRUE(event.has_time());
      epochs += event.has_epoch() ? 1 : 0;
    }
    EXPECT_EQ(trained.messages[i].update().last_sequence(), sequence);
  }
  EXPECT_EQ(epochs, 6);  // Epoch 0 included.
  const v1::RunUpdate& last = trained.messages.back().update();
  const v1::RunFinished& finished = last.events(last.events_size() - 1).finished();
  EXPECT_EQ(finished.state(), v1::RUN_STATE_SUCCEEDED);
  const v1::Run run = GetRun(server_, trained.messages[0].run().name());
  EXPECT_EQ(run.model_version(), finished.model_version());
  EXPECT_EQ(run.last_sequence(), sequence);
}

TEST_F(TrainingServiceTest, ValidateOnlyKeepsNothing) {
  v1::CreateRunRequest create = QuickRun();
  create.set_validate_only(true);
  const Streamed<v1::TrainResponse> trained = Train(server_, create);
  EXPECT_THAT(trained.status, IsOk());
  ASSERT_EQ(trained.messages.size(), 1u);
  EXPECT_GT(trained.messages[0].run().memory_bytes(), 0);
  EXPECT_GT(Create(create).memory_bytes(), 0);
  v1::ListRunsResponse runs;
  EXPECT_THAT(server_.Call(&v1::TrainingService::Stub::ListRuns, {}, &runs), IsOk());
  EXPECT_TRUE(runs.runs().empty());
}

TEST_F(TrainingServiceTest, ListsRunsInPages) {
  for (int i = 0; i < 5; ++i) Create(QuickRun());
  v1::ListRunsRequest request;
  request.set_page_size(2);
  size_t seen = 0;
  do {
    v1::ListRunsResponse response;
    ASSERT_THAT(server_.Call(&v1::TrainingService::Stub::ListRuns, request, &response), IsOk());
    seen += static_cast<size_t>(response.runs_size());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 5u);
}

// ---- Watching -----------------------------------------------------------------------------------

TEST_F(TrainingServiceTest, WatchersSeeTheSameWheneverTheyCome) {
  const v1::Run run = Create(QuickRun(3'000));
  // One from the start, one while it runs that joins after an event it has seen, two afterwards.
  Stream<v1::WatchRunResponse> early = StartWatch(run.name());
  v1::WatchRunResponse some;
  ASSERT_TRUE(early.reader->Read(&some));
  const int64_t cursor = some.update().last_sequence();
  const Streamed<v1::WatchRunResponse> late = Watch(server_, run.name(), cursor);
  const Streamed<v1::WatchRunResponse> rest = ReadAll(*early.reader);
  EXPECT_THAT(late.status, IsOk());
  EXPECT_THAT(rest.status, IsOk());
  const std::string all = EventBytes<v1::WatchRunResponse>({some}) + EventBytes(rest.messages);
  EXPECT_EQ(EventBytes<v1::WatchRunResponse>({some}) + EventBytes(late.messages), all);
  EXPECT_EQ(EventBytes(Watch(server_, run.name()).messages), all);
  EXPECT_EQ(EventBytes(Watch(server_, run.name(), 0, /*follow=*/false).messages), all);
  EXPECT_EQ(GetRun(server_, run.name()).last_sequence(), 2 + 3'001 + 2);
}

TEST_F(TrainingServiceTest, MessagesAreBounded) {
  const v1::Run run = Create(QuickRun(3'000));
  Watch(server_, run.name());
  for (const v1::WatchRunResponse& message : Watch(server_, run.name()).messages) {
    EXPECT_LE(message.update().events_size(), 500);
    EXPECT_LT(message.ByteSizeLong(), 300u * 1024);
  }
}

TEST_F(TrainingServiceTest, AWatcherThatStopsReadingDelaysNobody) {
  v1::CreateRunRequest request = QuickRun(50'000);  // Some 10 MB of events.
  const v1::Run run = Create(request);
  Stream<v1::WatchRunResponse> stalled = StartWatch(run.name());
  v1::WatchRunResponse first;
  ASSERT_TRUE(stalled.reader->Read(&first));  // And no more.
  const Streamed<v1::WatchRunResponse> other = Watch(server_, run.name());
  EXPECT_THAT(other.status, IsOk());
  EXPECT_EQ(GetRun(server_, run.name()).state(), v1::RUN_STATE_SUCCEEDED);
  // The one that stopped has missed nothing once it goes on.
  const Streamed<v1::WatchRunResponse> rest = ReadAll(*stalled.reader);
  EXPECT_THAT(rest.status, IsOk());
  EXPECT_EQ(EventBytes<v1::WatchRunResponse>({first}) + EventBytes(rest.messages),
            EventBytes(other.messages));
}

TEST_F(TrainingServiceTest, ProgressComesBetweenEvents) {
  const v1::Run run = Create(EndlessEpochRun());
  Stream<v1::WatchRunResponse> watch = StartWatch(run.name());
  watch.ReadUntil([](const v1::WatchRunResponse& response) {
    return response.update().has_progress() && response.update().progress().batch() > 0;
  });
  watch.Leave();
}

// With progress once at most: it puts heartbeats off for as long as mini-batches are quick.
class HeartbeatTest : public TrainingServiceTest {
 protected:
  HeartbeatTest() : TrainingServiceTest(Options()) {}

 private:
  static ServerOptions Options() {
    ServerOptions options = TestOptions();
    options.watch.heartbeat = std::chrono::milliseconds(1);
    options.watch.progress = std::chrono::hours(1);
    return options;
  }
};

TEST_F(HeartbeatTest, ComesBetweenEvents) {
  const v1::Run run = Create(EndlessEpochRun());
  Stream<v1::WatchRunResponse> watch = StartWatch(run.name());
  watch.ReadUntil([](const v1::WatchRunResponse& response) {
    return response.update().events().empty() && !response.update().has_progress();
  });
  watch.Leave();
}

// ---- Cancelling ---------------------------------------------------------------------------------

TEST_F(TrainingServiceTest, CancelRunEndsTheWatches) {
  const v1::Run run = Create(EndlessRun());
  Stream<v1::WatchRunResponse> watch = StartWatch(run.name());
  WaitForState(run.name(), v1::RUN_STATE_RUNNING);
  const v1::RunState state = Cancel(run.name()).state();
  EXPECT_TRUE(state == v1::RUN_STATE_CANCELLING || state == v1::RUN_STATE_CANCELLED);
  const Streamed<v1::WatchRunResponse> rest = ReadAll(*watch.reader);
  EXPECT_THAT(rest.status, IsOk());
  EXPECT_EQ(GetRun(server_, run.name()).state(), v1::RUN_STATE_CANCELLED);
  EXPECT_EQ(Cancel(run.name()).state(), v1::RUN_STATE_CANCELLED);
}

// ---- Clients that go away -----------------------------------------------------------------------

TEST_F(TrainingServiceTest, AClientThatVanishesCancelsItsRun) {
  v1::Run run;
  Stream<v1::TrainResponse> train = StartTrain(EndlessTrain(v1::ON_DISCONNECT_CANCEL, 20), &run);
  WaitForState(run.name(), v1::RUN_STATE_RUNNING);
  train.Leave();
  WaitForState(run.name(), v1::RUN_STATE_CANCELLED);
}

TEST_F(TrainingServiceTest, CancelIsTheDefault) {
  v1::Run run;
  Stream<v1::TrainResponse> train =
      StartTrain(EndlessTrain(v1::ON_DISCONNECT_UNSPECIFIED, 20), &run);
  train.Leave();
  WaitForState(run.name(), v1::RUN_STATE_CANCELLED);
}

TEST_F(TrainingServiceTest, AClientThatComesBackKeepsItsRun) {
  v1::Run run, again;
  Stream<v1::TrainResponse> train = StartTrain(EndlessTrain(v1::ON_DISCONNECT_CANCEL, 500), &run);
  train.ReadUntil(
      [](const v1::TrainResponse& response) { return response.update().last_sequence() >= 3; });
  train.Leave();
  v1::TrainRequest attach;
  attach.set_attach(run.name());
  attach.set_after_sequence(2);
  Stream<v1::TrainResponse> back = StartTrain(attach, &again);
  EXPECT_EQ(again.uid(), run.uid());
  // A run left at the same time, for good, is cancelled after the same grace: this one is not.
  v1::Run lost;
  Stream<v1::TrainResponse> other = StartTrain(EndlessTrain(v1::ON_DISCONNECT_CANCEL, 500), &lost);
  other.Leave();
  WaitForState(lost.name(), v1::RUN_STATE_CANCELLED);
  WaitForEpochs(run.name(), 2);
  EXPECT_EQ(GetRun(server_, run.name()).state(), v1::RUN_STATE_RUNNING);
  back.Leave();
  WaitForState(run.name(), v1::RUN_STATE_CANCELLED);
}

TEST_F(TrainingServiceTest, ADetachedRunGoesOn) {
  v1::Run run;
  Stream<v1::TrainResponse> train = StartTrain(EndlessTrain(v1::ON_DISCONNECT_DETACH, 1), &run);
  WaitForState(run.name(), v1::RUN_STATE_RUNNING);
  train.Leave();
  WaitForEpochs(run.name(), 3);
  EXPECT_EQ(GetRun(server_, run.name()).state(), v1::RUN_STATE_RUNNING);
}

TEST_F(TrainingServiceTest, WatchRunNeverAffectsARun) {
  v1::Run run;
  Stream<v1::TrainResponse> train = StartTrain(EndlessTrain(v1::ON_DISCONNECT_CANCEL, 1), &run);
  for (int i = 0; i < 3; ++i) WaitForEpochs(run.name(), 1);  // Each watches and leaves.
  EXPECT_EQ(GetRun(server_, run.name()).state(), v1::RUN_STATE_RUNNING);
  // Nor does watching keep one from being cancelled.
  Stream<v1::WatchRunResponse> watch = StartWatch(run.name());
  train.Leave();
  EXPECT_THAT(ReadAll(*watch.reader).status, IsOk());
  EXPECT_EQ(GetRun(server_, run.name()).state(), v1::RUN_STATE_CANCELLED);
}

TEST_F(TrainingServiceTest, ADrainingServerCancelsNothing) {
  v1::Run run;
  Stream<v1::TrainResponse> train = StartTrain(EndlessTrain(v1::ON_DISCONNECT_CANCEL, 0), &run);
  WaitForState(run.name(), v1::RUN_STATE_RUNNING);
  server_->Drain();
  const Streamed<v1::TrainResponse> rest = ReadAll(*train.reader);
  EXPECT_THAT(rest.status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(rest.status, HasReason("SERVER_DRAINING"));
  EXPECT_TRUE(fnn::testing::DetailOf<google::rpc::RetryInfo>(rest.status).has_value());
  for (const v1::TrainResponse& message : rest.messages) {
    for (const v1::RunEvent& event : message.update().events()) {
      EXPECT_FALSE(event.has_finished()) << event.ShortDebugString();
      EXPECT_NE(event.state_changed().to(), v1::RUN_STATE_CANCELLING);
    }
  }
}

TEST_F(TrainingServiceTest, OnlyTrainsRunsAreAttachedTo) {
  const v1::Run run = Create(EndlessRun());
  v1::TrainRequest request;
  request.set_attach(run.name());
  grpc::ClientContext context;
  const auto stub = server_.stub<v1::TrainingService>();
  const auto status = ReadAll(*stub->Train(&context, request)).status;
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status, HasReason("RUN_NOT_ATTACHABLE"));
}

}  // namespace
}  // namespace fnn::server
