// The one place where an absl::Status becomes what gRPC sends.

#ifndef FNN_SERVER_EDGE_STATUS_H_
#define FNN_SERVER_EDGE_STATUS_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace fnn::server {

// A status travels as metadata; gRPC replaces one that is too large by an error of its own. What
// ToGrpc gives takes at most this on the wire, as percent-encoded message and base64 details.
inline constexpr size_t kMostStatusBytes = 4096;

// `status` with its payloads as the details of a google.rpc.Status, and ErrorInfo added where it
// has none. Above kMostStatusBytes the message is cut, then violations and details are dropped from
// the end.
grpc::Status ToGrpc(const absl::Status& status);

// What `work` gives; INTERNAL, with nothing of the cause, or RESOURCE_EXHAUSTED where it throws.
absl::Status Guarded(absl::FunctionRef<absl::Status()> work);

}  // namespace fnn::server

#endif  // FNN_SERVER_EDGE_STATUS_H_
