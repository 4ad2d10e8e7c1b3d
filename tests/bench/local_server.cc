#include "tests/bench/local_server.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace fnn::bench {
namespace {

std::unique_ptr<server::Server> Start() {
  server::ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.workers = 1;
  options.training_threads = 1;  // What is compared with trains on one as well.
  auto server = server::Server::Start(options);
  Require(server.status(), "starting a server");
  return *std::move(server);
}

}  // namespace

void Require(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::cerr << what << ": " << status << "\n";
  std::abort();
}

LocalServer::LocalServer() : server_(Start()), client_(MakeConnection(server_->address())) {}

std::shared_ptr<grpc::Channel> LocalServer::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                   arguments);
}

std::string LocalServer::Upload(const core::BoundTable& data) const {
  const core::Table& table = *data.table;
  std::string csv = absl::StrJoin(table.names(), ",") + "\n";
  for (int64_t r = 0; r < table.rows(); ++r) {
    for (int64_t c = 0; c < table.columns(); ++c) {
      absl::StrAppendFormat(&csv, "%s%.9g", c == 0 ? "" : ",", table.at(r, c));
    }
    csv += "\n";
  }
  const auto dataset = client_.UploadDatasetBytes(csv);
  Require(dataset.status(), "uploading a dataset");
  return dataset->name();
}

v1::CreateRunRequest LocalServer::RunOf(const Widths& widths, const std::string& dataset,
                                        const v1::TrainingOptions& options) {
  v1::CreateRunRequest request;
  *request.mutable_spec()->mutable_network() = MakeNetwork(widths);
  request.mutable_spec()->mutable_data()->set_dataset(dataset);
  *request.mutable_spec()->mutable_options() = options;
  return request;
}

std::string LocalServer::Train(const v1::CreateRunRequest& request, int64_t* events) const {
  v1::TrainRequest train;
  *train.mutable_create() = request;
  auto stream = client_.Train(train);
  Require(stream.status(), "training");
  v1::RunState last = v1::RUN_STATE_UNSPECIFIED;
  for (const absl::StatusOr<v1::RunEvent>& event : *stream) {
    Require(event.status(), "training");
    if (events != nullptr) ++*events;
    if (event->has_finished()) last = event->finished().state();
  }
  Require(last == v1::RUN_STATE_SUCCEEDED ? absl::OkStatus() : absl::InternalError("no success"),
          "training");
  return stream->run().model();
}

}  // namespace fnn::bench
