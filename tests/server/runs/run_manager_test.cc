#include "server/runs/run_manager.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/data/table_file.h"
#include "gtest/gtest.h"
#include "server/runs/watch_cursor.h"
#include "server/store/stores.h"
#include "tests/server/requests.h"
#include "tests/server/runs/wait.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Clock = std::chrono::steady_clock;

class RunManagerTest : public ::testing::Test {
 protected:
  using Run = server::Run;  // Not ::testing::Test::Run.

  RunManagerTest() { Restart({.workers = 1, .memory_bytes = 64 << 20}); }

  void Restart(const RunManager::Options& options) {
    runs_.reset();
    publisher_.reset();                      // Which has the logs of the stores that go.
    stores_ = *Stores::Open({}, &storage_);  // Nothing is left of what was.
    publisher_ = std::make_unique<Publisher>(Publisher::Options{
        .interval = std::chrono::milliseconds(1), .tick = std::chrono::milliseconds(5)});
    keeper_ = std::make_unique<RunKeeper>(stores_->catalogue(), stores_->files());
    runs_ = std::make_unique<RunManager>(options, stores_->store(), keeper_.get(), &storage_,
                                         publisher_.get());
    EXPECT_THAT(runs_->Start(), IsOk());
  }

  std::shared_ptr<Run> Start(const v1::CreateRunRequest& request,
                             std::optional<DisconnectPolicy> policy = std::nullopt) {
    absl::StatusOr<std::shared_ptr<Run>> run = runs_->Create(request, FieldPath(), policy);
    EXPECT_THAT(run, IsOk());
    return *run;
  }

  ModelStore& models() { return *stores_->store().models; }
  DatasetStore& datasets() { return *stores_->store().datasets; }

  absl::Status Refusal(const v1::CreateRunRequest& request) {
    return runs_->Create(request, FieldPath(), std::nullopt).status();
  }

  std::vector<v1::RunState> States(const Run& run) {
    std::vector<v1::RunState> states;
    for (const v1::RunEvent& event : AllEvents(run)) {
      if (event.has_state_changed()) {
        EXPECT_EQ(event.state_changed().from(),
                  states.empty() ? v1::RUN_STATE_UNSPECIFIED : states.back());
        states.push_back(event.state_changed().to());
      }
    }
    return states;
  }

  MemoryBudget storage_{int64_t{256} << 20};
  std::unique_ptr<Stores> stores_;
  std::unique_ptr<RunKeeper> keeper_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<RunManager> runs_;
};

TEST_F(RunManagerTest, ARunSucceedsAndPublishesAVersion) {
  const std::shared_ptr<Run> run = Start(QuickRun(5));
  WaitForEnd(*run);
  const v1::Run snapshot = run->Snapshot();
  EXPECT_EQ(snapshot.state(), v1::RUN_STATE_SUCCEEDED);
  EXPECT_EQ(snapshot.model_version(), snapshot.model() + "/versions/1");
  EXPECT_EQ(snapshot.latest_epoch().epoch(), 5);
  EXPECT_EQ(snapshot.last_sequence(), 2 + 6 + 2);
  EXPECT_GT(snapshot.memory_bytes(), 0);
  EXPECT_TRUE(snapshot.has_start_time());
  EXPECT_TRUE(snapshot.has_end_time());
  EXPECT_FALSE(snapshot.has_error());
  // Defaults filled in, inline data left out.
  EXPECT_EQ(snapshot.spec().options().batch_size(), 4);
  EXPECT_TRUE(snapshot.spec().data().has_inline_());
  EXPECT_FALSE(snapshot.spec().data().inline_().has_features());
  EXPECT_EQ(snapshot.spec().network().inputs(0).shape(0), 2);
  EXPECT_THAT(States(*run),
              ElementsAre(v1::RUN_STATE_QUEUED, v1::RUN_STATE_RUNNING, v1::RUN_STATE_SUCCEEDED));
  // As soon as the end is seen, the model may go.
  EXPECT_THAT(models().Delete(snapshot.model()), IsOk());
}

TEST_F(RunManagerTest, WhoSeesTheLastStateSeesTheWholeEnd) {
  for (int i = 0; i < 30; ++i) {
    const std::shared_ptr<Run> run = Start(QuickRun(1));
    v1::Run snapshot;
    do {
      snapshot = run->Snapshot();
    } while (!IsFinal(snapshot.state()));
    EXPECT_TRUE(snapshot.has_end_time());
    EXPECT_EQ(snapshot.model_version(), snapshot.model() + "/versions/1");
    EXPECT_EQ(snapshot.last_sequence(), 2 + 2 + 2);
  }
}

