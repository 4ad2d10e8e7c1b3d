// Unary calls: a function that fills the response becomes a reactor.

#ifndef FNN_SERVER_EDGE_UNARY_H_
#define FNN_SERVER_EDGE_UNARY_H_

#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "server/base/work_pool.h"

namespace fnn::server {

// Answers with what `handler` gives, called at once: for what takes microseconds.
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                 absl::FunctionRef<absl::Status()> handler);

// The same, called on `pool`. Request and response live until then.
grpc::ServerUnaryReactor* AnswerOn(WorkPool* pool, grpc::CallbackServerContext* context,
                                   std::function<absl::Status()> handler);

// RESOURCE_EXHAUSTED with RetryInfo: a pool has too much to do.
absl::Status Busy();

}  // namespace fnn::server

#endif  // FNN_SERVER_EDGE_UNARY_H_
