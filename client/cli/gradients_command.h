#ifndef FNN_CLIENT_CLI_GRADIENTS_COMMAND_H_
#define FNN_CLIENT_CLI_GRADIENTS_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"
#include "client/cli/network_args.h"

namespace fnn::cli {

struct GradientsVerifyArgs {
  // A model or one of its versions, see ModelVersionName; empty: `network` describes one.
  std::string model;
  NetworkArgs network;
  // Initial parameters instead of the version's.
  bool fresh = false;
  std::optional<uint64_t> seed;
  // A file is uploaded and deleted again, unless it is given an id.
  DatasetArgs data;
  BindingArgs binding;
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