TEST_F(RunManagerTest, TheModelLearnsItsShapeAndCountsVersions) {
  ASSERT_THAT(models().Create({.id = "xor", .network = XorNetwork()}), IsOk());
  v1::CreateRunRequest request = QuickRun();
  request.mutable_spec()->set_model("models/xor");
  WaitForEnd(*Start(request));
  const std::shared_ptr<Run> second = Start(request);
  WaitForEnd(*second);
  EXPECT_EQ(second->Snapshot().model_version(), "models/xor/versions/2");
  EXPECT_EQ(models().Get("models/xor")->network().inputs(0).shape(0), 2);
  EXPECT_EQ(models().Get("models/xor")->latest_version().run(), second->name());
}

TEST_F(RunManagerTest, AModelIsNotDeletedWhileARunTrainsIt) {
  const std::shared_ptr<Run> running = Start(EndlessRun());
  WaitForState(*running, v1::RUN_STATE_RUNNING);
  const std::shared_ptr<Run> queued = Start(QuickRun());
  EXPECT_THAT(models().Delete(running->model()), HasReason("MODEL_IN_USE"));
  EXPECT_THAT(models().Delete(queued->model()), HasReason("MODEL_IN_USE"));
  EXPECT_THAT(runs_->Cancel(queued), IsOk());
  EXPECT_THAT(models().Delete(queued->model()), IsOk());
  EXPECT_THAT(runs_->Cancel(running), IsOk());
  WaitForEnd(*running);
  EXPECT_THAT(models().Delete(running->model()), IsOk());
}

TEST_F(RunManagerTest, ARunningRunIsCancelledWithinAMiniBatch) {
  const std::shared_ptr<Run> run = Start(EndlessEpochRun());
  // Epoch 0 is an evaluation; a progress says that training is under way.
  WaitUntil(*run, [&] {
    run->WantProgress();
    return run->progress().message.batch() > 0;
  });
  EXPECT_THAT(runs_->Cancel(run), IsOk());
  EXPECT_NE(run->state(), v1::RUN_STATE_RUNNING);
  WaitForEnd(*run);
  EXPECT_EQ(run->Snapshot().latest_epoch().epoch(), 0);  // No epoch came to its end.
  EXPECT_TRUE(run->Snapshot().model_version().empty());
  EXPECT_THAT(States(*run), ElementsAre(v1::RUN_STATE_QUEUED, v1::RUN_STATE_RUNNING,
                                        v1::RUN_STATE_CANCELLING, v1::RUN_STATE_CANCELLED));
  EXPECT_THAT(models().GetVersion({.model = run->model(), .version = {}}),
              HasReason("MODEL_NOT_TRAINED"));
}

TEST_F(RunManagerTest, AQueuedRunIsCancelledAtOnce) {
  const std::shared_ptr<Run> running = Start(EndlessRun());
  WaitForState(*running, v1::RUN_STATE_RUNNING);
  const std::shared_ptr<Run> queued = Start(QuickRun());
  EXPECT_THAT(runs_->Cancel(queued), IsOk());
  EXPECT_EQ(queued->state(), v1::RUN_STATE_CANCELLED);
  EXPECT_THAT(States(*queued), ElementsAre(v1::RUN_STATE_QUEUED, v1::RUN_STATE_CANCELLED));
}

TEST_F(RunManagerTest, CancellingAnEndedRunChangesNothing) {
  const std::shared_ptr<Run> run = Start(QuickRun());
  WaitForEnd(*run);
  const int64_t events = run->log().last_sequence();
  EXPECT_THAT(runs_->Cancel(run), IsOk());
  EXPECT_EQ(run->state(), v1::RUN_STATE_SUCCEEDED);
  EXPECT_EQ(run->log().last_sequence(), events);
}

TEST_F(RunManagerTest, DivergenceEndsTheRunWithItsReason) {
  v1::CreateRunRequest request = QuickRun(1000);
  v1::Network& network = *request.mutable_spec()->mutable_network();
  network.mutable_layers(0)->mutable_dense()->mutable_activation()->mutable_identity();
  network.mutable_layers(1)->mutable_dense()->mutable_activation()->mutable_identity();
  network.mutable_outputs(0)->mutable_loss()->mutable_mean_squared_error();
  v1::Optimizer& optimizer = *request.mutable_spec()->mutable_options()->mutable_optimizer();
  optimizer.mutable_sgd();
  optimizer.set_learning_rate(1e6);
  const std::shared_ptr<Run> run = Start(request);
  WaitForEnd(*run);
  const v1::Run snapshot = run->Snapshot();
  EXPECT_EQ(snapshot.state(), v1::RUN_STATE_DIVERGED);
  EXPECT_EQ(snapshot.error().reason(), "DIVERGED");
  EXPECT_GE(snapshot.error().epoch(), 1);
  EXPECT_TRUE(snapshot.model_version().empty());
  const std::vector<v1::RunEvent> events = AllEvents(*run);
  const v1::RunEvent& diverged = events[events.size() - 3];  // Then the state, and the end.
  EXPECT_EQ(diverged.diagnosis().kind(), v1::DIAGNOSIS_KIND_DIVERGED);
  EXPECT_EQ(diverged.diagnosis().epoch(), snapshot.error().epoch());
  EXPECT_EQ(diverged.diagnosis().layer(), snapshot.error().layer());
  EXPECT_TRUE(events.back().has_finished());
}

