// Training over gRPC, with every epoch streamed to the client, over training in process.

#include <string>

#include "tests/bench/figure.h"
#include "tests/bench/local_server.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

struct Case {
  Widths widths;
  int64_t rows;
  int64_t batch;
  int64_t epochs;
  int pairs;
};

void GrpcTraining(benchmark::State& state, const Case& c, Target target) {
  const core::BoundTable data = MakeData(c.widths, c.rows);
  const v1::TrainingOptions options = MakeOptions(Optimizer::kSgd, c.batch, c.epochs);
  const LocalServer server;
  const v1::CreateRunRequest request = server.RunOf(c.widths, server.Upload(data), options);
  const auto epochs = static_cast<double>(c.epochs);
  Pairs pairs;
  int64_t events = 0;
  for (int i = 0; i <= c.pairs; ++i) {
    events = 0;
    const double over_grpc = TimeOf([&] { server.Train(request, &events); });
    const double in_process = TimeOf([&] {
      IgnoringObserver observer;
      RunJob(MakeJob(c.widths, data, options), observer, 1);
    });
    if (i > 0) pairs.Add(over_grpc / epochs, in_process / epochs);  // The first warms up.
  }
  Publish(state, pairs, target);
  state.counters["events_per_second"] = static_cast<double>(events) / (pairs.measured() * epochs);
}

}  // namespace

void RegisterGrpcTraining(const Settings& settings) {
  // An epoch takes at least 10 ms.
  Measure("grpc_training/64-256-10/batch:64", [&settings](benchmark::State& state) {
    const Case c{{64, 256, 10}, 16'384, 64, settings.quick ? 10 : 100, settings.quick ? 3 : 9};
    GrpcTraining(state, c, AtMost(1.02));
  });
  // An epoch takes a few microseconds: how many events a second there can be.
  Measure("grpc_training/2-16-16-2/tiny_epochs", [&settings](benchmark::State& state) {
    const Case c{{2, 16, 16, 2}, 32, 32, settings.quick ? 2000 : 20'000, settings.quick ? 3 : 9};
    GrpcTraining(state, c, {});
  });
}

}  // namespace fnn::bench
