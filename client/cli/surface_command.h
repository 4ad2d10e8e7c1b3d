#ifndef FNN_CLIENT_CLI_SURFACE_COMMAND_H_
#define FNN_CLIENT_CLI_SURFACE_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/network_point_args.h"
#include "client/cli/training_options.h"

namespace fnn::cli {

struct SurfaceComputeArgs {
  NetworkPointArgs point;
  std::optional<int64_t> rows;
  // Trains first, as `training` says; its seed is also that of initial parameters and rows.
  bool train = false;
  TrainingOptionArgs training;
  // `random`, `training` or `principal`.
  std::string directions = "random";
  uint64_t direction_seed = 0;
  bool line = false;  // Along the first direction alone.
  std::optional<int64_t> points;
  std::vector<double> x, y;  // Low and high, or nothing.
  // Operators, see fnn/operator_form.h; none: the network's own.
  std::vector<std::string> losses;
  std::string plot;  // Empty: none.
};

// fnn surface compute: a line for each loss with its least and its greatest value; as CSV all of
// them.
absl::Status SurfaceCompute(Context& context, const SurfaceComputeArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_SURFACE_COMMAND_H_
