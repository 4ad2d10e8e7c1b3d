// Runs over restarts: a house of stores whose catalogue and files stay while managers come and go.

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/runs/log_repair.h"
#include "server/runs/run_manager.h"
#include "server/storage/memory_catalogue.h"
#include "server/storage/memory_file_system.h"
#include "server/store/stores.h"
#include "tests/server/requests.h"
#include "tests/server/runs/wait.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using fnn::testing::HasReason;
using fnn::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Clock = std::chrono::steady_clock;
using Events = std::vector<v1::RunEvent>;

// Files in memory that pretend to be on a disk: so runs are durable.
class DiskInMemory final : public MemoryFileSystem {
 public:
  bool in_memory() const override { return false; }
};

// A catalogue that refuses while it is told to. A run does not end while it does.
class FullCatalogue final : public Catalogue {
 public:
  absl::Status Commit(const CatalogueBatch& batch) override {
    if (!full) {
      full = fills.exchange(false);
      return kept_.Commit(batch);
    }
    ++refused;
    return core::MakeError(absl::StatusCode::kResourceExhausted, "DISK_FULL", "the disk is full");
  }
  absl::Status ForEachRecord(RecordKind kind, RecordFunction function) const override {
    return kept_.ForEachRecord(kind, function);
  }
  std::atomic<bool> full = false;
  std::atomic<bool> fills = false;  // Whether the next commit is the last that it takes.
  std::atomic<int> refused = 0;

 private:
  MemoryCatalogue kept_;
};

class RestoreTest : public ::testing::Test {
 protected:
  using Run = server::Run;  // Not ::testing::Test::Run.

  RestoreTest() { Open(); }
  ~RestoreTest() override { Kill(); }

  void Open(const RunManager::Options& options = {.workers = 1, .memory_bytes = 64 << 20}) {
    publisher_ = std::make_unique<Publisher>(Publisher::Options{
        .interval = std::chrono::milliseconds(1), .tick = std::chrono::milliseconds(5)});
    absl::StatusOr<std::unique_ptr<Stores>> stores =
        Stores::Open({.catalogue = &catalogue_, .files = &files_}, &storage_);
    ASSERT_THAT(stores, IsOk());
    stores_ = *std::move(stores);
    keeper_ = std::make_unique<RunKeeper>(stores_->catalogue(), stores_->files());
    runs_ = std::make_unique<RunManager>(options, stores_->store(), keeper_.get(), &storage_,
                                         publisher_.get());
    ASSERT_THAT(runs_->Start(), IsOk());
  }
  // Ends without saving anything.
  void Kill() {
    if (runs_ != nullptr) runs_->Abandon();
    runs_.reset();
    publisher_.reset();
    keeper_.reset();
    stores_.reset();
  }
  void Restart() {
    Kill();
    Open();
  }
  // Ends in good order.
  void Drain() {
    runs_->BeginDrain();
    runs_->Stop();
    EXPECT_TRUE(runs_->WaitStopped(Clock::now() + std::chrono::minutes(1)));
    Kill();
  }

  std::shared_ptr<Run> Start(const v1::CreateRunRequest& request) {
    absl::StatusOr<std::shared_ptr<Run>> run = runs_->Create(request, FieldPath(), std::nullopt);
    EXPECT_THAT(run, IsOk());
    return *run;
  }
  std::shared_ptr<Run> Find(const std::string& name) {
    absl::StatusOr<std::shared_ptr<Run>> run = runs_->Find(name);
    EXPECT_THAT(run, IsOk());
    return *run;
  }
  // A run that does not end until the catalogue takes more.
  std::shared_ptr<Run> StartUnending(const v1::CreateRunRequest& request) {
    catalogue_.fills = true;
    std::shared_ptr<Run> run = Start(request);
    EXPECT_TRUE(catalogue_.full);
    return run;
  }
  // Waits for a watcher to have seen the report of `epoch`.
  static void AwaitEpoch(const Run& run, int64_t epoch) {
    WaitUntil(run, [&] { return run.Snapshot().latest_epoch().epoch() >= epoch; });
  }

