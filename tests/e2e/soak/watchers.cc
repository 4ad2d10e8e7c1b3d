// Many runs, each watched by many, some of whom read a message and then no more: all runs end, and
// those who stall cost neither memory nor time.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/e2e/soak/soak.h"

namespace fnn::e2e {
namespace {

using Clock = std::chrono::steady_clock;

// Counts down to none.
class Latch {
 public:
  explicit Latch(int64_t count) : count_(count) {}
  void Down() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (--count_ <= 0) none_.notify_all();
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait(lock, [this] { return count_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int64_t count_;
};

// One stream. `ended` goes down when it has seen the end, `done` when it is over.
class Watcher final : public grpc::ClientReadReactor<v1::WatchRunResponse> {
 public:
  Watcher(v1::TrainingService::Stub* stub, const std::string& run, bool stalls, Latch* ended,
          Latch* done)
      : stalls_(stalls), ended_(ended), done_(done) {
    request_.set_name(run);
    stub->async()->WatchRun(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    for (const v1::RunEvent& event : response_.update().events()) {
      if (event.sequence() != ++seen_) wrong_ = true;
      if (event.has_finished()) {
        finished_ = event.finished().state();
        ended_->Down();
      }
    }
    if (!stalls_) StartRead(&response_);
  }
  void OnDone(const grpc::Status&) override { done_->Down(); }
  void Stop() { context_.TryCancel(); }
  bool right() const { return !wrong_ && (stalls_ || finished_ == v1::RUN_STATE_SUCCEEDED); }

 private:
  const bool stalls_;
  Latch* const ended_;
  Latch* const done_;
  grpc::ClientContext context_;
  v1::WatchRunRequest request_;
  v1::WatchRunResponse response_;
  int64_t seen_ = 0;
  std::atomic<bool> wrong_ = false;
  v1::RunState finished_ = v1::RUN_STATE_UNSPECIFIED;
};

struct Round {
  double seconds;        // From the first run to the last one's end.
  int64_t memory_bytes;  // The server's, with all watchers still there.
};

// `live` and `stalled` watchers of each run.
Round Run(int64_t runs, int64_t live, int64_t stalled, int64_t rows) {
  const SoakServer server({"--training-threads", "1"});
  // A run that holds the others up until all are queued and watched.
  const v1::Run first = Create(server, SmallRun(1000, 1'000'000));
  const v1::CreateRunRequest request = SmallRun(rows, 150);
  Latch ended(runs * std::max<int64_t>(live, 0));
  Latch done(runs * (live + stalled));
  std::vector<std::unique_ptr<v1::TrainingService::Stub>> stubs;
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int64_t i = 0; i < runs; ++i) {
    const v1::Run run = Create(server, request);
    stubs.push_back(v1::TrainingService::NewStub(server.NewChannel()));
    for (int64_t w = 0; w < live + stalled; ++w) {
      watchers.push_back(
          std::make_unique<Watcher>(stubs.back().get(), run.name(), w >= live, &ended, &done));
    }
  }
  const Clock::time_point start = Clock::now();
  grpc::ClientContext context;
  v1::CancelRunRequest cancel;
  cancel.set_name(first.name());
  v1::CancelRunResponse cancelled;
  Require(server.training().CancelRun(&context, cancel, &cancelled), "CancelRun");
  ended.Wait();
  Round round{std::chrono::duration<double>(Clock::now() - start).count(), server.resident_bytes()};
  for (const auto& watcher : watchers) watcher->Stop();
  done.Wait();
  for (const auto& watcher : watchers) Require(watcher->right(), "a watcher saw something else");
  return round;
}

}  // namespace

int Watchers(int64_t runs, int64_t watchers, int64_t rounds, int64_t rows) {
  const int64_t live = (watchers + 1) / 2;
  std::vector<double> ratios, megabytes;
  for (int64_t i = 0; i < rounds; ++i) {
    const Round without = Run(runs, live, 0, rows);
    const Round with = Run(runs, live, watchers - live, rows);
    ratios.push_back(with.seconds / without.seconds);
    megabytes.push_back(static_cast<double>(with.memory_bytes - without.memory_bytes) / 1048576);
    std::cout << absl::StrFormat(
                     "%d runs, %d watchers each: %.2f s; %d more that stall: %.2f s, "
                     "%.1f MiB more\n",
                     runs, live, without.seconds, watchers - live, with.seconds, megabytes.back())
              << std::flush;
  }
  std::cout << absl::StrFormat("stalled watchers: %.3f times the time, %.1f MiB (medians)\n",
                               Percentile(ratios, 0.5), Percentile(megabytes, 0.5));
  return 0;
}

}  // namespace fnn::e2e
