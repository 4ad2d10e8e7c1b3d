#include "client/cli/network_point_args.h"

#include <utility>

#include "client/cli/exit_code.h"
#include "client/cli/model_name.h"

namespace fnn::cli {

absl::StatusOr<v1::NetworkPoint> MakeNetworkPoint(Context& context, const NetworkPointArgs& args) {
  v1::NetworkPoint point;
  if (args.model.empty()) {
    absl::StatusOr<v1::Network> network = MakeNetwork(context.env, args.network);
    if (!network.ok()) return network.status();
    *point.mutable_description() = *std::move(network);
  } else if (!args.network.layers.empty() || !args.network.file.empty()) {
    return UsageError("give a model, or a network as --layers or --network, one of them");
  } else {
    point.set_model(ModelVersionName(args.model));
  }
  point.set_fresh(args.fresh);
  return point;
}

}  // namespace fnn::cli
