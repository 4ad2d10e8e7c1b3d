#include "server/services/system_service.h"

#include "server/edge/unary.h"

namespace fnn::server {

grpc::ServerUnaryReactor* SystemService::GetServerInfo(grpc::CallbackServerContext* context,
                                                       const v1::GetServerInfoRequest*,
                                                       v1::GetServerInfoResponse* response) {
  return Answer(context, [&] {
    *response = context_->info;
    return absl::OkStatus();
  });
}

}  // namespace fnn::server
