#ifndef FNN_CLIENT_CLI_OPERATOR_ARGS_H_
#define FNN_CLIENT_CLI_OPERATOR_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::cli {

// How operators are named on the command line.

// The kinds there are, such as `activation`, and the one of that name.
const std::vector<std::string>& OperatorKindNames();
v1::OperatorKind OperatorKindCalled(const std::string& name);
// The other way round; the number for a kind that this program does not know.
std::string OperatorKindName(v1::OperatorKind kind);

// The kinds that can be sampled.
const std::vector<std::string>& SampledKindNames();

// What to sample, and where; what is not given is left to the server.
struct SampleArgs {
  // One of SampledKindNames; empty for the first that has the name.
  std::string kind;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<int64_t> points;
  std::optional<double> target;
  std::optional<double> learning_rate;
};

// The request for an operator such as `relu` or `leaky_relu(gamma=0.2)`. A usage error where there
// is none of that name, or it has no such argument.
absl::StatusOr<v1::SampleOperatorRequest> MakeSampleRequest(const std::string& text,
                                                            const SampleArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_OPERATOR_ARGS_H_
