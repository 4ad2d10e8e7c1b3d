// The calls of the service, one method each, with nothing added: what fnn::Client is built on.
// MakeConnection gives the one that speaks gRPC; a test gives one of its own, for example
//
//   class MockConnection : public fnn::Connection {
//    public:
//     MOCK_METHOD(absl::StatusOr<fnn::v1::GetModelResponse>, GetModel,
//                 (const fnn::v1::GetModelRequest&), (override));
//     ...
//   };
//   auto mock = std::make_shared<MockConnection>();
//   EXPECT_CALL(*mock, GetModel).WillOnce(...);
//   fnn::Client client(mock);
//
// Every error is the server's status with its details as payloads, see error_details.h; what gRPC
// itself finds (no server there, deadline passed) comes as UNAVAILABLE, DEADLINE_EXCEEDED, ....

#ifndef FNN_CONNECTION_H_
#define FNN_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/connection_options.h"
#include "fnn/v1/analysis_service.pb.h"
#include "fnn/v1/dataset_service.pb.h"
#include "fnn/v1/model_service.pb.h"
#include "fnn/v1/prediction_service.pb.h"
#include "fnn/v1/system_service.pb.h"
#include "fnn/v1/training_service.pb.h"

namespace fnn {

// Messages that a server sends one after the other. One thread reads; destroying the stream before
// its end cancels the call and waits until it is over.
template <typename T>
class ReadStream {
 public:
  virtual ~ReadStream() = default;

  // Waits for the next message. False at the end, for which Finish gives the reason.
  virtual bool Read(T* message) = 0;

  // How the call ended. Called once, after Read gave false.
  virtual absl::Status Finish() = 0;

  // Ends the call soon; Read then gives false and Finish CANCELLED. Any thread, at any time.
  virtual void Cancel() = 0;
};

// A call under way to which a client sends messages, and which answers once. One thread writes;
// destroying the stream before Finish cancels the call and waits until it is over.
template <typename Request, typename Response>
class WriteStream {
 public:
  virtual ~WriteStream() = default;

  // Sends a message, waiting while the line is full. False when the call is over already, for which
  // Finish gives the reason.
  virtual bool Write(const Request& message) = 0;