  // The diagnoses, each once and in order.
  static std::vector<std::string> Diagnoses(const Run& run) {
    std::vector<std::string> out;
    for (const v1::RunEvent& event : AllEvents(run)) {
      if (event.has_diagnosis()) out.push_back(event.diagnosis().ShortDebugString());
    }
    return out;
  }
  // The reports, each once and in order, without their timing.
  static std::vector<std::string> Reports(const Run& run) {
    std::vector<std::string> reports;
    for (v1::RunEvent& event : AllEvents(run)) {
      if (!event.has_epoch()) continue;
      EXPECT_EQ(event.epoch().epoch(), static_cast<int64_t>(reports.size()));
      event.mutable_epoch()->clear_timing();
      reports.push_back(event.epoch().SerializeAsString());
    }
    return reports;
  }
  static std::vector<v1::RunState> States(const Run& run) {
    std::vector<v1::RunState> states;
    for (const v1::RunEvent& event : AllEvents(run)) {
      if (!event.has_state_changed()) continue;
      EXPECT_TRUE(IsAllowed(event.state_changed().from(), event.state_changed().to()));
      states.push_back(event.state_changed().to());
    }
    return states;
  }

  // Some seconds at most, with all that has state in it.
  static v1::CreateRunRequest LongRun() {
    v1::CreateRunRequest request = EndlessRun();
    request.mutable_spec()->mutable_options()->set_epochs(12);
    request.mutable_spec()->mutable_checkpoints()->set_every_epochs(1);
    return request;
  }

  // Changes the record of the run `name` as a server would have that died right then.
  void Rewrite(const std::string& name,
               const std::function<void(storage::v1::RunRecord&)>& change) {
    CatalogueBatch batch;
    ASSERT_THAT(catalogue_.ForEachRecord(RecordKind::kRun,
                                         [&](absl::string_view, absl::string_view bytes) {
                                           storage::v1::RunRecord record;
                                           record.ParseFromString(std::string(bytes));
                                           if (record.run().name() == name) {
                                             change(record);
                                             RunKeeper::Put(record, batch);
                                           }
                                           return absl::OkStatus();
                                         }),
                IsOk());
    ASSERT_EQ(batch.changes().size(), 1);
    ASSERT_THAT(catalogue_.Commit(batch), IsOk());
  }
  // Turns a byte in the middle of a file.
  void Damage(const std::string& path) {
    absl::StatusOr<std::unique_ptr<ReadableFile>> file = files_.Open(path);
    ASSERT_THAT(file, IsOk());
    std::vector<std::byte> bytes(*(*file)->size());
    ASSERT_THAT((*file)->ReadAt(0, bytes), IsOk());
    bytes[bytes.size() / 2] ^= std::byte{1};
    absl::StatusOr<std::unique_ptr<WritableFile>> out = files_.Create(path);
    ASSERT_THAT(out, IsOk());
    ASSERT_THAT((*out)->Append(bytes), IsOk());
  }

  FullCatalogue catalogue_;
  DiskInMemory files_;
  MemoryBudget storage_{int64_t{256} << 20};
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Stores> stores_;
  std::unique_ptr<RunKeeper> keeper_;
  std::unique_ptr<RunManager> runs_;
};

TEST_F(RestoreTest, ARunGoesOnToTheSameBits) {
  const std::shared_ptr<Run> straight = Start(LongRun());
  const std::vector<std::string> expected = Reports(*straight);
  ASSERT_EQ(straight->state(), v1::RUN_STATE_SUCCEEDED);
  const std::string name = StartUnending(LongRun())->name();
  for (int restart = 1; restart <= 4; ++restart) {
    AwaitEpoch(*Find(name), 2 * restart);
    Restart();
    EXPECT_FALSE(IsFinal(Find(name)->state()));
  }
  catalogue_.full = false;
  const std::shared_ptr<Run> run = Find(name);
  EXPECT_EQ(Reports(*run), expected);
  EXPECT_EQ(run->Snapshot().model_version(), run->model() + "/versions/1");
  EXPECT_EQ(stores_->store().models->Get(run->model())->version_count(), 1);
  EXPECT_EQ(run->Snapshot().latest_epoch().parameter_digest(),
            stores_->store()
                .models->DescribeVersion({.model = run->model(), .version = 1})
                ->epoch()
                .parameter_digest());
}

