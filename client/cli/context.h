#ifndef FNN_CLIENT_CLI_CONTEXT_H_
#define FNN_CLIENT_CLI_CONTEXT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "client/cli/environment.h"
#include "fnn/client.h"

namespace fnn::cli {

// How data is written.
enum class Format {
  // For people.
  kTable,
  // One JSON document.
  kJson,
  // One JSON document a line.
  kNdjson,
  // RFC 4180, for the commands that give a table of numbers.
  kCsv,
};

// What a command works with.
struct Context {
  Environment& env;
  Client client;
  // The address that `client` speaks to.
  std::string server;
  Format format = Format::kTable;
};

// A command with its arguments bound. Its error becomes the exit code (exit_code.h).
using Command = std::function<absl::Status(Context&)>;

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_CONTEXT_H_
