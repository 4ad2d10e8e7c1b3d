#ifndef FNN_CLIENT_CLI_SETTINGS_H_
#define FNN_CLIENT_CLI_SETTINGS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/context.h"

namespace fnn::cli {

// What a command line may leave to the environment and the configuration file.
struct SettingFlags {
  std::optional<std::string> server;
  std::optional<std::string> output;
  // The configuration file; unlike the default one it must exist.
  std::optional<std::string> config;
};

struct Settings {
  std::string server = "127.0.0.1:50051";
  Format format = Format::kTable;
};

// Each setting from the first that has it: the flag; the variable FNN_SERVER or FNN_OUTPUT; the
// file, which is --config, $XDG_CONFIG_HOME/fnn/config or ~/.config/fnn/config and holds lines
// `server = HOST:PORT` and `output = table`, with `#` before comments. Errors are usage errors and
// name the file and line.
absl::StatusOr<Settings> LoadSettings(Environment& env, const SettingFlags& flags);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_SETTINGS_H_
