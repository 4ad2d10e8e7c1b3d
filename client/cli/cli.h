#ifndef FNN_CLIENT_CLI_CLI_H_
#define FNN_CLIENT_CLI_CLI_H_

#include <string>
#include <vector>

#include "client/cli/environment.h"

namespace fnn::cli {

// The whole of `fnn`: reads the arguments (without the program's name), does what they say, and
// gives the exit code (exit_code.h).
int Run(const std::vector<std::string>& arguments, Environment& env);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_CLI_H_
