#ifndef FNN_CLIENT_CLI_TRAINING_ARGS_H_
#define FNN_CLIENT_CLI_TRAINING_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"
#include "client/cli/network_args.h"
#include "fnn/v1/training_service.pb.h"

namespace fnn::cli {

// What `fnn train` and `fnn run start` take. Numbers that are not given are left to the server.
struct TrainingArgs {
  // One of `model` (`models/{model}` or its last part) and `network`.
  std::string model;
  NetworkArgs network;

  DatasetArgs data;
  BindingArgs binding;
  // As in `data`, and bound like it; empty for none.
  std::vector<std::string> validation_data;
  std::optional<double> validation_split;

  // One of OptimizerNames(); empty: the server's default.
  std::string optimizer;
  std::optional<double> learning_rate;
  std::optional<double> momentum;
  std::optional<int64_t> epochs;
  std::optional<int64_t> batch_size;
  std::optional<double> l2;
  std::optional<int64_t> threads;
  uint64_t seed = 0;
  bool no_shuffle = false;
  // Each a name of MetricNames().
  std::vector<std::string> metrics;
  // Each `class=weight`, or one that is `balanced`.
  std::vector<std::string> class_weights;

  // Empty: the server makes them.
  std::string model_id;
  std::string run_id;
};

// The optimisers of the contract, as it names them.
const std::vector<std::string>& OptimizerNames();
// `a, b or c`; `names` has at least one.
std::string JoinWithOr(const std::vector<std::string>& names);

// The metrics named. `names`: each one of MetricNames().
const std::vector<std::string>& MetricNames();
std::vector<v1::Metric> MakeMetrics(const std::vector<std::string>& names);

// The request that the arguments describe. Uploads the files among the data, after everything that
// can be wrong with the rest was checked.
absl::StatusOr<v1::CreateRunRequest> MakeRunRequest(Context& context, const TrainingArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_TRAINING_ARGS_H_
