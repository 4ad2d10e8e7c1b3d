#ifndef FNN_CLIENT_CLI_ERROR_TEXT_H_
#define FNN_CLIENT_CLI_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace fnn::cli {

// An error as people read it: what happened, the fields at fault, and what to do next. Lines ended
// by newlines. `server`: the address that was asked; empty where none was.
std::string ErrorText(const absl::Status& status, const std::string& server);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_ERROR_TEXT_H_
