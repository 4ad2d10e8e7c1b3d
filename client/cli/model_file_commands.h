#ifndef FNN_CLIENT_CLI_MODEL_FILE_COMMANDS_H_
#define FNN_CLIENT_CLI_MODEL_FILE_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"

namespace fnn::cli {

struct ModelExportArgs {
  // A model or one of its versions, see ModelVersionName.
  std::string name;
  // `-` is standard output.
  std::string file;
};

struct ModelImportArgs {
  // `-` is standard input.
  std::string file;
  // Empty: the server makes one.
  std::string id;
  std::string request_id;
};

// fnn model export|import: versions as `.fnn` files.
absl::Status ModelExport(Context& context, const ModelExportArgs& args);
absl::Status ModelImport(Context& context, const ModelImportArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_MODEL_FILE_COMMANDS_H_
