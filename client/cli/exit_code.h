#ifndef FNN_CLIENT_CLI_EXIT_CODE_H_
#define FNN_CLIENT_CLI_EXIT_CODE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace fnn::cli {

// What the process ends with. Scripts rely on the numbers: they never change.
enum class ExitCode {
  kOk = 0,
  // The server refused or failed, or something else went wrong.
  kError = 1,
  // The command line, or a file it names, is at fault; the server was not asked.
  kUsage = 2,
  // The server does not have what was named.
  kNotFound = 3,
  // No server there, or it does not answer.
  kUnavailable = 4,
  // The run ended without a model: failed, diverged or cancelled.
  kRunEnded = 5,
  // Ctrl-C.
  kInterrupted = 130,
};

// The table of exit codes for --help.
inline constexpr char kExitCodesHelp[] =
    "Exit codes:\n"
    "  0    done\n"
    "  1    the server refused or failed, or another error\n"
    "  2    wrong usage: the command line, or a file it names\n"
    "  3    the server does not have what was named\n"
    "  4    no server there, or it does not answer\n"
    "  5    the run failed, diverged or was cancelled by someone else\n"
    "  130  interrupted by Ctrl-C";

// Errors of the CLI's own that end with a code which their status code does not tell.
absl::Status UsageError(absl::string_view message);
absl::Status RunEndedError(absl::string_view message);
absl::Status NotServingError();
absl::Status InterruptedError(absl::string_view message);

// The code a command's status ends with.
ExitCode ToExitCode(const absl::Status& status);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_EXIT_CODE_H_
