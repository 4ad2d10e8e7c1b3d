#ifndef FNN_CLIENT_CLI_FOLLOW_RUN_H_
#define FNN_CLIENT_CLI_FOLLOW_RUN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "client/cli/epoch_table.h"
#include "client/cli/live_line.h"
#include "client/cli/progress_line.h"
#include "fnn/run_stream.h"

namespace fnn::cli {

// Shows a run's events as they arrive. A table has a line for each epoch on standard output, also
// on a terminal, where a live line below tells how far the run is; ndjson has a line for each
// event; json keeps them for the caller.
class RunFollower {
 public:
  // `reconnect_for`: the library's default if not given.
  explicit RunFollower(Context& context, std::optional<absl::Duration> reconnect_for = std::nullopt)
      : context_(context), live_line_(context.env), reconnect_for_(reconnect_for) {}

  // What the stream must be opened with, so that the live line moves inside an epoch too and lost
  // connections are told. Valid while the follower lives.
  RunStreamOptions StreamOptions();

  // Shows everything the stream gives. The error is the stream's.
  absl::Status Follow(const v1::Run& run, StreamRange<v1::RunEvent>& events);

  // How the run ended; nullopt while that is not known.
  const std::optional<v1::RunFinished>& finished() const { return finished_; }
  const std::vector<v1::EpochReport>& reports() const { return reports_; }
  // Every event so far; kept for json only.
  const v1::RunUpdate& events() const { return events_; }

 private:
  void Show(const v1::RunEvent& event);
  void ShowLiveLine();

  Context& context_;
  LiveLine live_line_;
  const std::optional<absl::Duration> reconnect_for_;
  TrainingProgress progress_;
  std::unique_ptr<EpochTable> table_;
  std::vector<v1::EpochReport> reports_;
  std::optional<v1::RunFinished> finished_;
  v1::RunUpdate events_;
};

// A diagnosis in two lines: what, where and by what it was seen, and what to try.
std::string FormatDiagnosis(const v1::Diagnosis& diagnosis);

// OK if the run succeeded; otherwise why it did not, as an error that ends with exit code 5.
absl::Status RunOutcome(const std::string& run, const v1::RunFinished& finished);

// The reports of all epochs that a run has had so far. `run`: its name.
absl::StatusOr<std::vector<v1::EpochReport>> EpochsOf(Context& context, const std::string& run);

// Writes the plot of a run's reports to a file.
absl::Status WritePlot(Context& context, const std::string& run,
                       const std::vector<v1::EpochReport>& reports, const std::string& path,
                       const std::string& scale);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_FOLLOW_RUN_H_
