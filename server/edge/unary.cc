#include "server/edge/unary.h"

#include <utility>

#include "server/base/errors.h"
#include "server/edge/status.h"

namespace fnn::server {

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                 absl::FunctionRef<absl::Status()> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(Guarded(handler)));
  return reactor;
}

grpc::ServerUnaryReactor* AnswerOn(WorkPool* pool, grpc::CallbackServerContext* context,
                                   std::function<absl::Status()> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool accepted = pool->Submit(
      [reactor, handler = std::move(handler)] { reactor->Finish(ToGrpc(Guarded(handler))); });
  if (!accepted) reactor->Finish(ToGrpc(Busy()));
  return reactor;
}

absl::Status Busy() {
  return WithRetry(core::MakeError(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                                   "the server has too much to do; try again"),
                   absl::Seconds(1));
}

}  // namespace fnn::server
