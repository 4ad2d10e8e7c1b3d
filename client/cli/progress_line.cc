#include "client/cli/progress_line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

// The share of all epochs that is done, in [0, 1].
double ShareDone(const TrainingProgress& progress) {
  double done = progress.report.has_value() ? static_cast<double>(progress.report->epoch()) : 0;
  if (const auto& inside = progress.inside_epoch; inside.has_value() && inside->batches() > 0) {
    const double within =
        static_cast<double>(inside->batch()) / static_cast<double>(inside->batches());
    done = std::max(done, static_cast<double>(inside->epoch()) - 1 + within);
  }
  return std::clamp(done / static_cast<double>(std::max<int64_t>(progress.epochs, 1)), 0.0, 1.0);
}

std::string Bar(double share, int cells) {
  const int full = static_cast<int>(share * cells);
  std::string bar(static_cast<size_t>(full), '=');
  if (full < cells) bar.push_back('>');
  bar.resize(static_cast<size_t>(cells), ' ');
  return absl::StrCat("[", bar, "]  ");
}

std::string Figures(const TrainingProgress& progress) {
  const int64_t done = progress.report.has_value() ? progress.report->epoch() : 0;
  std::string text = absl::StrCat(done, "/", progress.epochs);
  const auto add = [&text](const auto&... parts) { absl::StrAppend(&text, "  ", parts...); };
  if (progress.state == v1::RUN_STATE_PAUSED) add("paused");
  if (!progress.report.has_value()) {
    if (progress.state != v1::RUN_STATE_PAUSED) add("waiting to train");
    return text;
  }
  const v1::EpochReport& report = *progress.report;
  const bool newer =
      progress.inside_epoch.has_value() && progress.inside_epoch->epoch() > report.epoch();
  add("loss ", Number(newer ? progress.inside_epoch->running_loss() : report.train_loss(), 4));
  if (report.has_validation_loss()) add("validation ", Number(report.validation_loss(), 4));
  const auto& metrics =
      report.validation_metrics().empty() ? report.train_metrics() : report.validation_metrics();
  if (!metrics.empty()) add(Printable(metrics[0].name()), " ", Number(metrics[0].value(), 4));
  if (report.timing().samples_per_second() > 0) {
    add(Count(static_cast<int64_t>(report.timing().samples_per_second())), " samples/s");
  }
  if (report.timing().has_time_left() && report.epoch() < progress.epochs) {
    add(Clock(ToDuration(report.timing().time_left())), " left");
  }
  return text;
}

}  // namespace

std::string FormatProgressLine(const TrainingProgress& progress, int width) {
  std::string figures = Figures(progress);
  const int decoration = 4;  // Brackets and the two spaces after them.
  const int cells = std::min(width - static_cast<int>(figures.size()) - decoration, 30);
  if (cells < 5) return figures;
  return absl::StrCat(Bar(ShareDone(progress), cells), figures);
}

}  // namespace fnn::cli
