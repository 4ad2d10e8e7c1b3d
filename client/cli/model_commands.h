#ifndef FNN_CLIENT_CLI_MODEL_COMMANDS_H_
#define FNN_CLIENT_CLI_MODEL_COMMANDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/list_args.h"
#include "client/cli/network_args.h"

namespace fnn::cli {

struct ModelCreateArgs {
  NetworkArgs network;
  // Empty: the server makes one.
  std::string id;
  bool validate_only = false;
  std::string description;
  // Each `key=value`.
  std::vector<std::string> labels;
};

struct ModelUpdateArgs {
  std::string name;
  // nullopt: stays as it is.
  std::optional<std::string> description;
  // Each `key=value`, set beside those that there are.
  std::vector<std::string> labels;
  // Keys.
  std::vector<std::string> removed_labels;
};

// fnn model create|get|list|update|parameters|delete. `name`: a model, or for get, parameters and
// delete one of its versions; see ModelVersionName.
absl::Status ModelCreate(Context& context, const ModelCreateArgs& args);
absl::Status ModelGet(Context& context, const std::string& name);
absl::Status ModelList(Context& context, const ListArgs& args);
absl::Status ModelUpdate(Context& context, const ModelUpdateArgs& args);
absl::Status ModelParameters(Context& context, const std::string& name);
absl::Status ModelDelete(Context& context, const std::string& name);

// Shows a model as get does.
void Print(Context& context, const v1::Model& model);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_MODEL_COMMANDS_H_
