#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>

#include "client/src/grpc_streams.h"
#include "client/src/health.h"
#include "client/src/status_conversion.h"
#include "fnn/connection.h"
#include "fnn/v1/analysis_service.grpc.pb.h"
#include "fnn/v1/dataset_service.grpc.pb.h"
#include "fnn/v1/model_service.grpc.pb.h"
#include "fnn/v1/prediction_service.grpc.pb.h"
#include "fnn/v1/system_service.grpc.pb.h"
#include "fnn/v1/training_service.grpc.pb.h"

namespace fnn {
namespace {

using internal::FromGrpcStatus;

int Milliseconds(absl::Duration duration) {
  const int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1, most));
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const ConnectionOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(
      std::min<int64_t>(options.max_receive_message_bytes, std::numeric_limits<int>::max())));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_interval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  // gRPC stops asking after two pings without data; a watcher of a long epoch sends none.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // As quick as the streams that come back by themselves (BackoffOptions), not slower.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  if (!options.user_agent_prefix.empty()) {
    arguments.SetUserAgentPrefix(options.user_agent_prefix);
  }
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

class GrpcConnection final : public Connection {
 public:
  GrpcConnection(const std::string& target, const ConnectionOptions& options)
      : options_(options),
        channel_(MakeChannel(target, options)),
        models_(v1::ModelService::NewStub(channel_)),
        datasets_(v1::DatasetService::NewStub(channel_)),
        training_(v1::TrainingService::NewStub(channel_)),
        prediction_(v1::PredictionService::NewStub(channel_)),
        analysis_(v1::AnalysisService::NewStub(channel_)),
        system_(v1::SystemService::NewStub(channel_)) {}

