#ifndef FNN_CLIENT_CLI_FILES_H_
#define FNN_CLIENT_CLI_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/environment.h"

namespace fnn::cli {

// Files named on the command line. Every error is a usage error that names the file.

// A whole file; `-` is standard input.
absl::StatusOr<std::string> ReadFile(Environment& env, const std::string& path);

// Replaces or makes a file; `-` is standard output.
absl::Status WriteFile(Environment& env, const std::string& path, absl::string_view content);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_FILES_H_
