#include "client/cli/run_commands.h"

#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/describe.h"
#include "client/cli/files.h"
#include "client/cli/follow_run.h"
#include "client/cli/json.h"
#include "client/cli/labels.h"
#include "client/cli/plot/health_plot.h"
#include "client/cli/print_list.h"
#include "client/cli/table.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

std::string EpochsText(const v1::Run& run) {
  const int64_t done = run.has_latest_epoch() ? run.latest_epoch().epoch() : 0;
  return absl::StrCat(done, "/", run.spec().options().epochs());
}

std::string ValidationLoss(const v1::Run& run) {
  return run.latest_epoch().has_validation_loss() ? Number(run.latest_epoch().validation_loss())
                                                  : "";
}

std::string CheckpointText(const v1::Run& run) {
  if (!run.has_latest_checkpoint()) return "";
  const v1::CheckpointSaved& checkpoint = run.latest_checkpoint();
  return absl::StrCat("in epoch ", checkpoint.epoch(), " after ", Count(checkpoint.batch()),
                      checkpoint.batch() == 1 ? " mini-batch (" : " mini-batches (",
                      Bytes(checkpoint.size_bytes()), ")");
}

void Print(Context& context, const v1::Run& run) {
  if (context.format != Format::kTable) {
    PrintJson(context, run);
    return;
  }
  const v1::TrainingOptions& options = run.spec().options();
  std::string error;
  if (run.has_error())
    error = absl::StrCat("epoch ", run.error().epoch(), ": ", run.error().message());
  context.env.out << NamesAndValues(
      {{"name", run.name()},
       {"state", StateName(run.state())},
       {"error", error},
       {"model", run.model()},
       {"version", run.model_version()},
       {"data", run.spec().data().has_dataset() ? run.spec().data().dataset() : "inline"},
       {"started from", run.spec().initial_version()},
       {"priority", run.priority() != 0 ? absl::StrCat(run.priority()) : ""},
       {"labels", LabelsText(run.labels())},
       {"optimizer", KindName(options.optimizer())},
       {"learning rate", Number(options.optimizer().learning_rate())},
       {"batch size", Count(options.batch_size())},
       {"seed", absl::StrCat(options.seed())},
       {"epochs", EpochsText(run)},
       {"train loss", run.has_latest_epoch() ? Number(run.latest_epoch().train_loss()) : ""},
       {"validation loss", ValidationLoss(run)},
       {"checkpoint", CheckpointText(run)},
       {"memory", run.memory_bytes() > 0 ? Bytes(run.memory_bytes()) : ""},
       {"events", Count(run.last_sequence())},
       {"created", Time(run.create_time())},
       {"started", Time(run.start_time())},
       {"ended", Time(run.end_time())}});
}

// What a run was asked to do shows in its state.
absl::Status PrintState(Context& context, const absl::StatusOr<v1::Run>& run) {
  if (!run.ok()) return run.status();
  if (context.format == Format::kTable) {
    context.env.out << Printable(run->name()) << " is " << StateName(run->state()) << "\n";
  } else {
    PrintJson(context, *run);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunStart(Context& context, const TrainingArgs& args) {
  const absl::StatusOr<v1::CreateRunRequest> request = MakeRunRequest(context, args);
  if (!request.ok()) return request.status();
  const absl::StatusOr<v1::Run> run = context.client.CreateRun(*request);
  if (!run.ok()) return run.status();
  if (context.format != Format::kTable) {
    PrintJson(context, *run);
    return absl::OkStatus();
  }
  context.env.out << "run      " << Printable(run->name()) << " trains " << Printable(run->model())
                  << "\n";
  if (context.env.err_is_terminal) {
    context.env.err << "'fnn run watch " << Printable(run->name()) << "' shows how it goes.\n";
  }
  return absl::OkStatus();
}

absl::Status RunGet(Context& context, const std::string& name) {
  const absl::StatusOr<v1::Run> run = context.client.GetRun(ResourceName("runs", name));
  if (!run.ok()) return run.status();
  Print(context, *run);
  return absl::OkStatus();
}

absl::Status RunList(Context& context, const ListArgs& args) {
  constexpr auto kRight = Table::Align::kRight;
  Table table({{"NAME"},
               {"STATE"},
               {"MODEL"},
               {"EPOCHS", kRight},
               {"TRAIN LOSS", kRight},
               {"VALIDATION LOSS", kRight},
               {"CREATED"}});
  return PrintList<v1::ListRunsResponse>(
      context, context.client.ListRuns(MakeListRequest<v1::ListRunsRequest>(args)),
      std::move(table), [](v1::ListRunsResponse& page) { return page.add_runs(); },
      [](const v1::Run& run) -> std::vector<std::string> {
        const std::string validation = ValidationLoss(run);
        return {run.name(),
                StateName(run.state()),
                run.model(),
                EpochsText(run),
                run.has_latest_epoch() ? Number(run.latest_epoch().train_loss()) : "-",
                validation.empty() ? "-" : validation,
                Time(run.create_time())};
      });
}

absl::Status RunWatch(Context& context, const RunWatchArgs& args) {
  const std::string name = ResourceName("runs", args.name);
  const absl::StatusOr<v1::Run> run = context.client.GetRun(name);
  if (!run.ok()) return run.status();
  v1::WatchRunRequest request;
  request.set_name(name);
  request.set_after_sequence(args.after_sequence);
  request.set_follow(!args.no_follow);
  RunFollower follower(context, args.reconnect_for);
  StreamRange<v1::RunEvent> events =
      context.client.WatchRun(std::move(request), follower.StreamOptions());
  if (absl::Status status = follower.Follow(*run, events); !status.ok()) return status;
  if (context.format == Format::kJson) PrintJson(context, follower.events());
  if (!follower.finished().has_value()) return absl::OkStatus();
  if (absl::Status status = RunOutcome(name, *follower.finished()); !status.ok()) return status;
  if (context.format == Format::kTable) {
    context.env.out << "\nmodel    " << Printable(follower.finished()->model_version()) << "\n";
  }
  return absl::OkStatus();
}

absl::Status RunPause(Context& context, const std::string& name) {
  return PrintState(context, context.client.PauseRun(ResourceName("runs", name)));
}

absl::Status RunResume(Context& context, const std::string& name) {
  return PrintState(context, context.client.ResumeRun(ResourceName("runs", name)));
}

absl::Status RunCancel(Context& context, const std::string& name) {
  return PrintState(context, context.client.CancelRun(ResourceName("runs", name)));
}

absl::Status RunDelete(Context& context, const std::string& name) {
  return context.client.DeleteRun(ResourceName("runs", name));
}

absl::Status RunPlot(Context& context, const RunPlotArgs& args) {
  const std::string run = ResourceName("runs", args.name);
  const absl::StatusOr<std::vector<v1::EpochReport>> reports = EpochsOf(context, run);
  if (!reports.ok()) return reports.status();
  if (args.health) return WriteFile(context.env, args.file, HealthPlot(*reports, run));
  return WritePlot(context, run, *reports, args.file, args.scale);
}

}  // namespace fnn::cli
