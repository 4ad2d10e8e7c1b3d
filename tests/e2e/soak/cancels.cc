// Cancelling runs at any moment, also as they end: how long it takes, and that each ends as it
// says.

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/e2e/soak/soak.h"

namespace fnn::e2e {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

int Cancels(int64_t cancels) {
  const SoakServer server;
  std::mt19937 dice(3);
  std::vector<double> latencies;  // From the call to the end of the watch, of those cancelled.
  std::map<v1::RunState, int64_t> ends;
  for (int64_t i = 0; i < cancels; ++i) {
    // A third of them would end about when they are cancelled.
    const bool races = i % 3 == 0;
    const v1::Run run = Create(server, SmallRun(1000, races ? 20 : 1'000'000));
    v1::RunState seen = v1::RUN_STATE_UNSPECIFIED;
    Clock::time_point end;
    std::thread watcher([&] {
      seen = WatchToEnd(server, run.name());
      end = Clock::now();
    });
    // At any point of its life.
    const Clock::time_point until = Clock::now() + std::chrono::microseconds(dice() % 30'000);
    while (Clock::now() < until) std::this_thread::yield();
    const Clock::time_point start = Clock::now();
    grpc::ClientContext context;
    v1::CancelRunRequest request;
    request.set_name(run.name());
    v1::CancelRunResponse response;
    Require(server.training().CancelRun(&context, request, &response), "CancelRun");
    watcher.join();
    ++ends[seen];
    Require(seen == v1::RUN_STATE_CANCELLED || seen == v1::RUN_STATE_SUCCEEDED, "another end");
    const v1::RunState answered = response.run().state();
    if (answered == v1::RUN_STATE_CANCELLING || answered == v1::RUN_STATE_CANCELLED) {
      Require(seen == v1::RUN_STATE_CANCELLED, "a run succeeded that was said to be cancelled");
      latencies.push_back(std::chrono::duration<double, std::milli>(end - start).count());
    } else {
      Require(answered == seen, "the answer is another than the end");
    }
  }
  std::cout << absl::StrFormat(
      "%d cancels: %d cancelled, %d had succeeded before; from the call to the end of the watch "
      "p50 %.1f ms, p99 %.1f ms, most %.1f ms\n",
      cancels, ends[v1::RUN_STATE_CANCELLED], ends[v1::RUN_STATE_SUCCEEDED],
      Percentile(latencies, 0.5), Percentile(latencies, 0.99), Percentile(latencies, 1));
  return 0;
}

}  // namespace fnn::e2e