TEST_F(RunManagerTest, DiagnosesFollowTheReportTheyAreOf) {
  v1::CreateRunRequest request = QuickRun(5);
  for (v1::Layer& layer : *request.mutable_spec()->mutable_network()->mutable_layers()) {
    layer.mutable_dense()->mutable_weight_initializer()->mutable_zeros();
  }
  const std::shared_ptr<Run> run = Start(request);
  EXPECT_EQ(run->Snapshot().spec().options().health().level(), v1::HEALTH_LEVEL_BASIC);
  int64_t epoch = -1;
  std::vector<v1::Diagnosis> diagnoses;
  for (const v1::RunEvent& event : AllEvents(*run)) {
    if (event.has_epoch()) {
      epoch = event.epoch().epoch();
      EXPECT_EQ(event.epoch().health_size(), epoch == 0 ? 0 : 2);
    }
    if (!event.has_diagnosis()) continue;
    EXPECT_EQ(event.diagnosis().epoch(), epoch);
    diagnoses.push_back(event.diagnosis());
  }
  ASSERT_EQ(diagnoses.size(), 1u);
  EXPECT_EQ(diagnoses[0].kind(), v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY);
  EXPECT_EQ(diagnoses[0].epoch(), 3);
}

TEST_F(RunManagerTest, AFullQueueRefusesUntilThereIsRoom) {
  Restart({.workers = 1, .memory_bytes = 64 << 20, .max_queued = 1});
  const std::shared_ptr<Run> running = Start(EndlessRun());
  WaitForState(*running, v1::RUN_STATE_RUNNING);
  const std::shared_ptr<Run> queued = Start(QuickRun());
  v1::CreateRunRequest request = QuickRun();
  request.set_model_id("never");
  const absl::Status status = Refusal(request);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasReason("QUEUE_FULL"));
  EXPECT_TRUE(fnn::testing::DetailOf<google::rpc::RetryInfo>(status).has_value());
  EXPECT_THAT(models().CheckFree("models/never"), IsOk());
  EXPECT_THAT(runs_->Cancel(queued), IsOk());
  Start(QuickRun());
}

TEST_F(RunManagerTest, ThreadsAreAskedForUpToTheServers) {
  Restart({.workers = 1, .threads = 3, .memory_bytes = 64 << 20});
  v1::CreateRunRequest request = QuickRun();
  EXPECT_FALSE(Start(request)->Snapshot().spec().options().has_threads());
  v1::TrainingOptions& options = *request.mutable_spec()->mutable_options();
  options.set_threads(3);
  const std::shared_ptr<Run> run = Start(request);
  EXPECT_EQ(run->Snapshot().spec().options().threads(), 3);
  WaitForState(*run, v1::RUN_STATE_SUCCEEDED);
  for (const int64_t threads : {-1, 0, 4}) {
    options.set_threads(threads);
    EXPECT_THAT(Refusal(request), HasViolation("spec.options.threads"));
  }
}

TEST_F(RunManagerTest, WhatNeverFitsIsRefusedWithBothNumbers) {
  Restart({.workers = 1, .memory_bytes = 1 << 20});
  v1::CreateRunRequest request = QuickRun();
  *request.mutable_spec()->mutable_network() = XorNetwork(1'000'000);
  const absl::Status status = Refusal(request);
  EXPECT_THAT(status, HasReason("TRAINING_MEMORY_EXCEEDED"));
  const auto info = fnn::testing::DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info->metadata().at("available"), std::to_string(1 << 20));
  EXPECT_GT(std::stoll(info->metadata().at("needed")), 16'000'000);
  EXPECT_THAT(status, HasViolation("spec.network"));
}

