#include "tests/server/testing.h"

#include "tests/status_matchers.h"

namespace fnn::server {

using fnn::testing::IsOk;

grpc::Status BeginUpload(const TestServer& server, const std::string& dataset_id,
                         std::string* upload, const v1::FileFormat& format) {
  v1::CreateUploadRequest request;
  *request.mutable_format() = format;
  request.set_dataset_id(dataset_id);
  v1::CreateUploadResponse response;
  grpc::Status status = server.Call(&v1::DatasetService::Stub::CreateUpload, request, &response);
  *upload = response.upload().name();
  return status;
}

grpc::Status SendChunk(const TestServer& server, const v1::UploadChunksRequest& chunk) {
  const auto stub = server.stub<v1::DatasetService>();
  grpc::ClientContext context;
  v1::UploadChunksResponse response;
  const auto writer = stub->UploadChunks(&context, &response);
  writer->Write(chunk);
  writer->WritesDone();
  return writer->Finish();
}

grpc::Status Upload(const TestServer& server, const std::string& dataset_id,
                    const std::string& text, const v1::FileFormat& format) {
  std::string name;
  if (grpc::Status status = BeginUpload(server, dataset_id, &name, format); !status.ok()) {
    return status;
  }
  {
    const auto stub = server.stub<v1::DatasetService>();
    grpc::ClientContext context;
    v1::UploadChunksResponse response;
    const auto writer = stub->UploadChunks(&context, &response);
    constexpr size_t kChunk = 1000;
    v1::UploadChunksRequest chunk;
    chunk.set_upload(name);
    for (size_t at = 0; at < text.size(); at += kChunk) {
      chunk.set_offset(static_cast<int64_t>(at));
      chunk.set_data(text.substr(at, kChunk));
      if (!writer->Write(chunk)) break;
      chunk.clear_upload();
    }
    writer->WritesDone();
    if (grpc::Status status = writer->Finish(); !status.ok() && !text.empty()) return status;
  }
  v1::FinishUploadRequest request;
  request.set_upload(name);
  request.set_total_bytes(static_cast<int64_t>(text.size()));
  v1::FinishUploadResponse response;
  return server.Call(&v1::DatasetService::Stub::FinishUpload, request, &response);
}

v1::Run GetRun(const TestServer& server, const std::string& name) {
  v1::GetRunRequest request;
  request.set_name(name);
  v1::GetRunResponse response;
  EXPECT_THAT(server.Call(&v1::TrainingService::Stub::GetRun, request, &response), IsOk());
  return response.run();
}

Streamed<v1::WatchRunResponse> Watch(const TestServer& server, const std::string& name,
                                     int64_t after_sequence, bool follow) {
  const auto stub = server.stub<v1::TrainingService>();
  grpc::ClientContext context;
  v1::WatchRunRequest request;
  request.set_name(name);
  request.set_after_sequence(after_sequence);
  request.set_follow(follow);
  return ReadAll(*stub->WatchRun(&context, request));
}

Streamed<v1::TrainResponse> Train(const TestServer& server, const v1::CreateRunRequest& create) {
  const auto stub = server.stub<v1::TrainingService>();
  grpc::ClientContext context;
  v1::TrainRequest request;
  *request.mutable_create() = create;
  return ReadAll(*stub->Train(&context, request));
}

void TrainXor(const TestServer& server, const std::string& model_id) {
  v1::CreateRunRequest request = QuickRun();
  request.set_model_id(model_id);
  const Streamed<v1::TrainResponse> trained = Train(server, request);
  ASSERT_THAT(trained.status, IsOk());
  ASSERT_FALSE(trained.messages.empty());
  EXPECT_EQ(GetRun(server, trained.messages[0].run().name()).state(), v1::RUN_STATE_SUCCEEDED);
}

}  // namespace fnn::server
