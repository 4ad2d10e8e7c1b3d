#include "tests/e2e/soak/soak.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fnn::e2e {
namespace {

std::vector<std::string> Arguments(std::vector<std::string> extra) {
  extra.insert(extra.end(), {"--max-queued-runs", "10000"});
  return extra;
}

v1::Tensor Floats(std::vector<int64_t> shape, const std::vector<float>& values) {
  v1::Tensor tensor;
  tensor.set_data_type(v1::DATA_TYPE_FLOAT32);
  for (const int64_t size : shape) tensor.add_shape(size);
  tensor.set_data(std::string(reinterpret_cast<const char*>(values.data()), 4 * values.size()));
  return tensor;
}

}  // namespace

SoakServer::SoakServer(const std::vector<std::string>& extra) : process_(Arguments(extra)) {
  const std::shared_ptr<grpc::Channel> channel = NewChannel();
  training_ = v1::TrainingService::NewStub(channel);
  models_ = v1::ModelService::NewStub(channel);
  prediction_ = v1::PredictionService::NewStub(channel);
}

std::shared_ptr<grpc::Channel> SoakServer::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(process_.address(), grpc::InsecureChannelCredentials(),
                                   arguments);
}

int64_t SoakServer::resident_bytes() const {
  std::ifstream status(absl::StrCat("/proc/", process_.pid(), "/status"));
  for (std::string word; status >> word;) {
    if (word != "VmRSS:") continue;
    int64_t kilobytes = 0;
    status >> kilobytes;
    return kilobytes * 1024;
  }
  Require(false, "reading the server's memory");
  return 0;
}

void Require(bool condition, const std::string& what) {
  if (condition) return;
  std::cerr << "FAILED: " << what << "\n";
  std::_Exit(EXIT_FAILURE);
}

void Require(const grpc::Status& status, const std::string& what) {
  Require(status.ok(), absl::StrCat(what, ": ", status.error_message()));
}

v1::CreateRunRequest SmallRun(int64_t rows, int64_t epochs) {
  v1::CreateRunRequest request;
  v1::RunSpec& spec = *request.mutable_spec();
  v1::Network& network = *spec.mutable_network();
  network.add_inputs()->add_shape(8);
  network.add_layers()->mutable_dense()->set_units(32);
  network.mutable_layers(0)->mutable_dense()->mutable_activation()->mutable_tanh();
  network.add_layers()->mutable_dense()->set_units(1);
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  std::mt19937 dice(7);
  std::vector<float> features(8 * rows);
  for (float& value : features) value = static_cast<float>(dice() % 1000) / 1000;
  std::vector<float> targets(rows);
  for (float& value : targets) value = static_cast<float>(dice() % 1000) / 1000;
  *spec.mutable_data()->mutable_inline_()->mutable_features() = Floats({rows, 8}, features);
  *spec.mutable_data()->mutable_inline_()->mutable_targets() = Floats({rows}, targets);
  spec.mutable_options()->set_epochs(epochs);
  spec.mutable_options()->set_batch_size(16);
  return request;
}

v1::Run Create(const SoakServer& server, const v1::CreateRunRequest& request) {
  grpc::ClientContext context;
  v1::CreateRunResponse response;
  Require(server.training().CreateRun(&context, request, &response), "CreateRun");
  return response.run();
}

v1::RunState WatchToEnd(const SoakServer& server, const std::string& run) {
  grpc::ClientContext context;
  v1::WatchRunRequest request;
  request.set_name(run);
  auto stream = server.training().WatchRun(&context, request);
  v1::WatchRunResponse response;
  v1::RunState last = v1::RUN_STATE_UNSPECIFIED;
  while (stream->Read(&response)) {
    for (const v1::RunEvent& event : response.update().events()) {
      if (event.has_finished()) last = event.finished().state();
    }
  }
  Require(stream->Finish(), "WatchRun");
  return last;
}

double Percentile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  const auto at = static_cast<size_t>(p * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

}  // namespace fnn::e2e
