#include "tests/server/requests.h"

namespace fnn::server {
namespace {

v1::CreateRunRequest SlowRun(int64_t rows, int64_t hidden, int64_t epochs) {
  constexpr int64_t kFeatures = 16;
  v1::CreateRunRequest request;
  *request.mutable_spec()->mutable_network() = XorNetwork(hidden);
  std::vector<float> x, t;
  for (int64_t i = 0; i < rows * kFeatures; ++i) x.push_back(static_cast<float>(i % 7) * 0.1F);
  for (int64_t i = 0; i < rows; ++i) t.push_back(static_cast<float>(i % 2));
  v1::InlineData& data = *request.mutable_spec()->mutable_data()->mutable_inline_();
  *data.mutable_features() = FloatTensor({rows, kFeatures}, x);
  *data.mutable_targets() = FloatTensor({rows}, t);
  request.mutable_spec()->mutable_options()->set_epochs(epochs);
  request.mutable_spec()->mutable_options()->set_batch_size(1);
  return request;
}

}  // namespace

v1::Tensor FloatTensor(std::vector<int64_t> shape, const std::vector<float>& values) {
  v1::Tensor tensor;
  tensor.mutable_shape()->Assign(shape.begin(), shape.end());
  tensor.set_data_type(v1::DATA_TYPE_FLOAT32);
  tensor.set_data(values.data(), values.size() * sizeof(float));
  return tensor;
}

v1::Network XorNetwork(int64_t hidden) {
  v1::Network network;
  v1::Dense& first = *network.add_layers()->mutable_dense();
  first.set_units(hidden);
  first.mutable_activation()->mutable_tanh();
  v1::Dense& last = *network.add_layers()->mutable_dense();
  last.set_units(1);
  last.mutable_activation()->mutable_logistic();
  network.add_outputs()->mutable_loss()->mutable_binary_cross_entropy();
  return network;
}

v1::InlineData XorData() {
  v1::InlineData data;
  *data.mutable_features() = FloatTensor({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
  *data.mutable_targets() = FloatTensor({4}, {0, 1, 1, 0});
  return data;
}

v1::CreateRunRequest QuickRun(int64_t epochs) {
  v1::CreateRunRequest request;
  *request.mutable_spec()->mutable_network() = XorNetwork();
  *request.mutable_spec()->mutable_data()->mutable_inline_() = XorData();
  request.mutable_spec()->mutable_options()->set_epochs(epochs);
  return request;
}

v1::CreateRunRequest EndlessRun() { return SlowRun(2000, 64, 100'000); }

v1::CreateRunRequest EndlessEpochRun() { return SlowRun(1'000, 32'768, 1'000); }

google::protobuf::Map<std::string, std::string> MakeLabels(
    const std::vector<std::pair<std::string, std::string>>& labels) {
  return {labels.begin(), labels.end()};
}

}  // namespace fnn::server
