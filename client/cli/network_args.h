#ifndef FNN_CLIENT_CLI_NETWORK_ARGS_H_
#define FNN_CLIENT_CLI_NETWORK_ARGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/environment.h"
#include "fnn/v1/network.pb.h"

namespace fnn::cli {

// How the command line describes a network. Exactly one of `layers` and `file` is given.
struct NetworkArgs {
  // The short form, see fnn/short_form.h.
  std::string layers;
  // A fnn.v1.Network as .textproto or .json; `-` is standard input, as text format.
  std::string file;
  // An operator, see fnn/operator_form.h; empty: by the last activation, or what the file says.
  std::string loss;
  // An operator; empty: what `layers` or the file says.
  std::string scaling;
  std::vector<std::string> class_names;
};

// The network described. What can't be read is a usage error.
absl::StatusOr<v1::Network> MakeNetwork(Environment& env, const NetworkArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_NETWORK_ARGS_H_
