// A Connection of which a test says how each call answers, and streams that follow a script.

#ifndef FNN_TESTS_CLIENT_MOCK_CONNECTION_H_
#define FNN_TESTS_CLIENT_MOCK_CONNECTION_H_

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "fnn/connection.h"

namespace fnn {

// What is made of it is compiled once, in mock_connection.cc: it takes long.
class MockConnection : public Connection {
 public:
  // A call that no expectation is of fails the test, or is answered by default.
  static std::shared_ptr<MockConnection> Strict();
  static std::shared_ptr<MockConnection> Nice();
  MockConnection();
  ~MockConnection() override;

  MOCK_METHOD(absl::StatusOr<v1::CreateModelResponse>, CreateModel, (const v1::CreateModelRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::GetModelResponse>, GetModel, (const v1::GetModelRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListModelsResponse>, ListModels, (const v1::ListModelsRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteModelResponse>, DeleteModel, (const v1::DeleteModelRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::UpdateModelResponse>, UpdateModel, (const v1::UpdateModelRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::GetModelVersionResponse>, GetModelVersion,
              (const v1::GetModelVersionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListModelVersionsResponse>, ListModelVersions,
              (const v1::ListModelVersionsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteModelVersionResponse>, DeleteModelVersion,
              (const v1::DeleteModelVersionRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SetModelAliasResponse>, SetModelAlias,
              (const v1::SetModelAliasRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteModelAliasResponse>, DeleteModelAlias,
              (const v1::DeleteModelAliasRequest&), (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::ExportModelResponse>>, ExportModel,
              (const v1::ExportModelRequest&), (override));
  MOCK_METHOD(std::unique_ptr<ImportStream>, ImportModel, (), (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::GetParametersResponse>>, GetParameters,
              (const v1::GetParametersRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateUploadResponse>, CreateUpload,
              (const v1::CreateUploadRequest&), (override));
  MOCK_METHOD(std::unique_ptr<UploadStream>, UploadChunks, (), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetUploadResponse>, GetUpload, (const v1::GetUploadRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteUploadResponse>, DeleteUpload,
              (const v1::DeleteUploadRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::FinishUploadResponse>, FinishUpload,
              (const v1::FinishUploadRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetDatasetResponse>, GetDataset, (const v1::GetDatasetRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListDatasetsResponse>, ListDatasets,
              (const v1::ListDatasetsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteDatasetResponse>, DeleteDataset,
              (const v1::DeleteDatasetRequest&), (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::TrainResponse>>, Train, (const v1::TrainRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::CreateRunResponse>, CreateRun, (const v1::CreateRunRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::GetRunResponse>, GetRun, (const v1::GetRunRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListRunsResponse>, ListRuns, (const v1::ListRunsRequest&),
              (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::WatchRunResponse>>, WatchRun,
              (const v1::WatchRunRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::CancelRunResponse>, CancelRun, (const v1::CancelRunRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::PauseRunResponse>, PauseRun, (const v1::PauseRunRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ResumeRunResponse>, ResumeRun, (const v1::ResumeRunRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::DeleteRunResponse>, DeleteRun, (const v1::DeleteRunRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::PredictResponse>, Predict, (const v1::PredictRequest&),
              (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::EvaluateResponse>>, Evaluate,
              (const v1::EvaluateRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListOperatorsResponse>, ListOperators,
              (const v1::ListOperatorsRequest&), (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::ComputeLossSurfaceResponse>>, ComputeLossSurface,
              (const v1::ComputeLossSurfaceRequest&), (override));
  MOCK_METHOD(std::unique_ptr<ReadStream<v1::VerifyGradientsResponse>>, VerifyGradients,
              (const v1::VerifyGradientsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::SampleOperatorResponse>, SampleOperator,
              (const v1::SampleOperatorRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::DifferentiateOperatorResponse>, DifferentiateOperator,
              (const v1::DifferentiateOperatorRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetServerInfoResponse>, GetServerInfo,
              (const v1::GetServerInfoRequest&), (override));
  MOCK_METHOD(absl::StatusOr<HealthStatus>, CheckHealth, (const std::string&), (override));
};

// Gives its messages, then ends with a status.
template <typename T>
class ScriptedStream final : public ReadStream<T> {
 public:
  explicit ScriptedStream(std::vector<T> messages, absl::Status end = absl::OkStatus())
      : messages_(std::move(messages)), end_(std::move(end)) {}

  bool Read(T* message) override {
    if (next_ == messages_.size()) return false;
    *message = messages_[next_++];
    return true;
  }
  absl::Status Finish() override { return end_; }
  void Cancel() override {}

 private:
  const std::vector<T> messages_;
  const absl::Status end_;
  size_t next_ = 0;
};

template <typename T>
std::unique_ptr<ReadStream<T>> Script(std::vector<T> messages,
                                      absl::Status end = absl::OkStatus()) {
  return std::make_unique<ScriptedStream<T>>(std::move(messages), std::move(end));
}

// Waits in Read until it is cancelled.
template <typename T>
class BlockingStream final : public ReadStream<T> {
 public:
  // `reading` is notified when Read begins to wait.
  explicit BlockingStream(absl::Notification* reading) : reading_(reading) {}

  bool Read(T*) override {
    reading_->Notify();
    cancelled_.WaitForNotification();
    return false;
  }
  absl::Status Finish() override { return absl::CancelledError("cancelled"); }
  void Cancel() override { cancelled_.Notify(); }

 private:
  absl::Notification* const reading_;
  absl::Notification cancelled_;
};

// Keeps what is written, up to a number of messages, and answers with a status or `response`.
template <typename Request, typename Response>
class RecordingStream final : public WriteStream<Request, Response> {
 public:
  RecordingStream(std::vector<Request>* messages, absl::Status end, size_t most = SIZE_MAX,
                  Response response = Response())
      : messages_(messages), end_(std::move(end)), most_(most), response_(std::move(response)) {}

  bool Write(const Request& message) override {
    if (written_ == most_) return false;
    messages_->push_back(message);
    ++written_;
    return true;
  }
  absl::StatusOr<Response> Finish() override {
    if (!end_.ok()) return end_;
    return response_;
  }

 private:
  std::vector<Request>* const messages_;
  const absl::Status end_;
  const size_t most_;
  const Response response_;
  size_t written_ = 0;
};
using RecordingUpload = RecordingStream<v1::UploadChunksRequest, v1::UploadChunksResponse>;
using RecordingImport = RecordingStream<v1::ImportModelRequest, v1::ImportModelResponse>;

// A message from text format; the test fails if it is none.
template <typename T>
T Text(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

}  // namespace fnn

#endif  // FNN_TESTS_CLIENT_MOCK_CONNECTION_H_
