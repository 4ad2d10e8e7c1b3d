// The command fnn-server: flags, signals, and the server between them.

#ifndef FNN_SERVER_COMMAND_H_
#define FNN_SERVER_COMMAND_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "server/server.h"

namespace fnn::server {

// Serves until a signal ends it; gives the exit code. `adjust` has the last word on the options,
// and what it puts there has to outlive the call.
int RunCommand(int argc, char** argv, absl::FunctionRef<absl::Status(ServerOptions&)> adjust);

}  // namespace fnn::server

#endif  // FNN_SERVER_COMMAND_H_
