#ifndef FNN_CLIENT_CLI_GRADIENTS_COMMAND_H_
#define FNN_CLIENT_CLI_GRADIENTS_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/network_point_args.h"

namespace fnn::cli {

struct GradientsVerifyArgs {
  NetworkPointArgs point;
  std::optional<uint64_t> seed;
  std::optional<int64_t> rows;
  std::optional<int64_t> samples;
  std::optional<double> exact_tolerance;
  std::optional<double> difference_tolerance;
  std::optional<double> float_tolerance;
};

// fnn gradients verify: a row for each tensor with the error of each method, what each took, and
// the verdict. FAILED_PRECONDITION where it is that they disagree.
absl::Status GradientsVerify(Context& context, const GradientsVerifyArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_GRADIENTS_COMMAND_H_
