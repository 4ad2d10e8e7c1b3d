#include "fnn/client.h"

#include <optional>

#include "client/src/page_source.h"

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

template <typename Request>
Request PageRequest(int64_t page_size, const std::string& page_token) {
  Request request;
  if (page_size != 0) request.set_page_size(page_size);
  request.set_page_token(page_token);
  return request;
}

}  // namespace

// ---- Models -------------------------------------------------------------------------------------

absl::StatusOr<v1::CreateModelResponse> Client::CreateModel(
    const v1::CreateModelRequest& request) const {
  return connection_->CreateModel(request);
}

absl::StatusOr<v1::Model> Client::GetModel(std::string_view name) const {
  return Unwrap(connection_->GetModel(Named<v1::GetModelRequest>(name)),
                &v1::GetModelResponse::mutable_model);
}

StreamRange<v1::Model> Client::ListModels(int64_t page_size) const {
  using Source = internal::PageSource<v1::Model, v1::ListModelsResponse>;
  return StreamRange<v1::Model>(std::make_unique<Source>(
      [connection = connection_, page_size](const std::string& token) {
        return connection->ListModels(PageRequest<v1::ListModelsRequest>(page_size, token));
      },
      [](v1::ListModelsResponse& page) { return page.mutable_models(); }));
}

absl::Status Client::DeleteModel(std::string_view name) const {
  return connection_->DeleteModel(Named<v1::DeleteModelRequest>(name)).status();
}

// ---- Datasets -----------------------------------------------------------------------------------

absl::StatusOr<v1::Dataset> Client::GetDataset(std::string_view name) const {
  return Unwrap(connection_->GetDataset(Named<v1::GetDatasetRequest>(name)),
                &v1::GetDatasetResponse::mutable_dataset);
}

StreamRange<v1::Dataset> Client::ListDatasets(int64_t page_size) const {
  using Source = internal::PageSource<v1::Dataset, v1::ListDatasetsResponse>;
  return StreamRange<v1::Dataset>(std::make_unique<Source>(
      [connection = connection_, page_size](const std::string& token) {
        return connection->ListDatasets(PageRequest<v1::ListDatasetsRequest>(page_size, token));
      },
      [](v1::ListDatasetsResponse& page) { return page.mutable_datasets(); }));
}

absl::Status Client::DeleteDataset(std::string_view name) const {
  return connection_->DeleteDataset(Named<v1::DeleteDatasetRequest>(name)).status();
}

// ---- Runs ---------------------------------------------------------------------------------------

absl::StatusOr<v1::Run> Client::CreateRun(const v1::CreateRunRequest& request) const {
  return Unwrap(connection_->CreateRun(request), &v1::CreateRunResponse::mutable_run);
}

absl::StatusOr<v1::Run> Client::GetRun(std::string_view name) const {
  return Unwrap(connection_->GetRun(Named<v1::GetRunRequest>(name)),
                &v1::GetRunResponse::mutable_run);
}

StreamRange<v1::Run> Client::ListRuns(int64_t page_size) const {
  using Source = internal::PageSource<v1::Run, v1::ListRunsResponse>;
  return StreamRange<v1::Run>(std::make_unique<Source>(
      [connection = connection_, page_size](const std::string& token) {
        return connection->ListRuns(PageRequest<v1::ListRunsRequest>(page_size, token));
      },
      [](v1::ListRunsResponse& page) { return page.mutable_runs(); }));
}

absl::StatusOr<v1::Run> Client::CancelRun(std::string_view name) const {
  return Unwrap(connection_->CancelRun(Named<v1::CancelRunRequest>(name)),
                &v1::CancelRunResponse::mutable_run);
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

// ---- The server ---------------------------------------------------------------------------------

absl::StatusOr<v1::GetServerInfoResponse> Client::GetServerInfo() const {
  return connection_->GetServerInfo({});
}

absl::StatusOr<HealthStatus> Client::CheckHealth(std::string_view service) const {
  return connection_->CheckHealth(std::string(service));
}

}  // namespace fnn
