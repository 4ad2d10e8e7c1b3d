// ModelService.ImportModel: takes an `.fnn` file part by part, and makes it a version.

#ifndef FNN_SERVER_SERVICES_IMPORT_REACTOR_H_
#define FNN_SERVER_SERVICES_IMPORT_REACTOR_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "fnn/v1/model_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/services/context.h"
#include "server/store/model_import.h"

namespace fnn::server {

// Owns itself. gRPC calls it from one thread at a time, one read in flight.
class ImportReactor final : public grpc::ServerReadReactor<v1::ImportModelRequest> {
 public:
  ImportReactor(const ServiceContext* context, grpc::CallbackServerContext* call,
                v1::ImportModelResponse* response);

  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  absl::Status Take(const v1::ImportModelRequest& part);
  // All has been sent.
  void Import();

  const ServiceContext* const context_;
  grpc::CallbackServerContext* const call_;
  v1::ImportModelResponse* const response_;  // gRPC's, as is the call; they live until OnDone.
  v1::ImportModelRequest part_;
  std::string model_id_, request_id_;  // From the first message.
  std::unique_ptr<ModelImport> import_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_IMPORT_REACTOR_H_