TEST_F(RestoreTest, DiagnosesComeOnce) {
  v1::CreateRunRequest request = LongRun();
  v1::TrainingOptions& options = *request.mutable_spec()->mutable_options();
  options.mutable_optimizer()->mutable_sgd();
  options.mutable_optimizer()->set_learning_rate(1e-9);
  const std::vector<std::string> expected = Diagnoses(*Start(request));
  EXPECT_EQ(expected.size(), 1);  // In epoch 3.
  for (const bool checkpoints : {true, false}) {
    if (!checkpoints) request.mutable_spec()->clear_checkpoints();
    for (const int64_t epoch : {2, 3, 4}) {
      const std::string name = Start(request)->name();
      AwaitEpoch(*Find(name), epoch);
      Restart();
      AwaitEpoch(*Find(name), epoch + 1);
      Restart();
      EXPECT_EQ(Diagnoses(*Find(name)), expected) << checkpoints << " " << epoch;
    }
  }
}

TEST_F(RestoreTest, WithoutACheckpointItStartsFromTheBeginningAndReportsNothingTwice) {
  v1::CreateRunRequest request = LongRun();
  request.mutable_spec()->clear_checkpoints();
  const std::vector<std::string> expected = Reports(*Start(request));
  const std::string name = Start(request)->name();
  for (const int64_t epoch : {1, 3, 6}) {
    AwaitEpoch(*Find(name), epoch);
    Restart();
  }
  EXPECT_EQ(Reports(*Find(name)), expected);
}

TEST_F(RestoreTest, ADamagedCheckpointCostsTimeAlone) {
  const std::vector<std::string> expected = Reports(*Start(LongRun()));
  const std::shared_ptr<Run> run = StartUnending(LongRun());
  const std::string name = run->name();
  AwaitEpoch(*run, 4);
  Kill();
  catalogue_.full = false;
  Damage("runs/" + run->uid() + ".checkpoint");
  Open();
  EXPECT_EQ(Reports(*Find(name)), expected);
}

TEST_F(RestoreTest, ADamagedLogFailsItsRunAlone) {
  const std::shared_ptr<Run> damaged = Start(EndlessRun());
  const std::shared_ptr<Run> sound = Start(QuickRun());
  AwaitEpoch(*damaged, 4);
  Kill();
  Damage("runs/" + damaged->uid() + ".log");
  Open();
  const v1::Run failed = Find(damaged->name())->Snapshot();
  EXPECT_EQ(failed.state(), v1::RUN_STATE_FAILED);
  EXPECT_EQ(failed.error().reason(), "FILE_CORRUPT");
  WaitForEnd(*Find(sound->name()));
  EXPECT_EQ(Find(sound->name())->state(), v1::RUN_STATE_SUCCEEDED);
  // It stays so, and can be deleted.
  Restart();
  EXPECT_EQ(Find(damaged->name())->state(), v1::RUN_STATE_FAILED);
  EXPECT_THAT(runs_->Delete(Find(damaged->name())), IsOk());
}

TEST_F(RestoreTest, DrainingSavesWhereItWas) {
  v1::CreateRunRequest request = EndlessEpochRun();
  const std::string name = Start(request)->name();
  WaitUntil(*Find(name), [&] {
    Find(name)->WantProgress();
    return Find(name)->progress().message.batch() > 0;
  });
  Drain();
  Open();
  const v1::Run run = Find(name)->Snapshot();
  EXPECT_EQ(run.latest_checkpoint().epoch(), 1);
  EXPECT_GT(run.latest_checkpoint().batch(), 0);
  EXPECT_GT(run.latest_checkpoint().size_bytes(), 0);
  EXPECT_THAT(runs_->Cancel(Find(name)), IsOk());
}

TEST_F(RestoreTest, EndedRunsAndTheirEventsStay) {
  const std::shared_ptr<Run> run = Start(QuickRun(5));
  const Events events = AllEvents(*run);
  const v1::Run ended = run->Snapshot();
  Restart();
  const std::shared_ptr<Run> again = Find(run->name());
  EXPECT_EQ(again->Snapshot().SerializeAsString(), ended.SerializeAsString());
  const Events same = AllEvents(*again);
  ASSERT_EQ(same.size(), events.size());
  for (size_t i = 0; i < same.size(); ++i) {
    EXPECT_EQ(same[i].SerializeAsString(), events[i].SerializeAsString());
  }
}

