// fnn.v1.DatasetService.

#ifndef FNN_SERVER_SERVICES_DATASET_SERVICE_H_
#define FNN_SERVER_SERVICES_DATASET_SERVICE_H_

#include "absl/status/status.h"
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
  absl::Status Finish(const v1::FinishUploadRequest& request, v1::FinishUploadResponse& response);

  const ServiceContext* const context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_DATASET_SERVICE_H_
