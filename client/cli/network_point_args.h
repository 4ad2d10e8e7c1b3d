#ifndef FNN_CLIENT_CLI_NETWORK_POINT_ARGS_H_
#define FNN_CLIENT_CLI_NETWORK_POINT_ARGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"
#include "client/cli/network_args.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::cli {

// Which parameters of which network are looked into, and on what data.
struct NetworkPointArgs {
  // A model or one of its versions, see ModelVersionName; empty: `network` describes one.
  std::string model;
  NetworkArgs network;
  // Initial parameters instead of the version's.
  bool fresh = false;
  // A file is uploaded and deleted again, unless it is given an id.
  DatasetArgs data;
  BindingArgs binding;
};

// The point, without its seed. What can't be is a usage error.
absl::StatusOr<v1::NetworkPoint> MakeNetworkPoint(Context& context, const NetworkPointArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_NETWORK_POINT_ARGS_H_
