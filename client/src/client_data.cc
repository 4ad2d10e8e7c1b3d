// The methods of fnn::Client that move bulk data: datasets up, parameters down.

#include <memory>
#include <utility>
#include <vector>

#include "client/src/backoff.h"
#include "client/src/byte_source.h"
#include "client/src/outage.h"
#include "client/src/request_id.h"
#include "client/src/tensor_assembler.h"
#include "client/src/upload.h"
#include "fnn/client.h"

namespace fnn {
namespace {

v1::CreateUploadRequest CreateRequest(const UploadOptions& options) {
  v1::CreateUploadRequest create;
  create.set_dataset_id(options.dataset_id);
  if (options.format.ByteSizeLong() > 0) *create.mutable_format() = options.format;
  create.set_description(options.description);
  create.mutable_labels()->insert(options.labels.begin(), options.labels.end());
  create.set_request_id(options.request_id);
  internal::SetRequestId(create);
  return create;
}

absl::StatusOr<v1::Dataset> UploadFrom(Connection& connection, const ReconnectOptions& retry,
                                       internal::ByteSource& source, UploadOptions options) {
  internal::SystemWaiter waiter;
  const bool is_new = options.resume.empty();
  if (is_new) {
    internal::Outage outage(retry, waiter);
    const v1::CreateUploadRequest create = CreateRequest(options);
    const absl::StatusOr<v1::CreateUploadResponse> created =
        internal::CallThrough(outage, [&] { return connection.CreateUpload(create); });
    if (!created.ok()) return created.status();
    options.resume = created->upload().name();
    if (options.on_upload) options.on_upload(created->upload());
  } else if (options.on_upload) {
    v1::Upload upload;
    upload.set_name(options.resume);
    options.on_upload(upload);
  }
  return internal::Upload(connection, source, is_new, options, waiter);
}

}  // namespace

absl::StatusOr<v1::Dataset> Client::UploadDataset(const std::filesystem::path& file,
                                                  const UploadOptions& options) const {
  return UploadDatasetFiles({file}, options);
}

absl::StatusOr<v1::Dataset> Client::UploadDatasetFiles(
    const std::vector<std::filesystem::path>& files, const UploadOptions& options) const {
  const absl::StatusOr<std::unique_ptr<internal::ByteSource>> source = internal::OpenFiles(files);
  if (!source.ok()) return source.status();
  return UploadFrom(*connection_, options_, **source, options);
}

absl::StatusOr<v1::Dataset> Client::UploadDataset(std::istream& stream,
                                                  const UploadOptions& options) const {
  return UploadFrom(*connection_, options_, *internal::BytesOf(stream), options);
}

absl::StatusOr<v1::Dataset> Client::UploadDatasetBytes(std::string_view bytes,
                                                       const UploadOptions& options) const {
  return UploadFrom(*connection_, options_, *internal::BytesOf(bytes), options);
}

absl::StatusOr<v1::Upload> Client::GetUpload(std::string_view name) const {
  v1::GetUploadRequest request;
  request.set_name(std::string(name));
  absl::StatusOr<v1::GetUploadResponse> response = connection_->GetUpload(request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_upload());
}

absl::Status Client::DeleteUpload(std::string_view name) const {
  v1::DeleteUploadRequest request;
  request.set_name(std::string(name));
  return connection_->DeleteUpload(request).status();
}

absl::StatusOr<ModelParameters> Client::GetParameters(std::string_view name) const {
  v1::GetParametersRequest request;
  request.set_name(std::string(name));
  const auto stream = connection_->GetParameters(request);
  ModelParameters parameters;
  internal::TensorAssembler assembler;
  for (v1::GetParametersResponse response; stream->Read(&response);) {
    if (!response.model_version().empty()) parameters.model_version = response.model_version();
    if (absl::Status status = assembler.Add(response.chunk()); !status.ok()) return status;
  }
  if (absl::Status status = stream->Finish(); !status.ok()) return status;
  absl::StatusOr<std::vector<v1::Tensor>> tensors = assembler.Finish();
  if (!tensors.ok()) return tensors.status();
  parameters.tensors = *std::move(tensors);
  return parameters;
}

}  // namespace fnn
