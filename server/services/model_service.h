// fnn.v1.ModelService.

#ifndef FNN_SERVER_SERVICES_MODEL_SERVICE_H_
#define FNN_SERVER_SERVICES_MODEL_SERVICE_H_

#include "absl/status/status.h"
#include "fnn/v1/model_service.grpc.pb.h"
#include "server/services/context.h"

namespace fnn::server {

class ModelService final : public v1::ModelService::CallbackService {
 public:
  explicit ModelService(const ServiceContext* context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateModel(grpc::CallbackServerContext* context,
                                        const v1::CreateModelRequest* request,
                                        v1::CreateModelResponse* response) override;
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;
  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context,
                                       const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateModel(grpc::CallbackServerContext* context,
                                        const v1::UpdateModelRequest* request,
                                        v1::UpdateModelResponse* response) override;
  grpc::ServerUnaryReactor* DeleteModel(grpc::CallbackServerContext* context,
                                        const v1::DeleteModelRequest* request,
                                        v1::DeleteModelResponse* response) override;
  grpc::ServerUnaryReactor* GetModelVersion(grpc::CallbackServerContext* context,
                                            const v1::GetModelVersionRequest* request,
                                            v1::GetModelVersionResponse* response) override;
  grpc::ServerUnaryReactor* ListModelVersions(grpc::CallbackServerContext* context,
                                              const v1::ListModelVersionsRequest* request,
                                              v1::ListModelVersionsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteModelVersion(grpc::CallbackServerContext* context,
                                               const v1::DeleteModelVersionRequest* request,
                                               v1::DeleteModelVersionResponse* response) override;
  grpc::ServerUnaryReactor* SetModelAlias(grpc::CallbackServerContext* context,
                                          const v1::SetModelAliasRequest* request,
                                          v1::SetModelAliasResponse* response) override;
  grpc::ServerUnaryReactor* DeleteModelAlias(grpc::CallbackServerContext* context,
                                             const v1::DeleteModelAliasRequest* request,
                                             v1::DeleteModelAliasResponse* response) override;
  grpc::ServerWriteReactor<v1::ExportModelResponse>* ExportModel(
      grpc::CallbackServerContext* context, const v1::ExportModelRequest* request) override;
  grpc::ServerReadReactor<v1::ImportModelRequest>* ImportModel(
      grpc::CallbackServerContext* context, v1::ImportModelResponse* response) override;
  grpc::ServerWriteReactor<v1::GetParametersResponse>* GetParameters(
      grpc::CallbackServerContext* context, const v1::GetParametersRequest* request) override;

 private:
  absl::Status Create(const v1::CreateModelRequest& request, v1::CreateModelResponse& response);

  const ServiceContext* const context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_MODEL_SERVICE_H_