// The end is committed before it is in the log: what a server that died in between left.
TEST_F(RestoreTest, AnEndMissingFromTheLogIsAdded) {
  const std::shared_ptr<Run> run = Start(QuickRun(5));
  const Events events = AllEvents(*run);
  Kill();
  const std::string path = "runs/" + run->uid() + ".log";
  for (size_t left : {events.size() - 1, events.size() - 2}) {
    ASSERT_THAT(files_.Remove(path), IsOk());
    auto log = RecordLog::Open(&files_, path, FileKind::kEventLog);
    ASSERT_THAT(log, IsOk());
    for (size_t i = 0; i < left; ++i) {
      ASSERT_THAT((*log)->Append(events[i].SerializeAsString()), IsOk());
    }
    ASSERT_THAT((*log)->Sync(), IsOk());
    Open();
    const Events completed = AllEvents(*Find(run->name()));
    ASSERT_EQ(completed.size(), events.size());
    EXPECT_EQ(completed.back().finished().SerializeAsString(),
              events.back().finished().SerializeAsString());
    Kill();
  }
}

TEST_F(RestoreTest, QueuedRunsKeepTheirOrder) {
  const std::shared_ptr<Run> running = Start(EndlessRun());
  WaitForState(*running, v1::RUN_STATE_RUNNING);
  std::vector<std::string> names;
  for (const int priority : {0, 0, 4}) {
    v1::CreateRunRequest request = QuickRun();
    request.set_priority(priority);
    names.push_back(Start(request)->name());
  }
  Restart();
  // The one that was running is the oldest of its priority.
  WaitForState(*Find(running->name()), v1::RUN_STATE_RUNNING);
  EXPECT_EQ(Find(names[2])->state(), v1::RUN_STATE_SUCCEEDED);
  EXPECT_EQ(Find(names[0])->state(), v1::RUN_STATE_QUEUED);
  EXPECT_THAT(runs_->Cancel(Find(running->name())), IsOk());
  WaitForEnd(*Find(names[1]));
  EXPECT_EQ(Find(names[0])->state(), v1::RUN_STATE_SUCCEEDED);
}

TEST_F(RestoreTest, WhatWasAskedOfARunIsRemembered) {
  const std::shared_ptr<Run> pausing = Start(EndlessRun());
  const std::shared_ptr<Run> cancelling = Start(EndlessRun());
  const std::shared_ptr<Run> paused = Start(EndlessRun());
  AwaitEpoch(*pausing, 1);
  EXPECT_THAT(runs_->Pause(paused), IsOk());
  Kill();
  Rewrite(pausing->name(), [](storage::v1::RunRecord& record) {
    record.mutable_run()->set_state(v1::RUN_STATE_PAUSING);
  });
  Rewrite(cancelling->name(), [](storage::v1::RunRecord& record) {
    record.mutable_run()->set_state(v1::RUN_STATE_CANCELLING);
  });
  Open();
  EXPECT_EQ(Find(pausing->name())->state(), v1::RUN_STATE_PAUSED);
  EXPECT_EQ(Find(cancelling->name())->state(), v1::RUN_STATE_CANCELLED);
  EXPECT_EQ(Find(paused->name())->state(), v1::RUN_STATE_PAUSED);
  EXPECT_EQ(States(*Find(cancelling->name())).back(), v1::RUN_STATE_CANCELLED);
  EXPECT_THAT(runs_->Resume(Find(pausing->name())), IsOk());
  AwaitEpoch(*Find(pausing->name()), 2);
  EXPECT_THAT(runs_->Cancel(Find(pausing->name())), IsOk());
  EXPECT_EQ(States(*Find(pausing->name())).back(), v1::RUN_STATE_CANCELLED);
}

TEST_F(RestoreTest, ModelsStayInUseOverARestart) {
  const std::shared_ptr<Run> run = Start(EndlessRun());
  Restart();
  EXPECT_THAT(stores_->store().models->Delete(run->model()), HasReason("MODEL_IN_USE"));
  EXPECT_THAT(runs_->Cancel(Find(run->name())), IsOk());
  WaitForEnd(*Find(run->name()));
  EXPECT_THAT(stores_->store().models->Delete(run->model()), IsOk());
}

TEST_F(RestoreTest, FilesOfNoRunAreRemoved) {
  const std::shared_ptr<Run> run = Start(QuickRun());
  WaitForEnd(*run);
  Kill();
  ASSERT_THAT(files_.Create("runs/stranger.log"), IsOk());
  Open();
  EXPECT_FALSE(*files_.Exists("runs/stranger.log"));
  EXPECT_TRUE(*files_.Exists("runs/" + run->uid() + ".log"));
  EXPECT_FALSE(*files_.Exists("runs/" + run->uid() + ".data"));
}

