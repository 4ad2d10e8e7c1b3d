#ifndef FNN_CLIENT_CLI_SYSTEM_COMMANDS_H_
#define FNN_CLIENT_CLI_SYSTEM_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"

namespace fnn::cli {

// fnn health. `service`: empty for the whole server. UNAVAILABLE unless it is serving.
absl::Status Health(Context& context, const std::string& service);

// fnn info.
absl::Status Info(Context& context);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_SYSTEM_COMMANDS_H_
