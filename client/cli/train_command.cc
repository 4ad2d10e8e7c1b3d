#include "client/cli/train_command.h"

#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/follow_run.h"
#include "client/cli/interrupt.h"
#include "client/cli/json.h"
#include "client/cli/run_commands.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

void PrintStart(Context& context, const v1::Run& run) {
  if (context.format == Format::kTable) {
    context.env.out << "run      " << Printable(run.name()) << " trains " << Printable(run.model())
                    << "\n\n"
                    << std::flush;
  } else if (context.format == Format::kNdjson) {
    v1::CreateRunResponse response;
    *response.mutable_run() = run;
    PrintJson(context, response);
  }
}

// Tells how the run ended; what is an error is left to the exit.
absl::Status PrintEnd(Context& context, const v1::Run& started, const RunFollower& follower) {
  if (context.format != Format::kTable) {
    const absl::StatusOr<v1::Run> run = context.client.GetRun(started.name());
    if (!run.ok()) return run.status();
    if (context.format == Format::kJson) {
      PrintJson(context, *run);
    } else {
      v1::GetRunResponse response;
      *response.mutable_run() = *run;
      PrintJson(context, response);
    }
  } else if (follower.finished()->state() == v1::RUN_STATE_SUCCEEDED) {
    context.env.out << "\nmodel    " << Printable(follower.finished()->model_version()) << "\n";
  }
  return absl::OkStatus();
}

absl::Status TrainAttached(Context& context, const TrainArgs& args, v1::CreateRunRequest create) {
  v1::TrainRequest request;
  *request.mutable_create() = std::move(create);
  RunFollower follower(context, args.training.reconnect_for);
  absl::StatusOr<TrainStream> events =
      context.client.Train(std::move(request), follower.StreamOptions());
  if (!events.ok()) return events.status();
  const v1::Run& run = events->run();
  PrintStart(context, run);

  absl::Status cancel_error;  // Read once the scope is gone.
  absl::Status status;
  bool interrupted = false;
  {
    InterruptScope interrupt(absl::StrCat("\nCancelling ", Printable(run.name()),
                                          " on the server; press Ctrl-C again to leave at once.\n"),
                             [&] { cancel_error = context.client.CancelRun(run.name()).status(); });
    status = follower.Follow(run, *events);
    interrupted = interrupt.interrupted();
  }
  // What was reached is worth a picture, however it ended.
  if (!args.plot.empty()) {
    status.Update(WritePlot(context, run.name(), follower.reports(), args.plot, args.plot_scale));
  }
  if (!status.ok()) return status;
  if (!cancel_error.ok()) return cancel_error;
  if (!follower.finished().has_value()) {
    return absl::InternalError(absl::StrCat("the server stopped telling of ", run.name(),
                                            " before it ended; 'fnn run get ", run.name(),
                                            "' shows how it is"));
  }
  status = PrintEnd(context, run, follower);
  if (!status.ok()) return status;
  status = RunOutcome(run.name(), *follower.finished());
  // A run may be done before it can be cancelled; then nothing was lost.
  return !status.ok() && interrupted ? InterruptedError(status.message()) : status;
}

}  // namespace

absl::Status Train(Context& context, const TrainArgs& args) {
  if (args.detach && !args.plot.empty()) {
    return UsageError(
        "--plot needs the run's end: leave out --detach, or use 'fnn run plot' later");
  }
  if (args.detach) return RunStart(context, args.training);
  absl::StatusOr<v1::CreateRunRequest> create = MakeRunRequest(context, args.training);
  if (!create.ok()) return create.status();
  return TrainAttached(context, args, *std::move(create));
}

}  // namespace fnn::cli
