// Create, train, predict, delete, over and over: the server's memory stays where it was.

#include <cstdint>
#include <iostream>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/e2e/soak/soak.h"

namespace fnn::e2e {
namespace {

constexpr double kMostGrowth = 1.05;

void Cycle(const SoakServer& server, const v1::CreateRunRequest& request) {
  const v1::Run run = Create(server, request);
  Require(WatchToEnd(server, run.name()) == v1::RUN_STATE_SUCCEEDED, "a run fails");
  {
    grpc::ClientContext context;
    v1::PredictRequest predict;
    predict.set_model(run.model());
    *predict.add_inputs() = request.spec().data().inline_().features();
    v1::PredictResponse response;
    Require(server.prediction().Predict(&context, predict, &response), "Predict");
  }
  {
    grpc::ClientContext context;
    v1::DeleteModelRequest gone;
    gone.set_name(run.model());
    v1::DeleteModelResponse response;
    Require(server.models().DeleteModel(&context, gone, &response), "DeleteModel");
  }
  grpc::ClientContext context;
  v1::DeleteRunRequest gone;
  gone.set_name(run.name());
  v1::DeleteRunResponse response;
  Require(server.training().DeleteRun(&context, gone, &response), "DeleteRun");
}

}  // namespace

int Cycles(int64_t cycles) {
  const SoakServer server;
  const v1::CreateRunRequest request = SmallRun(200, 10);
  const int64_t warm = std::max<int64_t>(cycles / 10, 1);
  int64_t before = 0;
  for (int64_t i = 1; i <= cycles; ++i) {
    Cycle(server, request);
    if (i == warm) before = server.resident_bytes();
    if (i % (cycles / 10 + 1) == 0) {
      std::cout << absl::StrFormat("%d cycles: %.1f MiB\n", i,
                                   static_cast<double>(server.resident_bytes()) / 1048576);
    }
  }
  const double growth = static_cast<double>(server.resident_bytes()) / static_cast<double>(before);
  std::cout << absl::StrFormat("after %d cycles %.3f times the memory after %d\n", cycles, growth,
                               warm);
  return growth <= kMostGrowth ? 0 : 1;
}

}  // namespace fnn::e2e
