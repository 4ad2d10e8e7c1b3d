// The whole server in this process, on a free loopback port, and clients of it.
//
//   TestServer server;                       // or TestServer server(options)
//   v1::GetServerInfoResponse info;
//   EXPECT_THAT(server.Call(&v1::SystemService::Stub::GetServerInfo, {}, &info), IsOk());

#ifndef FNN_TESTS_SERVER_TEST_SERVER_H_
#define FNN_TESTS_SERVER_TEST_SERVER_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fnn/v1/analysis_service.grpc.pb.h"
#include "fnn/v1/dataset_service.grpc.pb.h"
#include "fnn/v1/model_service.grpc.pb.h"
#include "fnn/v1/prediction_service.grpc.pb.h"
#include "fnn/v1/system_service.grpc.pb.h"
#include "fnn/v1/training_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "server/server.h"

namespace fnn::server {

// What tests want: small limits, and ticks in milliseconds.
inline ServerOptions TestOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.training_threads = 2;
  options.workers = 2;
  options.memory_budget = int64_t{64} << 20;
  options.storage_budget = int64_t{256} << 20;
  options.max_dataset_bytes = int64_t{16} << 20;
  options.drain_timeout = absl::Milliseconds(50);
  options.publisher = {.interval = std::chrono::milliseconds(1),
                       .tick = std::chrono::milliseconds(10)};
  options.watch.heartbeat = std::chrono::milliseconds(50);
  options.watch.progress = std::chrono::milliseconds(10);
  return options;
}

class TestServer {
 public:
  explicit TestServer(const ServerOptions& options = TestOptions()) {
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
    if (!server.ok()) {
      ADD_FAILURE() << server.status().ToString();
      std::abort();
    }
    server_ = *std::move(server);
    channel_ = NewChannel();
  }

  Server& operator*() { return *server_; }
  Server* operator->() { return server_.get(); }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  // A stub of a service: stub<v1::TrainingService>().
  template <typename Service>
  std::unique_ptr<typename Service::Stub> stub() const {
    return Service::NewStub(channel_);
  }

  // One unary call.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const std::type_identity_t<Request>& request, Response* response) const {
    grpc::ClientContext context;
    Stub stub(channel_);
    return (stub.*method)(&context, request, response);
  }

  // Whether it still answers.
  bool Serves() const {
    v1::GetServerInfoResponse info;
    return Call(&v1::SystemService::Stub::GetServerInfo, {}, &info).ok() && info.version() != "";
  }

 private:
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// What a server stream gave: its messages and its end.
template <typename Response>
struct Streamed {
  std::vector<Response> messages;
  grpc::Status status;
};

template <typename Response>
Streamed<Response> ReadAll(grpc::ClientReader<Response>& reader) {
  Streamed<Response> out;
  for (Response response; reader.Read(&response);) out.messages.push_back(std::move(response));
  out.status = reader.Finish();
  return out;
}

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_TEST_SERVER_H_
