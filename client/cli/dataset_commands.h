#ifndef FNN_CLIENT_CLI_DATASET_COMMANDS_H_
#define FNN_CLIENT_CLI_DATASET_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"
#include "client/cli/list_args.h"

namespace fnn::cli {

// fnn dataset upload|get|list|delete. `name`: `datasets/{dataset}` or its last part.
absl::Status DatasetUpload(Context& context, const DatasetArgs& args);
absl::Status DatasetGet(Context& context, const std::string& name);
absl::Status DatasetList(Context& context, const ListArgs& args);
absl::Status DatasetDelete(Context& context, const std::string& name);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_DATASET_COMMANDS_H_
