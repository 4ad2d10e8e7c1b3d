#include "server/services/dataset_service.h"

#include <string>
#include <utility>

#include "core/data/table_file.h"
#include "server/base/errors.h"
#include "server/edge/status.h"
#include "server/edge/unary.h"
#include "server/services/upload_reactor.h"
#include "server/services/upload_sink.h"

namespace fnn::server {

using core::FieldPath;

grpc::ServerUnaryReactor* DatasetService::CreateUpload(grpc::CallbackServerContext* context,
                                                       const v1::CreateUploadRequest* request,
                                                       v1::CreateUploadResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    if (context_->runs->draining()) return Draining();
    std::string id = request->dataset_id();
    if (id.empty()) {
      id = MakeId("dataset");
    } else if (absl::Status status = ValidateId(id, FieldPath("dataset_id")); !status.ok()) {
      return status;
    }
    if (absl::Status status = core::ValidateFileFormat(request->format(), FieldPath("format"));
        !status.ok()) {
      return status;
    }
    const std::string name = MakeName(Collection::kDatasets, id);
    if (absl::Status status = context_->store.datasets->CheckFree(name); !status.ok()) {
      return status;
    }
    absl::StatusOr<v1::Upload> upload = context_->store.uploads->Create(name, request->format());
    if (!upload.ok()) return upload.status();
    *response->mutable_upload() = *std::move(upload);
    return absl::OkStatus();
  });
}

grpc::ServerReadReactor<v1::UploadChunksRequest>* DatasetService::UploadChunks(
    grpc::CallbackServerContext*, v1::UploadChunksResponse* response) {
  return new UploadReactor(context_->store.uploads, response);
}

grpc::ServerUnaryReactor* DatasetService::FinishUpload(grpc::CallbackServerContext* context,
                                                       const v1::FinishUploadRequest* request,
                                                       v1::FinishUploadResponse* response) {
  return AnswerOn(context_->work, context,
                  [this, request, response] { return Finish(*request, *response); });
}

absl::Status DatasetService::Finish(const v1::FinishUploadRequest& request,
                                    v1::FinishUploadResponse& response) {
  const FieldPath path("upload");
  const Store& store = context_->store;
  if (absl::Status status = ValidateName(Collection::kUploads, request.upload(), path);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<v1::Upload> upload = store.uploads->Get(request.upload());
  if (!upload.ok()) return upload.status();
  // Asked before the upload is used up: the other dataset can be deleted, and this one finished.
  if (absl::Status status = store.datasets->CheckFree(upload->dataset()); !status.ok()) {
    return status;
  }
  absl::StatusOr<UploadedFile> file = store.uploads->Take(
      request.upload(),
      request.has_total_bytes() ? std::optional<int64_t>(request.total_bytes()) : std::nullopt);
  if (!file.ok()) return file.status();
  UploadSink sink(store.datasets, context_->max_dataset_bytes,
                  static_cast<int64_t>(file->text.size()), &file->memory);
  absl::StatusOr<std::shared_ptr<const core::Table>> table =
      core::ReadTableFile(file->text, file->format, sink, path);
  if (!table.ok()) return table.status();
  std::string().swap(file->text);
  absl::StatusOr<v1::Dataset> dataset =
      store.datasets->Create(file->dataset, *std::move(table), std::move(file->memory));
  if (!dataset.ok()) return dataset.status();
  *response.mutable_dataset() = *std::move(dataset);
  return absl::OkStatus();
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
    absl::StatusOr<PageRequest> page =
        ParsePageRequest(Collection::kDatasets, PageSize(*request), request->page_token());
    if (!page.ok()) return page.status();
    Page<v1::Dataset> datasets = context_->store.datasets->List(*page);
    if (datasets.more) response->set_next_page_token(NextPageToken(datasets.items.back().name()));
    for (v1::Dataset& dataset : datasets.items) *response->add_datasets() = std::move(dataset);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DatasetService::DeleteDataset(grpc::CallbackServerContext* context,
                                                        const v1::DeleteDatasetRequest* request,
                                                        v1::DeleteDatasetResponse*) {
  return Answer(context, [&]() -> absl::Status {
    if (absl::Status status =
            ValidateName(Collection::kDatasets, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    return context_->store.datasets->Delete(request->name());
  });
}

}  // namespace fnn::server
