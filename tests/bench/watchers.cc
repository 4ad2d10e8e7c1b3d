// What watchers cost a training: with twenty of them, half of which stop reading, over with none.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "fnn/v1/training_service.grpc.pb.h"
#include "tests/bench/figure.h"
#include "tests/bench/local_server.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

// A watcher with a connection of its own; one that stalls reads a single message.
class Watcher {
 public:
  Watcher(const LocalServer& server, const std::string& run, bool stalls)
      : stub_(v1::TrainingService::NewStub(server.NewChannel())) {
    v1::WatchRunRequest request;
    request.set_name(run);
    stream_ = stub_->WatchRun(&context_, request);
    thread_ = std::thread([this, stalls] {
      v1::WatchRunResponse response;
      while (stream_->Read(&response) && !stalls) {
      }
    });
  }
  // The run has ended.
  ~Watcher() {
    thread_.join();
    context_.TryCancel();
    v1::WatchRunResponse response;
    while (stream_->Read(&response)) {
    }
    (void)stream_->Finish();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

 private:
  std::unique_ptr<v1::TrainingService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchRunResponse>> stream_;
  std::thread thread_;
};

// Seconds from when the run is asked for to when it is seen to have ended.
double TimeOfRun(const LocalServer& server, const v1::CreateRunRequest& request, int watchers) {
  const auto start = Clock::now();
  auto run = server.client().CreateRun(request);
  Require(run.status(), "creating a run");
  std::vector<std::unique_ptr<Watcher>> watching;
  for (int i = 0; i < watchers; ++i) {
    watching.push_back(std::make_unique<Watcher>(server, run->name(), i % 2 == 1));
  }
  while (!run->has_end_time()) {
    absl::SleepFor(absl::Milliseconds(5));
    run = server.client().GetRun(run->name());
    Require(run.status(), "asking for a run");
  }
  return SecondsSince(start);
}

void Watchers(benchmark::State& state, const Settings& settings) {
  constexpr int kWatchers = 20;
  const Widths widths = {64, 64, 10};
  const LocalServer server;
  const v1::CreateRunRequest request =
      server.RunOf(widths, server.Upload(MakeData(widths, 1024)),
                   MakeOptions(Optimizer::kSgd, 64, settings.quick ? 200 : 2000));
  TimeOfRun(server, request, 0);
  Pairs pairs;
  while (pairs.size() < (settings.quick ? 3 : 9)) {
    const double watched = TimeOfRun(server, request, kWatchers);
    pairs.Add(watched, TimeOfRun(server, request, 0));
  }
  Publish(state, pairs);
}

}  // namespace

void RegisterWatchers(const Settings& settings) {
  Measure("watchers/64-64-10/20_half_stalled",
          [&settings](benchmark::State& state) { Watchers(state, settings); });
}

}  // namespace fnn::bench
