#ifndef FNN_CLIENT_CLI_CLASS_WEIGHTS_H_
#define FNN_CLIENT_CLI_CLASS_WEIGHTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// Reads --class-weight: each `class=weight`, or one that is `balanced`. Errors are usage errors.
absl::Status ReadClassWeights(const std::vector<std::string>& texts, v1::ClassWeights& out);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_CLASS_WEIGHTS_H_
