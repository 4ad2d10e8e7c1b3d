#ifndef FNN_CLIENT_CLI_ENVIRONMENT_H_
#define FNN_CLIENT_CLI_ENVIRONMENT_H_

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "fnn/connection.h"

namespace fnn::cli {

// What the command line takes from the process it runs in; a test gives its own.
struct Environment {
  std::istream& in;
  // For data.
  std::ostream& out;
  // For progress and errors.
  std::ostream& err;
  // Whether a person looks at `err` as it is written.
  bool err_is_terminal = false;
  // How wide that terminal is, in characters; asked anew for each line.
  std::function<int()> terminal_width = [] { return 80; };
  // A variable of the environment, nullopt where it is not set.
  std::function<std::optional<std::string>(const std::string& name)> getenv;
  // A connection to a server, see MakeConnection.
  std::function<std::shared_ptr<Connection>(const std::string& target)> connect;
};

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_ENVIRONMENT_H_
