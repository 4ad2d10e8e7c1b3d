#ifndef FNN_CLIENT_CLI_RUN_COMMANDS_H_
#define FNN_CLIENT_CLI_RUN_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/cli/context.h"
#include "client/cli/list_args.h"
#include "client/cli/training_args.h"

namespace fnn::cli {

struct RunWatchArgs {
  std::string name;
  int64_t after_sequence = 0;
  // End with the newest event instead of the run's end.
  bool no_follow = false;
  // How long a lost connection is tried again; the library's default if not given.
  std::optional<absl::Duration> reconnect_for{};
};

struct RunPlotArgs {
  std::string name;
  // `-` is standard output.
  std::string file = "-";
  // auto, linear or log.
  std::string scale = "auto";
  // The norms of gradients instead of losses.
  bool health = false;
};

// fnn run start|get|list|watch|pause|resume|cancel|delete|plot. `name`: `runs/{run}` or its last
// part.
absl::Status RunStart(Context& context, const TrainingArgs& args);
absl::Status RunGet(Context& context, const std::string& name);
absl::Status RunList(Context& context, const ListArgs& args);
absl::Status RunWatch(Context& context, const RunWatchArgs& args);
absl::Status RunPause(Context& context, const std::string& name);
absl::Status RunResume(Context& context, const std::string& name);
absl::Status RunCancel(Context& context, const std::string& name);
absl::Status RunDelete(Context& context, const std::string& name);
absl::Status RunPlot(Context& context, const RunPlotArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_RUN_COMMANDS_H_
