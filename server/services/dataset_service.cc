#include "server/services/dataset_service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/data/table_file.h"
#include "server/base/errors.h"
#include "server/edge/status.h"
#include "server/edge/unary.h"
#include "server/services/upload_reactor.h"
#include "server/store/labels.h"

namespace fnn::server {

using core::FieldPath;

namespace {

absl::Status Validate(const v1::CreateUploadRequest& request) {
  if (!request.dataset_id().empty()) {
    const absl::Status status = ValidateId(request.dataset_id(), FieldPath("dataset_id"));
    if (!status.ok()) return status;
  }
  const absl::Status status = core::ValidateFileFormat(request.format(), FieldPath("format"));
  if (!status.ok()) return status;
  return ValidateDescribed(request.description(), request.labels(), FieldPath());
}

}  // namespace

grpc::ServerUnaryReactor* DatasetService::CreateUpload(grpc::CallbackServerContext* context,
                                                       const v1::CreateUploadRequest* request,
                                                       v1::CreateUploadResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    absl::StatusOr<v1::Upload> upload = Begin(*request);
    if (!upload.ok()) return upload.status();
    *response->mutable_upload() = *std::move(upload);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Upload> DatasetService::Begin(const v1::CreateUploadRequest& request) {
  const Store& store = context_->store;
  if (context_->runs->draining()) return Draining();
  if (absl::Status status = Validate(request); !status.ok()) return status;
  absl::StatusOr<RequestClaim> claim = store.requests->Claim(
      "CreateUpload", request.request_id(), RequestDigest(request), FieldPath("request_id"));
  if (!claim.ok()) return claim.status();
  if (claim->made().has_value()) {
    const std::string& name = claim->made()->name;
    absl::StatusOr<v1::Upload> upload = store.uploads->Get(name);
    if (!absl::IsNotFound(upload.status())) return upload;
    return DeletedSince(ResourceType(Collection::kUploads), name, request.request_id());
  }
  v1::Upload upload;
  upload.set_dataset(MakeName(Collection::kDatasets, request.dataset_id().empty()
                                                         ? MakeId("dataset")
                                                         : request.dataset_id()));
  if (absl::Status status = store.datasets->CheckFree(upload.dataset()); !status.ok()) {
    return status;
  }
  *upload.mutable_format() = request.format();
  upload.set_description(request.description());
  *upload.mutable_labels() = request.labels();
  absl::StatusOr<v1::Upload> begun =
      store.uploads->Create(upload, [&](const v1::Upload& made, CatalogueBatch& batch) {
        claim->Record({.name = made.name(), .uid = ""}, batch);
      });
  if (begun.ok()) claim->Keep();
  return begun;
}

grpc::ServerReadReactor<v1::UploadChunksRequest>* DatasetService::UploadChunks(
    grpc::CallbackServerContext*, v1::UploadChunksResponse* response) {
  return new UploadReactor(context_->store.uploads, context_->work, response);
}

grpc::ServerUnaryReactor* DatasetService::GetUpload(grpc::CallbackServerContext* context,
                                                    const v1::GetUploadRequest* request,
                                                    v1::GetUploadResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    if (absl::Status status =
            ValidateName(Collection::kUploads, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    absl::StatusOr<v1::Upload> upload = context_->store.uploads->Get(request->name());
    if (!upload.ok()) return upload.status();
    *response->mutable_upload() = *std::move(upload);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DatasetService::DeleteUpload(grpc::CallbackServerContext* context,
                                                       const v1::DeleteUploadRequest* request,
                                                       v1::DeleteUploadResponse*) {
  return AnswerOn(context_->work, context, [this, request]() -> absl::Status {
    if (absl::Status status =
            ValidateName(Collection::kUploads, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    return context_->store.uploads->Delete(request->name());
  });
}

grpc::ServerUnaryReactor* DatasetService::FinishUpload(grpc::CallbackServerContext* context,
                                                       const v1::FinishUploadRequest* request,
                                                       v1::FinishUploadResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    absl::StatusOr<v1::Dataset> dataset = Finish(*request);
    if (!dataset.ok()) return dataset.status();
    *response->mutable_dataset() = *std::move(dataset);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Dataset> DatasetService::Finish(const v1::FinishUploadRequest& request) {
  if (absl::Status status =
          ValidateName(Collection::kUploads, request.upload(), FieldPath("upload"));
      !status.ok()) {
    return status;
  }
  const absl::StatusOr<FinishedUpload> finished = context_->store.uploads->Finish(
      request.upload(),
      request.has_total_bytes() ? std::optional<int64_t>(request.total_bytes()) : std::nullopt,
      [this](const UploadedFile& file) { return MakeDataset(file); });
  if (!finished.ok()) return finished.status();
  // The same answer the first time and later.
  absl::StatusOr<v1::Dataset> dataset = context_->store.datasets->Get(finished->dataset);
  if (dataset.ok() && dataset->uid() != finished->uid) {
    return core::NotFound(ResourceType(Collection::kDatasets), finished->dataset);
  }
  return dataset;
}

absl::StatusOr<v1::Dataset> DatasetService::MakeDataset(const UploadedFile& file) {
  DatasetStore& datasets = *context_->store.datasets;
  const v1::Upload& upload = file.upload;
  // Asked before the file is read: the other dataset can be deleted, and this one finished.
  if (absl::Status status = datasets.CheckFree(upload.dataset()); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<DatasetDraft>> draft =
      datasets.NewDraft(context_->max_dataset_bytes);
  if (!draft.ok()) return draft.status();
  absl::StatusOr<std::shared_ptr<const core::Table>> table =
      core::ReadTableFile(file.bytes, upload.format(), **draft, FieldPath("upload"));
  if (!table.ok()) return table.status();
  return datasets.Create(
      {.name = upload.dataset(), .description = upload.description(), .labels = upload.labels()},
      *std::move(draft), *std::move(table), file.end);
}

grpc::ServerUnaryReactor* DatasetService::GetDataset(grpc::CallbackServerContext* context,
                                                     const v1::GetDatasetRequest* request,
                                                     v1::GetDatasetResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    if (absl::Status status =
            ValidateName(Collection::kDatasets, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    absl::StatusOr<v1::Dataset> dataset = context_->store.datasets->Get(request->name());
    if (!dataset.ok()) return dataset.status();
    *response->mutable_dataset() = *std::move(dataset);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DatasetService::ListDatasets(grpc::CallbackServerContext* context,
                                                       const v1::ListDatasetsRequest* request,
                                                       v1::ListDatasetsResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    absl::StatusOr<Page<v1::Dataset>> page =
        context_->store.datasets->List(MakeListRequest(*request));
    if (!page.ok()) return page.status();
    response->set_next_page_token(std::move(page->next_page_token));
    for (v1::Dataset& dataset : page->items) *response->add_datasets() = std::move(dataset);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DatasetService::DeleteDataset(grpc::CallbackServerContext* context,
                                                        const v1::DeleteDatasetRequest* request,
                                                        v1::DeleteDatasetResponse*) {
  return AnswerOn(context_->work, context, [this, request]() -> absl::Status {
    if (absl::Status status =
            ValidateName(Collection::kDatasets, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    return context_->store.datasets->Delete(request->name());
  });
}

}  // namespace fnn::server
