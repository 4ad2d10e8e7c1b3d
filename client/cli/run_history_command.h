#ifndef FNN_CLIENT_CLI_RUN_HISTORY_COMMAND_H_
#define FNN_CLIENT_CLI_RUN_HISTORY_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"

namespace fnn::cli {

// fnn run history: the reports of all epochs so far, as a table, CSV or JSON. `name`: `runs/{run}`
// or its last part.
absl::Status RunHistory(Context& context, const std::string& name);

// The same as CSV: a line of names, then a line a report. A column for each metric that any report
// has; what a report does not have is an empty cell.
std::string EpochsAsCsv(const std::vector<v1::EpochReport>& reports);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_RUN_HISTORY_COMMAND_H_
