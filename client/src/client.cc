#include "fnn/client.h"

#include <memory>
#include <optional>
#include <utility>

#include "client/src/backoff.h"
#include "client/src/outage.h"
#include "client/src/page_source.h"
#include "client/src/request_id.h"

namespace fnn {
namespace {

// The part of a response that the caller asked for.
template <typename Response, typename Part>
absl::StatusOr<Part> Unwrap(absl::StatusOr<Response> response, Part* (Response::*part)()) {
  if (!response.ok()) return response.status();
  return std::move(*((*response).*part)());
}

template <typename Request>
Request Named(std::string_view name) {
  Request request;
  request.set_name(std::string(name));
  return request;
}

// Every item that a List method gives for `request`, page after page.
template <typename T, typename Request, typename Response>
StreamRange<T> Pages(std::shared_ptr<Connection> connection, Request request,
                     absl::StatusOr<Response> (Connection::*list)(const Request&),
                     google::protobuf::RepeatedPtrField<T>* (*items)(Response& page)) {
  return StreamRange<T>(std::make_unique<internal::PageSource<T, Response>>(
      [=, connection = std::move(connection),
       request = std::move(request)](const std::string& token) mutable {
        if (!token.empty()) request.set_page_token(token);
        return (connection.get()->*list)(request);
      },
      items));
}

}  // namespace

// ---- Models -------------------------------------------------------------------------------------

absl::StatusOr<v1::CreateModelResponse> Client::CreateModel(v1::CreateModelRequest request) const {
  internal::SetRequestId(request);
  internal::SystemWaiter waiter;
  internal::Outage outage(options_, waiter);
  return internal::CallThrough(outage, [&] { return connection_->CreateModel(request); });
}

absl::StatusOr<v1::Model> Client::GetModel(std::string_view name) const {
  return Unwrap(connection_->GetModel(Named<v1::GetModelRequest>(name)),
                &v1::GetModelResponse::mutable_model);
}

StreamRange<v1::Model> Client::ListModels(v1::ListModelsRequest request) const {
  return Pages<v1::Model, v1::ListModelsRequest, v1::ListModelsResponse>(
      connection_, std::move(request), &Connection::ListModels,
      [](v1::ListModelsResponse& page) { return page.mutable_models(); });
}

absl::StatusOr<v1::Model> Client::UpdateModel(const v1::UpdateModelRequest& request) const {
  return Unwrap(connection_->UpdateModel(request), &v1::UpdateModelResponse::mutable_model);
}

absl::StatusOr<v1::DeleteModelResponse> Client::DeleteModel(std::string_view name) const {
  return connection_->DeleteModel(Named<v1::DeleteModelRequest>(name));
}

absl::StatusOr<v1::ModelVersion> Client::GetModelVersion(std::string_view name) const {
  return Unwrap(connection_->GetModelVersion(Named<v1::GetModelVersionRequest>(name)),
                &v1::GetModelVersionResponse::mutable_model_version);
}

StreamRange<v1::ModelVersion> Client::ListModelVersions(
    v1::ListModelVersionsRequest request) const {
  return Pages<v1::ModelVersion, v1::ListModelVersionsRequest, v1::ListModelVersionsResponse>(
      connection_, std::move(request), &Connection::ListModelVersions,
      [](v1::ListModelVersionsResponse& page) { return page.mutable_model_versions(); });
}

absl::Status Client::DeleteModelVersion(std::string_view name) const {
  return connection_->DeleteModelVersion(Named<v1::DeleteModelVersionRequest>(name)).status();
}

absl::StatusOr<v1::Model> Client::SetModelAlias(std::string_view name, int64_t version) const {
  auto request = Named<v1::SetModelAliasRequest>(name);
  request.set_version(version);
  return Unwrap(connection_->SetModelAlias(request), &v1::SetModelAliasResponse::mutable_model);
}

absl::StatusOr<v1::Model> Client::DeleteModelAlias(std::string_view name) const {
  return Unwrap(connection_->DeleteModelAlias(Named<v1::DeleteModelAliasRequest>(name)),
                &v1::DeleteModelAliasResponse::mutable_model);
}

// ---- Datasets -----------------------------------------------------------------------------------

absl::StatusOr<v1::Dataset> Client::GetDataset(std::string_view name) const {
  return Unwrap(connection_->GetDataset(Named<v1::GetDatasetRequest>(name)),
                &v1::GetDatasetResponse::mutable_dataset);
}

StreamRange<v1::Dataset> Client::ListDatasets(v1::ListDatasetsRequest request) const {
  return Pages<v1::Dataset, v1::ListDatasetsRequest, v1::ListDatasetsResponse>(
      connection_, std::move(request), &Connection::ListDatasets,
      [](v1::ListDatasetsResponse& page) { return page.mutable_datasets(); });
}

absl::Status Client::DeleteDataset(std::string_view name) const {
  return connection_->DeleteDataset(Named<v1::DeleteDatasetRequest>(name)).status();
}

// ---- Runs ---------------------------------------------------------------------------------------

absl::StatusOr<v1::Run> Client::GetRun(std::string_view name) const {
  return Unwrap(connection_->GetRun(Named<v1::GetRunRequest>(name)),
                &v1::GetRunResponse::mutable_run);
}

StreamRange<v1::Run> Client::ListRuns(v1::ListRunsRequest request) const {
  return Pages<v1::Run, v1::ListRunsRequest, v1::ListRunsResponse>(
      connection_, std::move(request), &Connection::ListRuns,
      [](v1::ListRunsResponse& page) { return page.mutable_runs(); });
}

absl::StatusOr<v1::Run> Client::CancelRun(std::string_view name) const {
  return Unwrap(connection_->CancelRun(Named<v1::CancelRunRequest>(name)),
                &v1::CancelRunResponse::mutable_run);
}

absl::StatusOr<v1::Run> Client::PauseRun(std::string_view name) const {
  return Unwrap(connection_->PauseRun(Named<v1::PauseRunRequest>(name)),
                &v1::PauseRunResponse::mutable_run);
}

absl::StatusOr<v1::Run> Client::ResumeRun(std::string_view name) const {
  return Unwrap(connection_->ResumeRun(Named<v1::ResumeRunRequest>(name)),
                &v1::ResumeRunResponse::mutable_run);
}

absl::Status Client::DeleteRun(std::string_view name) const {
  return connection_->DeleteRun(Named<v1::DeleteRunRequest>(name)).status();
}

// ---- Prediction ---------------------------------------------------------------------------------

absl::StatusOr<v1::PredictResponse> Client::Predict(const v1::PredictRequest& request) const {
  return connection_->Predict(request);
}

absl::StatusOr<v1::Evaluation> Client::Evaluate(
    const v1::EvaluateRequest& request,
    const std::function<void(const v1::EvaluateProgress&)>& on_progress) const {
  const auto stream = connection_->Evaluate(request);
  std::optional<v1::Evaluation> evaluation;
  for (v1::EvaluateResponse response; stream->Read(&response);) {
    if (response.has_progress() && on_progress) on_progress(response.progress());
    if (response.has_evaluation()) evaluation = std::move(*response.mutable_evaluation());
  }
  if (absl::Status status = stream->Finish(); !status.ok()) return status;
  if (!evaluation.has_value()) return absl::InternalError("the server ended without a result");
  return *std::move(evaluation);
}

// ---- Operators ----------------------------------------------------------------------------------

absl::StatusOr<v1::ListOperatorsResponse> Client::ListOperators(v1::OperatorKind kind) const {
  v1::ListOperatorsRequest request;
  request.set_kind(kind);
  return connection_->ListOperators(request);
}

absl::StatusOr<v1::SampleOperatorResponse> Client::SampleOperator(
    const v1::SampleOperatorRequest& request) const {
  return connection_->SampleOperator(request);
}

absl::StatusOr<v1::DifferentiateOperatorResponse> Client::DifferentiateOperator(
    const v1::Activation& activation) const {
  v1::DifferentiateOperatorRequest request;
  *request.mutable_activation() = activation;
  return connection_->DifferentiateOperator(request);
}

// ---- Inside networks ----------------------------------------------------------------------------

absl::StatusOr<v1::GradientVerdict> Client::VerifyGradients(
    const v1::VerifyGradientsRequest& request,
    const std::function<void(const v1::GradientProgress&)>& on_progress,
    const std::function<void(const v1::LayerGradients&)>& on_layer) const {
  const auto stream = connection_->VerifyGradients(request);
  std::optional<v1::GradientVerdict> verdict;
  for (v1::VerifyGradientsResponse response; stream->Read(&response);) {
    if (response.has_progress() && on_progress) on_progress(response.progress());
    if (response.has_layer() && on_layer) on_layer(response.layer());
    if (response.has_verdict()) verdict = std::move(*response.mutable_verdict());
  }
  if (absl::Status status = stream->Finish(); !status.ok()) return status;
  if (!verdict.has_value()) return absl::InternalError("the server ended without a verdict");
  return *std::move(verdict);
}

absl::Status Client::ComputeLossSurface(
    const v1::ComputeLossSurfaceRequest& request,
    const std::function<void(const v1::SurfaceFrame&)>& on_frame,
    const std::function<void(const v1::SurfaceRow&)>& on_row,
    const std::function<void(const v1::SurfaceProgress&)>& on_progress) const {
  const auto stream = connection_->ComputeLossSurface(request);
  int64_t rows = 0;
  int64_t received = 0;
  for (v1::ComputeLossSurfaceResponse response; stream->Read(&response);) {
    if (response.has_progress() && on_progress) on_progress(response.progress());
    if (response.has_frame()) {
      rows = response.frame().y_size();
      on_frame(response.frame());
    }
    if (response.has_row()) {
      ++received;
      on_row(response.row());
    }
  }
  if (absl::Status status = stream->Finish(); !status.ok()) return status;
  if (rows == 0 || received != rows) {
    return absl::InternalError("the server ended before the last row");
  }
  return absl::OkStatus();
}

// ---- The server ---------------------------------------------------------------------------------

absl::StatusOr<v1::GetServerInfoResponse> Client::GetServerInfo() const {
  return connection_->GetServerInfo({});
}

absl::StatusOr<HealthStatus> Client::CheckHealth(std::string_view service) const {
  return connection_->CheckHealth(std::string(service));
}

}  // namespace fnn
