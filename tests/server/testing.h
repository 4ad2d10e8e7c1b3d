// What several tests of services do: uploading, training, asking for a run.

#ifndef FNN_TESTS_SERVER_TESTING_H_
#define FNN_TESTS_SERVER_TESTING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/server/requests.h"
#include "tests/server/test_server.h"

namespace fnn::server {

// Begins an upload; its name, or the error.
grpc::Status BeginUpload(const TestServer& server, const std::string& dataset_id,
                         std::string* upload, const v1::FileFormat& format = {});
// Sends `data` as one stream of one chunk.
grpc::Status SendChunk(const TestServer& server, const v1::UploadChunksRequest& chunk);
// Uploads `text` as `datasets/{dataset_id}` in chunks.
grpc::Status Upload(const TestServer& server, const std::string& dataset_id,
                    const std::string& text, const v1::FileFormat& format = {});

v1::Run GetRun(const TestServer& server, const std::string& name);
// All that WatchRun gives, to the end.
Streamed<v1::WatchRunResponse> Watch(const TestServer& server, const std::string& name,
                                     int64_t after_sequence = 0, bool follow = true);
// All that Train gives, to the end.
Streamed<v1::TrainResponse> Train(const TestServer& server, const v1::CreateRunRequest& create);
// The bytes of the events of a stream.
template <typename Response>
std::string EventBytes(const std::vector<Response>& messages) {
  std::string bytes;
  for (const Response& message : messages) {
    for (const v1::RunEvent& event : message.update().events()) bytes += event.SerializeAsString();
  }
  return bytes;
}

// Trains XOR as `models/{model_id}` from inline data and waits for its end.
void TrainXor(const TestServer& server, const std::string& model_id);

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_TESTING_H_
