#ifndef FNN_CLIENT_SRC_STATUS_CONVERSION_H_
#define FNN_CLIENT_SRC_STATUS_CONVERSION_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace fnn::internal {

// The one place where an error comes in from gRPC: the same code and message, and every detail of
// the google.rpc.Status that travels with it as a payload under its type URL. Details that can't
// be read are left out. A CANCELLED without details, which a server that stops answers to calls
// that still reach it, becomes UNAVAILABLE: to be tried again.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_STATUS_CONVERSION_H_
