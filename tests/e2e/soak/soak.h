// What a server does over long or under much: a program with a part for each, see main.cc.

#ifndef FNN_TESTS_E2E_SOAK_SOAK_H_
#define FNN_TESTS_E2E_SOAK_SOAK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fnn/v1/model_service.grpc.pb.h"
#include "fnn/v1/prediction_service.grpc.pb.h"
#include "fnn/v1/training_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tests/e2e/process.h"

namespace fnn::e2e {

// A server in a process of its own, on a data directory of its own, and stubs of it.
class SoakServer {
 public:
  explicit SoakServer(const std::vector<std::string>& extra = {});

  std::shared_ptr<grpc::Channel> NewChannel() const;
  v1::TrainingService::Stub& training() const { return *training_; }
  v1::ModelService::Stub& models() const { return *models_; }
  v1::PredictionService::Stub& prediction() const { return *prediction_; }

  // The server's resident memory now, in bytes.
  int64_t resident_bytes() const;

 private:
  ServerProcess process_;
  std::unique_ptr<v1::TrainingService::Stub> training_;
  std::unique_ptr<v1::ModelService::Stub> models_;
  std::unique_ptr<v1::PredictionService::Stub> prediction_;
};

// Ends the program with a message where `status` is not OK.
void Require(const grpc::Status& status, const std::string& what);
void Require(bool condition, const std::string& what);

// A run on inline data of `rows` rows, `epochs` epochs of mini-batches of 16.
v1::CreateRunRequest SmallRun(int64_t rows, int64_t epochs);
// Creates it, and gives its name.
v1::Run Create(const SoakServer& server, const v1::CreateRunRequest& request);
// Watches `run` to its end; the final state.
v1::RunState WatchToEnd(const SoakServer& server, const std::string& run);

// The p-th share of `values`, which are sorted.
double Percentile(std::vector<double> values, double p);

// The parts: each prints what it measured and gives the exit code, 0 unless something was wrong.
int Cycles(int64_t cycles);
int Cancels(int64_t cancels);
int Watchers(int64_t runs, int64_t watchers, int64_t rounds, int64_t rows);

}  // namespace fnn::e2e

#endif  // FNN_TESTS_E2E_SOAK_SOAK_H_
