// Requests that the server's tests start from.

#ifndef FNN_TESTS_SERVER_REQUESTS_H_
#define FNN_TESTS_SERVER_REQUESTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fnn/v1/training_service.pb.h"
#include "google/protobuf/map.h"

namespace fnn::server {

// A float32 tensor [rows, columns].
v1::Tensor FloatTensor(std::vector<int64_t> shape, const std::vector<float>& values);

// 2 > hidden:tanh > 1:logistic under binary cross-entropy; the input's width is not said.
v1::Network XorNetwork(int64_t hidden = 4);
v1::InlineData XorData();

// A few milliseconds: XOR from inline data, `epochs` epochs.
v1::CreateRunRequest QuickRun(int64_t epochs = 3);
// Minutes, unless it is cancelled: thousands of mini-batches an epoch, each microseconds.
v1::CreateRunRequest EndlessRun();
// An epoch alone takes seconds.
v1::CreateRunRequest EndlessEpochRun();

// Protobuf's maps take no braces.
google::protobuf::Map<std::string, std::string> MakeLabels(
    const std::vector<std::pair<std::string, std::string>>& labels);

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_REQUESTS_H_