  // Says that no more comes and waits for the answer. Called once.
  virtual absl::StatusOr<Response> Finish() = 0;
};
using UploadStream = WriteStream<v1::UploadChunksRequest, v1::UploadChunksResponse>;
using ImportStream = WriteStream<v1::ImportModelRequest, v1::ImportModelResponse>;

// What the standard health service tells of a server.
enum class HealthStatus {
  // The server does not know yet.
  kUnknown,
  // It takes requests.
  kServing,
  // It takes none now: it is starting or draining.
  kNotServing,
};

// A server, as far as a client sees it. Implementations may be called from any number of threads
// at once.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual absl::StatusOr<v1::CreateModelResponse> CreateModel(
      const v1::CreateModelRequest& request) = 0;
  virtual absl::StatusOr<v1::GetModelResponse> GetModel(const v1::GetModelRequest& request) = 0;
  virtual absl::StatusOr<v1::ListModelsResponse> ListModels(
      const v1::ListModelsRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteModelResponse> DeleteModel(
      const v1::DeleteModelRequest& request) = 0;
  virtual absl::StatusOr<v1::UpdateModelResponse> UpdateModel(
      const v1::UpdateModelRequest& request) = 0;
  virtual absl::StatusOr<v1::GetModelVersionResponse> GetModelVersion(
      const v1::GetModelVersionRequest& request) = 0;
  virtual absl::StatusOr<v1::ListModelVersionsResponse> ListModelVersions(
      const v1::ListModelVersionsRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteModelVersionResponse> DeleteModelVersion(
      const v1::DeleteModelVersionRequest& request) = 0;
  virtual absl::StatusOr<v1::SetModelAliasResponse> SetModelAlias(
      const v1::SetModelAliasRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteModelAliasResponse> DeleteModelAlias(
      const v1::DeleteModelAliasRequest& request) = 0;
  virtual std::unique_ptr<ReadStream<v1::ExportModelResponse>> ExportModel(
      const v1::ExportModelRequest& request) = 0;
  virtual std::unique_ptr<ImportStream> ImportModel() = 0;
  virtual std::unique_ptr<ReadStream<v1::GetParametersResponse>> GetParameters(
      const v1::GetParametersRequest& request) = 0;

  virtual absl::StatusOr<v1::CreateUploadResponse> CreateUpload(
      const v1::CreateUploadRequest& request) = 0;
  virtual std::unique_ptr<UploadStream> UploadChunks() = 0;
  virtual absl::StatusOr<v1::GetUploadResponse> GetUpload(const v1::GetUploadRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteUploadResponse> DeleteUpload(
      const v1::DeleteUploadRequest& request) = 0;
  virtual absl::StatusOr<v1::FinishUploadResponse> FinishUpload(
      const v1::FinishUploadRequest& request) = 0;
  virtual absl::StatusOr<v1::GetDatasetResponse> GetDataset(
      const v1::GetDatasetRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDatasetsResponse> ListDatasets(
      const v1::ListDatasetsRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteDatasetResponse> DeleteDataset(
      const v1::DeleteDatasetRequest& request) = 0;

  virtual std::unique_ptr<ReadStream<v1::TrainResponse>> Train(const v1::TrainRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateRunResponse> CreateRun(const v1::CreateRunRequest& request) = 0;
  virtual absl::StatusOr<v1::GetRunResponse> GetRun(const v1::GetRunRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRunsResponse> ListRuns(const v1::ListRunsRequest& request) = 0;
  virtual std::unique_ptr<ReadStream<v1::WatchRunResponse>> WatchRun(
      const v1::WatchRunRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelRunResponse> CancelRun(const v1::CancelRunRequest& request) = 0;
  virtual absl::StatusOr<v1::PauseRunResponse> PauseRun(const v1::PauseRunRequest& request) = 0;
  virtual absl::StatusOr<v1::ResumeRunResponse> ResumeRun(const v1::ResumeRunRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteRunResponse> DeleteRun(const v1::DeleteRunRequest& request) = 0;

  virtual absl::StatusOr<v1::PredictResponse> Predict(const v1::PredictRequest& request) = 0;
  virtual std::unique_ptr<ReadStream<v1::EvaluateResponse>> Evaluate(
      const v1::EvaluateRequest& request) = 0;

  virtual absl::StatusOr<v1::ListOperatorsResponse> ListOperators(
      const v1::ListOperatorsRequest& request) = 0;
  virtual absl::StatusOr<v1::SampleOperatorResponse> SampleOperator(
      const v1::SampleOperatorRequest& request) = 0;
  virtual absl::StatusOr<v1::DifferentiateOperatorResponse> DifferentiateOperator(
      const v1::DifferentiateOperatorRequest& request) = 0;
  virtual std::unique_ptr<ReadStream<v1::ComputeLossSurfaceResponse>> ComputeLossSurface(
      const v1::ComputeLossSurfaceRequest& request) = 0;
  virtual std::unique_ptr<ReadStream<v1::VerifyGradientsResponse>> VerifyGradients(
      const v1::VerifyGradientsRequest& request) = 0;

  virtual absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo(
      const v1::GetServerInfoRequest& request) = 0;

  // Asks `grpc.health.v1` for one service, or with an empty name for the whole server. NOT_FOUND
  // for a service that the server does not know.
  virtual absl::StatusOr<HealthStatus> CheckHealth(const std::string& service) = 0;
};

// A connection over gRPC, without encryption, to `target`: `host:port`, or any other gRPC name such
// as `unix:/run/fnn.sock`. It connects with the first call, and again by itself when the line
// broke; so a wrong address shows as UNAVAILABLE from the first call.
std::shared_ptr<Connection> MakeConnection(const std::string& target,
                                           const ConnectionOptions& options = {});

}  // namespace fnn

#endif  // FNN_CONNECTION_H_
