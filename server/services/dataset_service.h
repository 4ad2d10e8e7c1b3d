// fnn.v1.DatasetService.

#ifndef FNN_SERVER_SERVICES_DATASET_SERVICE_H_
#define FNN_SERVER_SERVICES_DATASET_SERVICE_H_

#include "absl/status/statusor.h"
#include "fnn/v1/dataset_service.grpc.pb.h"
#include "server/services/context.h"

namespace fnn::server {

class DatasetService final : public v1::DatasetService::CallbackService {
 public:
  explicit DatasetService(const ServiceContext* context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateUpload(grpc::CallbackServerContext* context,
                                         const v1::CreateUploadRequest* request,
                                         v1::CreateUploadResponse* response) override;
  grpc::ServerReadReactor<v1::UploadChunksRequest>* UploadChunks(
      grpc::CallbackServerContext* context, v1::UploadChunksResponse* response) override;
  grpc::ServerUnaryReactor* GetUpload(grpc::CallbackServerContext* context,
                                      const v1::GetUploadRequest* request,
                                      v1::GetUploadResponse* response) override;
  grpc::ServerUnaryReactor* DeleteUpload(grpc::CallbackServerContext* context,
                                         const v1::DeleteUploadRequest* request,
                                         v1::DeleteUploadResponse* response) override;
  grpc::ServerUnaryReactor* FinishUpload(grpc::CallbackServerContext* context,
                                         const v1::FinishUploadRequest* request,
                                         v1::FinishUploadResponse* response) override;
  grpc::ServerUnaryReactor* GetDataset(grpc::CallbackServerContext* context,
                                       const v1::GetDatasetRequest* request,
                                       v1::GetDatasetResponse* response) override;
  grpc::ServerUnaryReactor* ListDatasets(grpc::CallbackServerContext* context,
                                         const v1::ListDatasetsRequest* request,
                                         v1::ListDatasetsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteDataset(grpc::CallbackServerContext* context,
                                          const v1::DeleteDatasetRequest* request,
                                          v1::DeleteDatasetResponse* response) override;

 private:
  absl::StatusOr<v1::Upload> Begin(const v1::CreateUploadRequest& request);
  absl::StatusOr<v1::Dataset> MakeDataset(const UploadedFile& file);
  absl::StatusOr<v1::Dataset> Finish(const v1::FinishUploadRequest& request);

  const ServiceContext* const context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_DATASET_SERVICE_H_
