#ifndef FNN_CLIENT_CLI_VERSION_COMMANDS_H_
#define FNN_CLIENT_CLI_VERSION_COMMANDS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/list_args.h"

namespace fnn::cli {

struct VersionListArgs {
  std::string model;
  ListArgs list;
};

struct AliasSetArgs {
  // `m@champion`, or in full.
  std::string alias;
  int64_t version = 0;
};

// fnn model versions, fnn model alias set|delete.
absl::Status VersionList(Context& context, const VersionListArgs& args);
absl::Status AliasSet(Context& context, const AliasSetArgs& args);
absl::Status AliasDelete(Context& context, const std::string& alias);

// What `fnn model get` does with a version. `name`: in full.
absl::Status VersionGet(Context& context, const std::string& name);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_VERSION_COMMANDS_H_
