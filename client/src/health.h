#ifndef FNN_CLIENT_SRC_HEALTH_H_
#define FNN_CLIENT_SRC_HEALTH_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "fnn/connection.h"

namespace fnn::internal {

// Calls grpc.health.v1.Health/Check. Its two messages have one field each and are read and written
// here by hand: compiled from their .proto they would clash with the copy of a program that brings
// its own, since a file can be registered only once in a process.
absl::StatusOr<HealthStatus> CheckHealth(const std::shared_ptr<grpc::Channel>& channel,
                                         grpc::ClientContext& context, const std::string& service);

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_HEALTH_H_
