// Predict of one row over a call that does nothing (GetServerInfo), on the same server and
// connections: the time of a call where four clients call as often as they can.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fnn/tensor.h"
#include "fnn/v1/prediction_service.grpc.pb.h"
#include "fnn/v1/system_service.grpc.pb.h"
#include "tests/bench/figure.h"
#include "tests/bench/local_server.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// Seconds of a call, over all that were made by one thread for each channel in about `seconds`.
// `call` gives whether it worked.
template <typename Service>
double TimeOfCalls(const Channels& channels, double seconds,
                   const std::function<bool(typename Service::Stub&)>& call) {
  std::atomic<int64_t> calls = 0;
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (const auto& channel : channels) {
    threads.emplace_back([&, stub = std::shared_ptr(Service::NewStub(channel))] {
      int64_t made = 0;
      for (; SecondsSince(start) < seconds; ++made) {
        if (!call(*stub)) failed = true;
      }
      calls += made;
    });
  }
  for (std::thread& thread : threads) thread.join();
  Require(failed ? absl::InternalError("it failed") : absl::OkStatus(), "a call");
  return SecondsSince(start) / static_cast<double>(calls);
}

void GrpcPredict(benchmark::State& state, const Widths& widths, const Settings& settings) {
  constexpr int kClients = 4;
  const LocalServer server;
  v1::PredictRequest request;
  request.set_model(server.Train(server.RunOf(widths, server.Upload(MakeData(widths, 64)),
                                              MakeOptions(Optimizer::kSgd, 64, 1))));
  const std::vector<float> row(widths.front(), 0.5F);
  *request.add_inputs() = MakeTensor<float>(row, {1, widths.front()});

  Channels channels;
  for (int i = 0; i < kClients; ++i) channels.push_back(server.NewChannel());
  const double seconds = settings.quick ? 0.02 : 0.1;
  const auto predict = [&] {
    return TimeOfCalls<v1::PredictionService>(
        channels, seconds, [&](v1::PredictionService::Stub& stub) {
          grpc::ClientContext context;
          v1::PredictResponse response;
          return stub.Predict(&context, request, &response).ok();
        });
  };
  const auto nothing = [&] {
    return TimeOfCalls<v1::SystemService>(channels, seconds, [](v1::SystemService::Stub& stub) {
      grpc::ClientContext context;
      v1::GetServerInfoResponse response;
      return stub.GetServerInfo(&context, {}, &response).ok();
    });
  };
  predict();
  nothing();
  Pairs pairs;
  while (pairs.size() < settings.pairs) {
    const double measured = predict();
    pairs.Add(measured, nothing());
  }
  Publish(state, pairs, AtMost(1 / 0.8));  // 80 % of the calls.
  state.counters["calls_per_second"] = 1 / pairs.measured();
  state.counters["empty_calls_per_second"] = 1 / pairs.baseline();
}

}  // namespace

void RegisterGrpcPredict(const Settings& settings) {
  for (const char* widths : {"64-64-10", "784-256-128-10"}) {
    Measure(absl::StrCat("grpc_predict/", widths, "/rows:1"),
            [=, &settings](benchmark::State& state) {
              GrpcPredict(state, ParseWidths(widths), settings);
            });
  }
}

}  // namespace fnn::bench
