// fnn.v1.SystemService.

#ifndef FNN_SERVER_SERVICES_SYSTEM_SERVICE_H_
#define FNN_SERVER_SERVICES_SYSTEM_SERVICE_H_

#include "fnn/v1/system_service.grpc.pb.h"
#include "server/services/context.h"

namespace fnn::server {

class SystemService final : public v1::SystemService::CallbackService {
 public:
  explicit SystemService(const ServiceContext* context) : context_(context) {}

  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context,
                                          const v1::GetServerInfoRequest* request,
                                          v1::GetServerInfoResponse* response) override;

 private:
  const ServiceContext* const context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_SYSTEM_SERVICE_H_
