#ifndef FNN_CLIENT_CLI_MODEL_COMMANDS_H_
#define FNN_CLIENT_CLI_MODEL_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/network_args.h"

namespace fnn::cli {

struct ModelCreateArgs {
  NetworkArgs network;
  // Empty: the server makes one.
  std::string id;
  bool validate_only = false;
};

// fnn model create|get|list|parameters|delete. `name`: `models/{model}` or its last part.
absl::Status ModelCreate(Context& context, const ModelCreateArgs& args);
absl::Status ModelGet(Context& context, const std::string& name);
absl::Status ModelList(Context& context);
absl::Status ModelParameters(Context& context, const std::string& name);
absl::Status ModelDelete(Context& context, const std::string& name);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_MODEL_COMMANDS_H_