  absl::StatusOr<v1::CreateModelResponse> CreateModel(
      const v1::CreateModelRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::CreateModel, request);
  }
  absl::StatusOr<v1::GetModelResponse> GetModel(const v1::GetModelRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::GetModel, request);
  }
  absl::StatusOr<v1::ListModelsResponse> ListModels(const v1::ListModelsRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::ListModels, request);
  }
  absl::StatusOr<v1::DeleteModelResponse> DeleteModel(
      const v1::DeleteModelRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::DeleteModel, request);
  }
  absl::StatusOr<v1::UpdateModelResponse> UpdateModel(
      const v1::UpdateModelRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::UpdateModel, request);
  }
  absl::StatusOr<v1::GetModelVersionResponse> GetModelVersion(
      const v1::GetModelVersionRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::GetModelVersion, request);
  }
  absl::StatusOr<v1::ListModelVersionsResponse> ListModelVersions(
      const v1::ListModelVersionsRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::ListModelVersions, request);
  }
  absl::StatusOr<v1::DeleteModelVersionResponse> DeleteModelVersion(
      const v1::DeleteModelVersionRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::DeleteModelVersion, request);
  }
  absl::StatusOr<v1::SetModelAliasResponse> SetModelAlias(
      const v1::SetModelAliasRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::SetModelAlias, request);
  }
  absl::StatusOr<v1::DeleteModelAliasResponse> DeleteModelAlias(
      const v1::DeleteModelAliasRequest& request) override {
    return Call(*models_, &v1::ModelService::Stub::DeleteModelAlias, request);
  }
  std::unique_ptr<ReadStream<v1::ExportModelResponse>> ExportModel(
      const v1::ExportModelRequest& request) override {
    return Read(*models_, &v1::ModelService::Stub::ExportModel, request);
  }
  std::unique_ptr<ImportStream> ImportModel() override {
    return Write<v1::ImportModelRequest>(*models_, &v1::ModelService::Stub::ImportModel);
  }
  std::unique_ptr<ReadStream<v1::GetParametersResponse>> GetParameters(
      const v1::GetParametersRequest& request) override {
    return Read(*models_, &v1::ModelService::Stub::GetParameters, request);
  }

  absl::StatusOr<v1::CreateUploadResponse> CreateUpload(
      const v1::CreateUploadRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::CreateUpload, request);
  }
  std::unique_ptr<UploadStream> UploadChunks() override {
    return Write<v1::UploadChunksRequest>(*datasets_, &v1::DatasetService::Stub::UploadChunks);
  }
  absl::StatusOr<v1::GetUploadResponse> GetUpload(const v1::GetUploadRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::GetUpload, request);
  }
  absl::StatusOr<v1::DeleteUploadResponse> DeleteUpload(
      const v1::DeleteUploadRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::DeleteUpload, request);
  }
  absl::StatusOr<v1::FinishUploadResponse> FinishUpload(
      const v1::FinishUploadRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::FinishUpload, request,
                options_.finish_upload_timeout);
  }
  absl::StatusOr<v1::GetDatasetResponse> GetDataset(const v1::GetDatasetRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::GetDataset, request);
  }
  absl::StatusOr<v1::ListDatasetsResponse> ListDatasets(
      const v1::ListDatasetsRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::ListDatasets, request);
  }
  absl::StatusOr<v1::DeleteDatasetResponse> DeleteDataset(
      const v1::DeleteDatasetRequest& request) override {
    return Call(*datasets_, &v1::DatasetService::Stub::DeleteDataset, request);
  }

  std::unique_ptr<ReadStream<v1::TrainResponse>> Train(const v1::TrainRequest& request) override {
    return Read(*training_, &v1::TrainingService::Stub::Train, request);
  }
  absl::StatusOr<v1::CreateRunResponse> CreateRun(const v1::CreateRunRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::CreateRun, request);
  }
  absl::StatusOr<v1::GetRunResponse> GetRun(const v1::GetRunRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::GetRun, request);
  }
  absl::StatusOr<v1::ListRunsResponse> ListRuns(const v1::ListRunsRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::ListRuns, request);
  }
  std::unique_ptr<ReadStream<v1::WatchRunResponse>> WatchRun(
      const v1::WatchRunRequest& request) override {
    return Read(*training_, &v1::TrainingService::Stub::WatchRun, request);
  }
  absl::StatusOr<v1::CancelRunResponse> CancelRun(const v1::CancelRunRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::CancelRun, request);
  }
  absl::StatusOr<v1::PauseRunResponse> PauseRun(const v1::PauseRunRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::PauseRun, request);
  }
  absl::StatusOr<v1::ResumeRunResponse> ResumeRun(const v1::ResumeRunRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::ResumeRun, request);
  }
  absl::StatusOr<v1::DeleteRunResponse> DeleteRun(const v1::DeleteRunRequest& request) override {
    return Call(*training_, &v1::TrainingService::Stub::DeleteRun, request);
  }

  absl::StatusOr<v1::PredictResponse> Predict(const v1::PredictRequest& request) override {
    return Call(*prediction_, &v1::PredictionService::Stub::Predict, request);
  }
  std::unique_ptr<ReadStream<v1::EvaluateResponse>> Evaluate(
      const v1::EvaluateRequest& request) override {
    return Read(*prediction_, &v1::PredictionService::Stub::Evaluate, request);
  }

  absl::StatusOr<v1::ListOperatorsResponse> ListOperators(
      const v1::ListOperatorsRequest& request) override {
    return Call(*analysis_, &v1::AnalysisService::Stub::ListOperators, request);
  }
  absl::StatusOr<v1::SampleOperatorResponse> SampleOperator(
      const v1::SampleOperatorRequest& request) override {
    return Call(*analysis_, &v1::AnalysisService::Stub::SampleOperator, request);
  }
  absl::StatusOr<v1::DifferentiateOperatorResponse> DifferentiateOperator(
      const v1::DifferentiateOperatorRequest& request) override {
    return Call(*analysis_, &v1::AnalysisService::Stub::DifferentiateOperator, request);
  }
  std::unique_ptr<ReadStream<v1::ComputeLossSurfaceResponse>> ComputeLossSurface(
      const v1::ComputeLossSurfaceRequest& request) override {
    return Read(*analysis_, &v1::AnalysisService::Stub::ComputeLossSurface, request);
  }
  std::unique_ptr<ReadStream<v1::VerifyGradientsResponse>> VerifyGradients(
      const v1::VerifyGradientsRequest& request) override {
    return Read(*analysis_, &v1::AnalysisService::Stub::VerifyGradients, request);
  }

  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo(
      const v1::GetServerInfoRequest& request) override {
    return Call(*system_, &v1::SystemService::Stub::GetServerInfo, request);
  }
  absl::StatusOr<HealthStatus> CheckHealth(const std::string& service) override {
    grpc::ClientContext context;
    SetDeadline(context, options_.call_timeout);
    return internal::CheckHealth(channel_, context, service);
  }

 private:
  static void SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
    if (timeout == absl::InfiniteDuration()) return;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
  }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    return Call(stub, method, request, options_.call_timeout);
  }
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, absl::Duration timeout) {
    grpc::ClientContext context;
    SetDeadline(context, timeout);
    Response response;
    absl::Status status = FromGrpcStatus((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  template <typename Stub, typename Request, typename Response>
  std::unique_ptr<ReadStream<Response>> Read(
      Stub& stub,
      std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&),
      const Request& request) {
    return std::make_unique<internal::GrpcReadStream<Response>>(
        [&](grpc::ClientContext* context) { return (stub.*method)(context, request); });
  }

  template <typename Request, typename Stub, typename Response>
  std::unique_ptr<WriteStream<Request, Response>> Write(
      Stub& stub, std::unique_ptr<grpc::ClientWriter<Request>> (Stub::*method)(grpc::ClientContext*,
                                                                               Response*)) {
    return std::make_unique<internal::GrpcWriteStream<Request, Response>>(
        [&](grpc::ClientContext* context, Response* response) {
          return (stub.*method)(context, response);
        });
  }

  const ConnectionOptions options_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ModelService::Stub> models_;
  const std::unique_ptr<v1::DatasetService::Stub> datasets_;
  const std::unique_ptr<v1::TrainingService::Stub> training_;
  const std::unique_ptr<v1::PredictionService::Stub> prediction_;
  const std::unique_ptr<v1::AnalysisService::Stub> analysis_;
  const std::unique_ptr<v1::SystemService::Stub> system_;
};

}  // namespace

std::shared_ptr<Connection> MakeConnection(const std::string& target,
                                           const ConnectionOptions& options) {
  return std::make_shared<GrpcConnection>(target, options);
}

}  // namespace fnn
