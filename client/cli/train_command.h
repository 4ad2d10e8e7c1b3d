#ifndef FNN_CLIENT_CLI_TRAIN_COMMAND_H_
#define FNN_CLIENT_CLI_TRAIN_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/training_args.h"

namespace fnn::cli {

struct TrainArgs {
  TrainingArgs training;
  // Start the run and leave it to the server.
  bool detach = false;
  // Where the loss plot goes; empty for none.
  std::string plot;
  // auto, linear or log.
  std::string plot_scale = "auto";
};

// fnn train: uploads what is a file, starts the run, shows its epochs, and ends with it. The first
// Ctrl-C cancels the run on the server.
absl::Status Train(Context& context, const TrainArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_TRAIN_COMMAND_H_
