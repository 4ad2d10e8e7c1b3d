#include "client/cli/cli.h"

#include <ostream>
#include <utility>

#include "client/cli/command_line.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/settings.h"

namespace fnn::cli {
namespace {

int Report(Environment& env, const absl::Status& status, const std::string& server) {
  env.out << std::flush;
  if (!status.ok()) {
    // https://no-color.org: any value but the empty one turns colour off.
    const bool color = env.err_is_terminal && env.getenv("NO_COLOR").value_or("").empty() &&
                       env.getenv("TERM").value_or("") != "dumb";
    env.err << (color ? "\x1b[1;31mfnn:\x1b[0m " : "fnn: ") << ErrorText(status, server)
            << std::flush;
    return static_cast<int>(ToExitCode(status));
  }
  if (!env.out) {
    env.err << "fnn: can't write to standard output\n";
    return static_cast<int>(ExitCode::kError);
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace

int Run(const std::vector<std::string>& arguments, Environment& env) {
  const absl::StatusOr<CommandLine> line = ParseCommandLine(arguments);
  if (!line.ok()) return Report(env, line.status(), "");
  if (!line->command) {
    env.out << line->text;
    return Report(env, absl::OkStatus(), "");
  }
  const absl::StatusOr<Settings> settings = LoadSettings(env, line->flags);
  if (!settings.ok()) return Report(env, settings.status(), "");
  Context context = {env, Client(env.connect(settings->server)), settings->server,
                     settings->format};
  return Report(env, line->command(context), settings->server);
}

}  // namespace fnn::cli