TEST_F(RunManagerTest, WhatNeverFitsNamesWhatTakesMost) {
  Restart({.workers = 1, .memory_bytes = 1 << 20});
  v1::CreateRunRequest wide = QuickRun();
  const auto set_rows = [&wide](int64_t rows) {
    v1::InlineData& data = *wide.mutable_spec()->mutable_data()->mutable_inline_();
    *data.mutable_features() = FloatTensor({rows, 2}, std::vector<float>(2 * rows, 0.3F));
    *data.mutable_targets() = FloatTensor({rows}, std::vector<float>(rows, 1));
  };
  set_rows(2000);
  *wide.mutable_spec()->mutable_network() = XorNetwork(1000);
  wide.mutable_spec()->mutable_options()->set_batch_size(2000);
  EXPECT_THAT(Refusal(wide), HasViolation("spec.options.batch_size"));
  set_rows(200'000);
  *wide.mutable_spec()->mutable_network() = XorNetwork(2);
  wide.mutable_spec()->mutable_options()->set_batch_size(1);
  EXPECT_THAT(Refusal(wide), HasViolation("spec.data"));
  wide.mutable_spec()->mutable_options()->add_metrics()->mutable_roc_auc();
  EXPECT_THAT(Refusal(wide), HasViolation("spec.options.metrics"));
}

TEST_F(RunManagerTest, WhatDoesNotFitNowWaits) {
  const int64_t each = Start(EndlessRun())->memory_bytes();
  Restart({.workers = 4, .memory_bytes = each * 3 / 2});
  const std::shared_ptr<Run> first = Start(EndlessRun());
  WaitForState(*first, v1::RUN_STATE_RUNNING);
  const std::shared_ptr<Run> second = Start(EndlessRun());
  // Never at the same time, though workers are free: the first to end lets the second start.
  EXPECT_THAT(runs_->Cancel(first), IsOk());
  WaitForState(*second, v1::RUN_STATE_RUNNING);
  const v1::Run ended = first->Snapshot();
  const v1::Run started = second->Snapshot();
  EXPECT_EQ(ended.state(), v1::RUN_STATE_CANCELLED);
  EXPECT_GE(std::pair(started.start_time().seconds(), started.start_time().nanos()),
            std::pair(ended.end_time().seconds(), ended.end_time().nanos()));
}

TEST_F(RunManagerTest, ALogThatCouldNotBeKeptIsRefused) {
  const absl::Status status = Refusal(QuickRun(1'000'000'000));
  EXPECT_THAT(status, HasReason("STORAGE_MEMORY_EXCEEDED"));
}

TEST_F(RunManagerTest, EndedRunsAreKeptUpToACount) {
  Restart({.workers = 1, .memory_bytes = 64 << 20, .retention = {.most_runs = 2}});
  std::vector<std::string> names;
  std::shared_ptr<Run> last;
  for (int i = 0; i < 4; ++i) {
    last = Start(QuickRun());
    names.push_back(last->name());
    WaitForEnd(*last);
  }
  // A fifth that has ended says that the fourth is among those kept.
  last = Start(QuickRun());
  WaitForEnd(*last);
  EXPECT_THAT(runs_->Find(names[0]), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(runs_->Find(names[1]), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(runs_->Find(names[3]), IsOk());
  EXPECT_THAT(runs_->Find(last->name()), IsOk());
}

TEST_F(RunManagerTest, EndedRunsGoWhereStorageRunsOut) {
  std::shared_ptr<Run> first = Start(QuickRun(20'000));
  WaitForEnd(*first);
  // The end is seen a moment before the worker counts the run as ended.
  ASSERT_TRUE(runs_->WaitIdle(Timer::Clock::now() + std::chrono::minutes(1)));
  const std::string name = first->name();
  first.reset();
  const absl::StatusOr<Reservation> rest = storage_.Reserve(storage_.free() - (1 << 20));
  ASSERT_THAT(rest, IsOk());
  EXPECT_THAT(runs_->Find(name), IsOk());
  Start(QuickRun(3'000));
  EXPECT_THAT(runs_->Find(name), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RunManagerTest, NamesAreCheckedAndTakenOnce) {
  v1::CreateRunRequest request = EndlessRun();
  request.set_run_id("mine");
  request.set_model_id("ours");
  const std::shared_ptr<Run> run = Start(request);
  EXPECT_EQ(run->name(), "runs/mine");
  EXPECT_EQ(run->model(), "models/ours");
  EXPECT_THAT(Refusal(request), HasReason("RUN_ALREADY_EXISTS"));
  request.set_run_id("another");
  EXPECT_THAT(Refusal(request), HasReason("MODEL_ALREADY_EXISTS"));
  EXPECT_THAT(runs_->Find("runs/another"), StatusIs(absl::StatusCode::kNotFound));
  request.set_run_id("../x");
  EXPECT_THAT(Refusal(request), HasViolation("run_id"));
}

TEST_F(RunManagerTest, CheckAnswersAndKeepsNothing) {
  v1::CreateRunRequest request = QuickRun();
  request.set_run_id("mine");
  const absl::StatusOr<v1::Run> checked = runs_->Check(request, FieldPath());
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->name(), "runs/mine");
  EXPECT_EQ(checked->state(), v1::RUN_STATE_QUEUED);
  EXPECT_GT(checked->memory_bytes(), 0);
  EXPECT_THAT(runs_->Find("runs/mine"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(models().List({})->items.empty());
  request.mutable_spec()->mutable_options()->set_epochs(0);
  EXPECT_THAT(runs_->Check(request, FieldPath("create")),
              HasViolation("create.spec.options.epochs"));
}

TEST_F(RunManagerTest, ADatasetIsNotDeletedWhileARunNeedsIt) {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&text, i % 2, ",", i % 3, ",", i % 2, "\n");
  absl::StatusOr<std::unique_ptr<DatasetDraft>> draft = datasets().NewDraft(1 << 20);
  ASSERT_THAT(draft, IsOk());
  absl::StatusOr<std::shared_ptr<const core::Table>> table =
      core::ReadTableFile(text, {}, **draft, FieldPath("text"));
  ASSERT_THAT(table, IsOk());
  ASSERT_THAT(datasets().Create({.name = "datasets/d"}, *std::move(draft), *table,
                                [](const v1::Dataset&, CatalogueBatch&) {}),
              IsOk());
  v1::CreateRunRequest request = EndlessRun();
  request.mutable_spec()->mutable_data()->set_dataset("datasets/d");
  const std::shared_ptr<Run> run = Start(request);
  EXPECT_EQ(run->Snapshot().spec().data().binding().targets(0).name(), "y");
  EXPECT_THAT(datasets().Delete("datasets/d"), HasReason("DATASET_IN_USE"));
  WaitUntil(*run, [&] { return run->Snapshot().latest_epoch().epoch() >= 1; });
  EXPECT_THAT(runs_->Cancel(run), IsOk());
  WaitForEnd(*run);
  EXPECT_THAT(datasets().Delete("datasets/d"), IsOk());
  EXPECT_THAT(Refusal(request), HasReason("DATASET_NOT_FOUND"));
}

// ---- Order --------------------------------------------------------------------------------------

TEST_F(RunManagerTest, RunsAreTrainedByPriorityThenByAge) {
  const std::shared_ptr<Run> blocker = Start(EndlessRun());
  WaitForState(*blocker, v1::RUN_STATE_RUNNING);
  std::vector<std::shared_ptr<Run>> runs;
  for (const int priority : {0, -5, 7, 7, 0}) {
    v1::CreateRunRequest request = QuickRun();
    request.set_priority(priority);
    runs.push_back(Start(request));
  }
  EXPECT_THAT(runs_->Cancel(blocker), IsOk());
  for (const std::shared_ptr<Run>& run : runs) WaitForEnd(*run);
  const auto started = [&](size_t i) {
    const v1::Run run = runs[i]->Snapshot();
    return std::pair(run.start_time().seconds(), run.start_time().nanos());
  };
  EXPECT_LT(started(2), started(3));
  EXPECT_LT(started(3), started(0));
  EXPECT_LT(started(0), started(4));
  EXPECT_LT(started(4), started(1));
}

TEST_F(RunManagerTest, PrioritiesLabelsAndCheckpointsAreChecked) {
  v1::CreateRunRequest request = QuickRun();
  request.set_priority(1001);
  EXPECT_THAT(Refusal(request), HasViolation("priority"));
  request.set_priority(-1000);
  (*request.mutable_labels())["Bad Key"] = "x";
  EXPECT_THAT(Refusal(request), HasReason("INVALID_LABEL"));
  request.clear_labels();
  v1::CheckpointPolicy& policy = *request.mutable_spec()->mutable_checkpoints();
  policy.set_every_epochs(0);
  EXPECT_THAT(Refusal(request), HasViolation("spec.checkpoints.every_epochs"));
  policy.set_every_epochs(1);
  policy.mutable_interval()->set_nanos(1000);
  EXPECT_THAT(Refusal(request), HasViolation("spec.checkpoints.interval"));
  policy.mutable_interval()->set_seconds(-5);
  EXPECT_THAT(Refusal(request), HasViolation("spec.checkpoints.interval"));
}

// ---- Pausing and deleting -----------------------------------------------------------------------

TEST_F(RunManagerTest, APausedRunGoesOnToTheSameBits) {
  const auto reports = [&](const Run& run) {
    std::vector<std::string> out;
    for (v1::RunEvent& event : AllEvents(run)) {
      if (event.has_diagnosis()) out.push_back(event.diagnosis().SerializeAsString());
      if (!event.has_epoch()) continue;
      event.mutable_epoch()->clear_timing();
      out.push_back(event.epoch().SerializeAsString());
    }
    return out;
  };
  v1::CreateRunRequest request = EndlessRun();
  // So that there is a diagnosis among the reports.
  request.mutable_spec()->mutable_options()->mutable_optimizer()->mutable_sgd();
  request.mutable_spec()->mutable_options()->mutable_optimizer()->set_learning_rate(1e-9);
  // Many more than the pauses, so that there is something left to be paused.
  constexpr int64_t kEpochs = 60;
  request.mutable_spec()->mutable_options()->set_epochs(kEpochs);
  const std::shared_ptr<Run> straight = Start(request);
  const std::vector<std::string> expected = reports(*straight);
  ASSERT_EQ(straight->state(), v1::RUN_STATE_SUCCEEDED);
  EXPECT_GT(expected.size(), kEpochs + 1);

  const std::shared_ptr<Run> run = Start(request);
  for (int pauses = 1; pauses <= 3; ++pauses) {
    WaitUntil(*run, [&] { return run->Snapshot().latest_epoch().epoch() >= pauses; });
    EXPECT_THAT(runs_->Pause(run), IsOk());
    WaitForState(*run, v1::RUN_STATE_PAUSED);
    EXPECT_THAT(runs_->Pause(run), IsOk());
    EXPECT_TRUE(run->Snapshot().has_latest_checkpoint());
    EXPECT_THAT(runs_->Resume(run), IsOk());
    EXPECT_THAT(runs_->Resume(run), IsOk());
  }
  EXPECT_EQ(reports(*run), expected);
  EXPECT_EQ(run->Snapshot().model_version(), run->model() + "/versions/1");
}

TEST_F(RunManagerTest, APausedRunMakesRoomForAnother) {
  const std::shared_ptr<Run> first = Start(EndlessRun());
  WaitUntil(*first, [&] { return first->Snapshot().latest_epoch().epoch() >= 1; });
  const std::shared_ptr<Run> second = Start(QuickRun());
  EXPECT_THAT(runs_->Pause(first), IsOk());
  WaitForEnd(*second);
  EXPECT_EQ(first->state(), v1::RUN_STATE_PAUSED);
  EXPECT_THAT(models().Delete(first->model()), HasReason("MODEL_IN_USE"));
  EXPECT_THAT(runs_->Cancel(first), IsOk());
  EXPECT_EQ(first->state(), v1::RUN_STATE_CANCELLED);
  EXPECT_THAT(runs_->Resume(first), HasReason("RUN_HAS_ENDED"));
  EXPECT_THAT(runs_->Pause(first), HasReason("RUN_HAS_ENDED"));
}

TEST_F(RunManagerTest, AQueuedRunIsPausedAtOnceAndKeepsItsPlace) {
  const std::shared_ptr<Run> running = Start(EndlessRun());
  WaitForState(*running, v1::RUN_STATE_RUNNING);
  const std::shared_ptr<Run> first = Start(QuickRun());
  const std::shared_ptr<Run> second = Start(QuickRun());
  EXPECT_THAT(runs_->Pause(first), IsOk());
  EXPECT_EQ(first->state(), v1::RUN_STATE_PAUSED);
  EXPECT_THAT(runs_->Resume(first), IsOk());
  EXPECT_EQ(first->state(), v1::RUN_STATE_QUEUED);
  EXPECT_THAT(runs_->Cancel(running), IsOk());
  WaitForEnd(*first);
  WaitForEnd(*second);
  EXPECT_LE(first->Snapshot().start_time().seconds(), second->Snapshot().start_time().seconds());
}

TEST_F(RunManagerTest, OnlyEndedRunsAreDeleted) {
  const std::shared_ptr<Run> run = Start(EndlessRun());
  EXPECT_THAT(runs_->Delete(run), HasReason("RUN_NOT_ENDED"));
  EXPECT_THAT(runs_->Cancel(run), IsOk());
  WaitForEnd(*run);
  ASSERT_TRUE(runs_->WaitIdle(Clock::now() + std::chrono::minutes(1)));
  EXPECT_THAT(runs_->Delete(run), IsOk());
  EXPECT_THAT(runs_->Find(run->name()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(runs_->Delete(run), StatusIs(absl::StatusCode::kNotFound));
}

// ---- Repeated requests, starting from a version -------------------------------------------------

TEST_F(RunManagerTest, ARepeatedRequestIsAnsweredWithTheSameRun) {
  v1::CreateRunRequest request = QuickRun();
  request.set_request_id("0123-abc");
  const std::shared_ptr<Run> run = Start(request);
  EXPECT_EQ(Start(request), run);
  request.set_priority(3);
  EXPECT_THAT(Refusal(request), HasViolation("request_id"));
  request.set_priority(0);
  WaitForEnd(*run);
  ASSERT_TRUE(runs_->WaitIdle(Clock::now() + std::chrono::minutes(1)));
  EXPECT_THAT(runs_->Delete(run), IsOk());
  EXPECT_THAT(Refusal(request), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RunManagerTest, TrainingStartsFromAVersion) {
  const std::shared_ptr<Run> first = Start(QuickRun(50));
  WaitForEnd(*first);
  v1::CreateRunRequest request = QuickRun(1);
  request.mutable_spec()->set_initial_version(first->model() + "/aliases/latest");
  const std::shared_ptr<Run> second = Start(request);
  WaitForEnd(*second);
  google::protobuf::RepeatedPtrField<v1::RunEvent> events;
  bool ended = false;
  EXPECT_THAT(second->log().Read(0, 1000, 1 << 20, &events, &ended), IsOk());
  ASSERT_GT(events.size(), 2);
  EXPECT_EQ(events[2].epoch().parameter_digest(),
            first->Snapshot().latest_epoch().parameter_digest());
  EXPECT_EQ(second->Snapshot().spec().initial_version(), first->model() + "/versions/1");
  *request.mutable_spec()->mutable_network() = XorNetwork(5);
  EXPECT_THAT(Refusal(request), HasViolation("spec.initial_version"));
  request.mutable_spec()->set_initial_version("models/none");
  EXPECT_THAT(Refusal(request), StatusIs(absl::StatusCode::kNotFound));
}

// ---- Train streams ------------------------------------------------------------------------------

TEST_F(RunManagerTest, ARunWhoseClientStaysAwayIsCancelled) {
  const std::shared_ptr<Run> run =
      Start(EndlessRun(), DisconnectPolicy{.cancel = true, .grace = absl::Milliseconds(10)});
  WaitForState(*run, v1::RUN_STATE_RUNNING);
  runs_->Detach(run);
  WaitForState(*run, v1::RUN_STATE_CANCELLED);
}

TEST_F(RunManagerTest, ARunWhoseClientComesBackGoesOn) {
  const std::shared_ptr<Run> run =
      Start(EndlessRun(), DisconnectPolicy{.cancel = true, .grace = absl::Milliseconds(50)});
  runs_->Detach(run);
  ASSERT_TRUE(run->Attach());
  // A second run with the same grace, given later, has been cancelled: so the first was not.
  const std::shared_ptr<Run> other =
      Start(EndlessRun(), DisconnectPolicy{.cancel = true, .grace = absl::Milliseconds(50)});
  runs_->Detach(other);
  WaitForState(*other, v1::RUN_STATE_CANCELLED);
  EXPECT_NE(run->state(), v1::RUN_STATE_CANCELLED);
  runs_->Detach(run);
  WaitForState(*run, v1::RUN_STATE_CANCELLED);
}

TEST_F(RunManagerTest, ARunWithTwoClientsOutlivesOne) {
  const std::shared_ptr<Run> run =
      Start(EndlessRun(), DisconnectPolicy{.cancel = true, .grace = absl::ZeroDuration()});
  ASSERT_TRUE(run->Attach());
  runs_->Detach(run);
  WaitUntil(*run, [&] { return run->Snapshot().latest_epoch().epoch() >= 1; });
  EXPECT_EQ(run->state(), v1::RUN_STATE_RUNNING);
  runs_->Detach(run);
  WaitForState(*run, v1::RUN_STATE_CANCELLED);
}

TEST_F(RunManagerTest, ADetachedRunGoesOn) {
  const std::shared_ptr<Run> run =
      Start(EndlessRun(), DisconnectPolicy{.cancel = false, .grace = absl::ZeroDuration()});
  runs_->Detach(run);
  WaitUntil(*run, [&] { return run->Snapshot().latest_epoch().epoch() >= 2; });
  EXPECT_EQ(run->state(), v1::RUN_STATE_RUNNING);
}

TEST_F(RunManagerTest, OnlyTrainsRunsAreAttachedTo) { EXPECT_FALSE(Start(QuickRun())->Attach()); }

// ---- Shutting down ------------------------------------------------------------------------------

TEST_F(RunManagerTest, DrainingRefusesAndCancelsNothing) {
  const std::shared_ptr<Run> run =
      Start(EndlessRun(), DisconnectPolicy{.cancel = true, .grace = absl::ZeroDuration()});
  const std::shared_ptr<Run> queued = Start(QuickRun());
  WaitForState(*run, v1::RUN_STATE_RUNNING);
  runs_->BeginDrain();
  const absl::Status status = Refusal(QuickRun());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(fnn::testing::DetailOf<google::rpc::RetryInfo>(status).has_value());
  runs_->Detach(run);
  EXPECT_FALSE(runs_->WaitIdle(Clock::now() + std::chrono::milliseconds(20)));
  runs_.reset();
  EXPECT_EQ(run->state(), v1::RUN_STATE_RUNNING);
  EXPECT_EQ(queued->state(), v1::RUN_STATE_QUEUED);
}

TEST_F(RunManagerTest, DrainingLetsRunningRunsEnd) {
  const std::shared_ptr<Run> run = Start(QuickRun(20'000));
  WaitUntil(*run, [&] { return run->state() != v1::RUN_STATE_QUEUED; });
  runs_->BeginDrain();
  EXPECT_TRUE(runs_->WaitIdle(Clock::now() + std::chrono::minutes(1)));
  EXPECT_EQ(run->state(), v1::RUN_STATE_SUCCEEDED);
}

TEST_F(RunManagerTest, ARunWaitsForACoreUntilThereIsOneOrTheServerStops) {
  Restart({.workers = 2, .threads = 1, .memory_bytes = 64 << 20});
  const std::shared_ptr<Run> first = Start(EndlessRun());
  WaitUntil(*first, [&] { return first->Snapshot().latest_epoch().epoch() >= 1; });
  const std::shared_ptr<Run> second = Start(EndlessRun());
  const std::shared_ptr<Run> third = Start(EndlessRun());
  WaitForState(*second, v1::RUN_STATE_RUNNING);
  EXPECT_FALSE(second->Snapshot().has_latest_epoch());
  EXPECT_THAT(runs_->Cancel(first), IsOk());
  WaitUntil(*second, [&] { return second->Snapshot().latest_epoch().epoch() >= 1; });
  WaitForState(*third, v1::RUN_STATE_RUNNING);
  runs_->BeginDrain();
  EXPECT_FALSE(runs_->WaitIdle(Clock::now() + std::chrono::milliseconds(20)));
  runs_.reset();
  EXPECT_EQ(second->state(), v1::RUN_STATE_RUNNING);
  EXPECT_EQ(third->state(), v1::RUN_STATE_RUNNING);
  EXPECT_FALSE(third->Snapshot().has_latest_epoch());
}

// ---- Cursors ------------------------------------------------------------------------------------

TEST_F(RunManagerTest, ACursorGivesEventsThenProgressThenHeartbeats) {
  const std::shared_ptr<Run> run = Start(EndlessEpochRun());
  absl::StatusOr<WatchCursor> cursor = WatchCursor::Create(
      run, 0, true,
      {.heartbeat = std::chrono::milliseconds(0), .progress = std::chrono::milliseconds(0)},
      FieldPath("after_sequence"));
  ASSERT_THAT(cursor, IsOk());
  int64_t events = 0;
  bool heartbeat = false, progress = false;
  WaitUntil(*run, [&] {
    v1::RunUpdate update;
    EXPECT_EQ(*cursor->Poll(Clock::now(), &update), WatchCursor::Next::kSend);
    events += update.events_size();
    EXPECT_EQ(update.last_sequence(), events);
    progress = progress || update.has_progress();
    heartbeat = heartbeat || (update.events().empty() && !update.has_progress());
    return events == 3 && progress && heartbeat;
  });
  EXPECT_EQ(run->progress().message.epoch(), 1);
  EXPECT_EQ(run->progress().message.batches(), 1'000);
}

TEST_F(RunManagerTest, ACursorWithoutFollowEndsWithTheNewest) {
  const std::shared_ptr<Run> run = Start(QuickRun(1'000));
  WaitForEnd(*run);
  absl::StatusOr<WatchCursor> cursor =
      WatchCursor::Create(run, 4, false, {.most_events = 100}, FieldPath("after_sequence"));
  ASSERT_THAT(cursor, IsOk());
  int64_t last = 4;
  v1::RunUpdate update;
  WaitUntil(*run, [&] {
    WatchCursor::Next next;
    while ((next = *cursor->Poll(Clock::now(), &update)) == WatchCursor::Next::kSend) {
      EXPECT_LE(update.events_size(), 100);
      last += update.events_size();
    }
    return next == WatchCursor::Next::kEnd;
  });
  EXPECT_EQ(last, run->log().last_sequence());
}

TEST_F(RunManagerTest, ACursorOutsideTheLogIsRefused) {
  const std::shared_ptr<Run> run = Start(QuickRun());
  WaitForEnd(*run);
  for (const int64_t after : {int64_t{-1}, run->log().last_sequence() + 1}) {
    EXPECT_THAT(WatchCursor::Create(run, after, true, {}, FieldPath("after_sequence")),
                HasViolation("after_sequence"));
  }
}

}  // namespace
}  // namespace fnn::server
