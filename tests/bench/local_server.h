// The whole server in this process, on a free loopback port, with data and a client.

#ifndef FNN_TESTS_BENCH_LOCAL_SERVER_H_
#define FNN_TESTS_BENCH_LOCAL_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "core/data/binding.h"
#include "fnn/client.h"
#include "fnn/v1/training_service.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/server.h"
#include "tests/bench/workload.h"

namespace fnn::bench {

class LocalServer {
 public:
  // Trains one run at a time. Ends the program where it can't start; so do the calls below where
  // they fail.
  LocalServer();

  const Client& client() const { return client_; }
  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel() const;

  // The name of the dataset that has the same rows.
  std::string Upload(const core::BoundTable& data) const;

  // A run of a new model of MakeNetwork(widths).
  static v1::CreateRunRequest RunOf(const Widths& widths, const std::string& dataset,
                                    const v1::TrainingOptions& options);
  // Trains over one Train stream to its end; gives the model and counts the events.
  std::string Train(const v1::CreateRunRequest& request, int64_t* events = nullptr) const;

 private:
  std::unique_ptr<server::Server> server_;
  Client client_;
};

// Ends the program, telling what it did, where `status` is not OK.
void Require(const absl::Status& status, const char* what);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_LOCAL_SERVER_H_
