#ifndef FNN_CLIENT_CLI_TRAINING_ARGS_H_
#define FNN_CLIENT_CLI_TRAINING_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"
#include "client/cli/network_args.h"
#include "client/cli/training_options.h"
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
  TrainingOptionArgs options;

  // Empty: the server makes them.
  std::string model_id;
  std::string run_id;

  int32_t priority = 0;
  // Each `key=value`.
  std::vector<std::string> labels;
  // The version that training starts from, see ModelVersionName; empty: none.
  std::string initial_version;
  std::optional<int64_t> checkpoint_every;
  std::optional<absl::Duration> checkpoint_interval;
  // Empty: the library makes one.
  std::string request_id;
  // How long a lost connection is tried again; the library's default if not given.
  std::optional<absl::Duration> reconnect_for;
};

// The request that the arguments describe. Uploads the files among the data, after everything that
// can be wrong with the rest was checked.
absl::StatusOr<v1::CreateRunRequest> MakeRunRequest(Context& context, const TrainingArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_TRAINING_ARGS_H_
