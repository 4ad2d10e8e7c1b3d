#include "client/cli/follow_run.h"

#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/describe.h"
#include "client/cli/exit_code.h"
#include "client/cli/files.h"
#include "client/cli/json.h"
#include "client/cli/plot/loss_plot.h"
#include "client/cli/text.h"

namespace fnn::cli {

RunStreamOptions RunFollower::StreamOptions() {
  RunStreamOptions options;
  options.on_progress = [this](const v1::RunProgress& progress) {
    progress_.inside_epoch = progress;
    ShowLiveLine();
  };
  options.on_reconnect = [this](const ReconnectWait& wait) { ShowWait(live_line_, wait); };
  options.reconnect_for = reconnect_for_.value_or(options.reconnect_for);
  return options;
}

absl::Status RunFollower::Follow(const v1::Run& run, StreamRange<v1::RunEvent>& events) {
  progress_.epochs = run.spec().options().epochs();
  table_ = std::make_unique<EpochTable>(progress_.epochs);
  ShowLiveLine();
  for (absl::StatusOr<v1::RunEvent>& event : events) {
    if (!event.ok()) {
      live_line_.Clear();
      return event.status();
    }
    Show(*event);
    if (context_.format == Format::kJson) *events_.add_events() = *std::move(event);
  }
  live_line_.Clear();
  return absl::OkStatus();
}

void RunFollower::Show(const v1::RunEvent& event) {
  events_.set_last_sequence(event.sequence());
  if (event.has_epoch()) {
    reports_.push_back(event.epoch());
    progress_.report = event.epoch();
  }
  if (event.has_state_changed()) {
    progress_.state = event.state_changed().to();
    live_line_.Clear();  // Shown at once: nothing may follow for long.
  }
  if (event.has_finished()) finished_ = event.finished();
  if (context_.format == Format::kNdjson) PrintJson(context_, event);
  if (context_.format == Format::kTable && event.has_epoch()) {
    live_line_.Clear();
    context_.env.out << table_->Add(event.epoch());
  }
  if (context_.format == Format::kTable && event.has_diagnosis()) {
    live_line_.Clear();
    context_.env.err << FormatDiagnosis(event.diagnosis());
  }
  // What is said must be seen while the run goes on, through a pipe as well.
  context_.env.out << std::flush;
  if (!finished_.has_value()) ShowLiveLine();
}

void RunFollower::ShowLiveLine() {
  if (live_line_.enabled()) {
    live_line_.Show(FormatProgressLine(progress_, context_.env.terminal_width() - 1));
  }
}

std::string FormatDiagnosis(const v1::Diagnosis& diagnosis) {
  const bool known = v1::DiagnosisKind_IsValid(diagnosis.kind());  // Else of a newer server.
  const std::string kind = absl::StrCat(
      known ? "" : "diagnosis ", EnumText(*v1::DiagnosisKind_descriptor(), diagnosis.kind()));
  std::string text = absl::StrCat("epoch ", diagnosis.epoch(), ": ", kind);
  if (!diagnosis.layer().empty()) absl::StrAppend(&text, ", layer ", Printable(diagnosis.layer()));
  for (const v1::DiagnosisEvidence& evidence : diagnosis.evidence()) {
    absl::StrAppend(&text, &evidence == &diagnosis.evidence(0) ? " (" : "; ",
                    Printable(evidence.name()), " ", Number(evidence.value(), 4), " against ",
                    Number(evidence.threshold(), 4));
  }
  if (diagnosis.evidence_size() > 0) absl::StrAppend(&text, ")");
  return absl::StrCat(text, "\n  ", Printable(diagnosis.message()), " ",
                      Printable(diagnosis.suggestion()), "\n");
}

absl::Status RunOutcome(const std::string& run, const v1::RunFinished& finished) {
  if (finished.state() == v1::RUN_STATE_SUCCEEDED) return absl::OkStatus();
  std::string message = absl::StrCat(run, " ", StateName(finished.state()));
  if (finished.state() == v1::RUN_STATE_CANCELLED) message = absl::StrCat(run, " was cancelled");
  if (finished.has_error()) {
    const v1::RunError& error = finished.error();
    absl::StrAppend(&message, " in epoch ", error.epoch());
    if (!error.layer().empty()) absl::StrAppend(&message, ", layer ", error.layer());
    absl::StrAppend(&message, ": ", error.message());
  }
  return RunEndedError(message);
}

absl::StatusOr<std::vector<v1::EpochReport>> EpochsOf(Context& context, const std::string& run) {
  v1::WatchRunRequest request;
  request.set_name(run);
  request.set_follow(false);
  std::vector<v1::EpochReport> reports;
  for (absl::StatusOr<v1::RunEvent>& event : context.client.WatchRun(request)) {
    if (!event.ok()) return event.status();
    if (event->has_epoch()) reports.push_back(std::move(*event->mutable_epoch()));
  }
  return reports;
}

absl::Status WritePlot(Context& context, const std::string& run,
                       const std::vector<v1::EpochReport>& reports, const std::string& path,
                       const std::string& scale) {
  LossPlotOptions options;
  options.title = run;
  if (scale == "log") options.scale = LossScale::kLog;
  if (scale == "linear") options.scale = LossScale::kLinear;
  return WriteFile(context.env, path, LossPlot(reports, options));
}

}  // namespace fnn::cli