TEST_F(RestoreTest, ARepeatedRequestIsAnsweredOverARestart) {
  v1::CreateRunRequest request = QuickRun();
  request.set_request_id("once");
  const std::string name = Start(request)->name();
  Restart();
  EXPECT_EQ(Start(request)->name(), name);
}

// ---- A full disk --------------------------------------------------------------------------------

TEST_F(RestoreTest, AFullDiskRefusesAndChangesNothing) {
  const std::shared_ptr<Run> run = Start(EndlessRun());
  AwaitEpoch(*run, 1);
  catalogue_.full = true;
  EXPECT_THAT(runs_->Create(QuickRun(), FieldPath(), std::nullopt), HasReason("DISK_FULL"));
  EXPECT_THAT(runs_->Cancel(run), HasReason("DISK_FULL"));
  EXPECT_THAT(runs_->Pause(run), HasReason("DISK_FULL"));
  EXPECT_EQ(run->state(), v1::RUN_STATE_RUNNING);
  const int64_t epoch = run->Snapshot().latest_epoch().epoch();
  AwaitEpoch(*run, epoch + 1);
  catalogue_.full = false;
  EXPECT_THAT(runs_->Cancel(run), IsOk());
  WaitForEnd(*run);
  EXPECT_EQ(run->state(), v1::RUN_STATE_CANCELLED);
}

TEST_F(RestoreTest, ARunThatEndsOnAFullDiskWaitsToBeKept) {
  const std::shared_ptr<Run> run = StartUnending(LongRun());
  const std::shared_ptr<TestWatcher> watcher = std::make_shared<TestWatcher>();
  publisher_->AddWatcher(watcher);
  while (catalogue_.refused == 0) watcher->WaitForWake();
  EXPECT_EQ(run->state(), v1::RUN_STATE_RUNNING);
  catalogue_.full = false;
  WaitForEnd(*run);
  EXPECT_EQ(run->state(), v1::RUN_STATE_SUCCEEDED);
  EXPECT_EQ(run->Snapshot().model_version(), run->model() + "/versions/1");
}

// ---- Retention ----------------------------------------------------------------------------------

TEST_F(RestoreTest, TheOldestEndedRunsAreForgottenForGood) {
  std::vector<std::shared_ptr<Run>> runs;
  for (int i = 0; i < 3; ++i) {
    runs.push_back(Start(QuickRun()));
    WaitForEnd(*runs.back());
  }
  ASSERT_TRUE(runs_->WaitIdle(Clock::now() + std::chrono::minutes(1)));
  Kill();
  Open({.workers = 1, .memory_bytes = 64 << 20, .retention = {.most_runs = 1}});
  EXPECT_THAT(runs_->Find(runs[0]->name()), HasReason("RUN_NOT_FOUND"));
  EXPECT_THAT(runs_->Find(runs[2]->name()), IsOk());
  EXPECT_FALSE(*files_.Exists("runs/" + runs[0]->uid() + ".log"));
  Restart();
  EXPECT_THAT(runs_->Find(runs[0]->name()), HasReason("RUN_NOT_FOUND"));
  EXPECT_THAT(runs_->Find(runs[2]->name()), IsOk());
}

// ---- The way between two states -----------------------------------------------------------------

TEST(RouteTest, IsTheShortestThatIsAllowed) {
  EXPECT_TRUE(Route(v1::RUN_STATE_QUEUED, v1::RUN_STATE_QUEUED).empty());
  EXPECT_THAT(Route(v1::RUN_STATE_QUEUED, v1::RUN_STATE_SUCCEEDED),
              ElementsAre(v1::RUN_STATE_RUNNING, v1::RUN_STATE_SUCCEEDED));
  EXPECT_THAT(Route(v1::RUN_STATE_RUNNING, v1::RUN_STATE_QUEUED),
              ElementsAre(v1::RUN_STATE_QUEUED));
  EXPECT_THAT(Route(v1::RUN_STATE_UNSPECIFIED, v1::RUN_STATE_CANCELLED),
              ElementsAre(v1::RUN_STATE_QUEUED, v1::RUN_STATE_CANCELLED));
}

}  // namespace
}  // namespace fnn::server
