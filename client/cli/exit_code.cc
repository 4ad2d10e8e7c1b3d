#include "client/cli/exit_code.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace fnn::cli {
namespace {

constexpr char kPayload[] = "fnn.cli/exit-code";

absl::Status WithExitCode(absl::Status status, ExitCode code) {
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(static_cast<int>(code))));
  return status;
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  return WithExitCode(absl::InvalidArgumentError(message), ExitCode::kUsage);
}

absl::Status RunEndedError(absl::string_view message) {
  return WithExitCode(absl::AbortedError(message), ExitCode::kRunEnded);
}

absl::Status NotServingError() {
  return WithExitCode(absl::FailedPreconditionError("the server takes no requests now"),
                      ExitCode::kUnavailable);
}

absl::Status InterruptedError(absl::string_view message) {
  return WithExitCode(absl::CancelledError(message), ExitCode::kInterrupted);
}

ExitCode ToExitCode(const absl::Status& status) {
  int code = 0;
  if (const auto payload = status.GetPayload(kPayload);
      payload.has_value() && absl::SimpleAtoi(std::string(*payload), &code)) {
    return static_cast<ExitCode>(code);
  }
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    default:
      return ExitCode::kError;
  }
}

}  // namespace fnn::cli
