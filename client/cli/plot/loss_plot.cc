#include "client/cli/plot/loss_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/plot/panel.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

constexpr double kWidth = 800;
constexpr double kLeft = 76;
constexpr double kRight = 28;
constexpr double kHeading = 44;  // Above each panel.
constexpr double kTitle = 56;    // Above the first.
constexpr double kLossHeight = 280;
constexpr double kMetricHeight = 150;
constexpr double kBelowPanel = 28;  // For the numbers of the horizontal axis.
constexpr double kBottom = 30;      // For its label.
constexpr double kWideRange = 200;

// Okabe and Ito's blue and vermilion, which people with any colour vision tell apart.
constexpr char kTrainColor[] = "#0072b2";
constexpr char kValidationColor[] = "#d55e00";
constexpr char kNoDashes[] = "";
constexpr char kDashes[] = "7 4";

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

using Points = std::vector<std::pair<double, double>>;

std::vector<Curve> LossCurves(const std::vector<v1::EpochReport>& reports) {
  Points train;
  Points validation;
  for (const v1::EpochReport& report : reports) {
    const auto epoch = static_cast<double>(report.epoch());
    train.emplace_back(epoch, report.train_loss());
    if (report.has_validation_loss()) validation.emplace_back(epoch, report.validation_loss());
  }
  return Drawable({{"training", kTrainColor, kNoDashes, std::move(train)},
                   {"validation", kValidationColor, kDashes, std::move(validation)}});
}

// The curves of the metric of that name.
std::vector<Curve> MetricCurves(const std::vector<v1::EpochReport>& reports,
                                const std::string& name) {
  Points train;
  Points validation;
  for (const v1::EpochReport& report : reports) {
    const auto epoch = static_cast<double>(report.epoch());
    for (const auto& metric : report.train_metrics()) {
      if (metric.name() == name) train.emplace_back(epoch, metric.value());
    }
    for (const auto& metric : report.validation_metrics()) {
      if (metric.name() == name) validation.emplace_back(epoch, metric.value());
    }
  }
  return Drawable({{"training", kTrainColor, kNoDashes, std::move(train)},
                   {"validation", kValidationColor, kDashes, std::move(validation)}});
}

// The first metric that the reports have; empty for none.
std::string MetricName(const std::vector<v1::EpochReport>& reports) {
  for (const v1::EpochReport& report : reports) {
    if (!report.train_metrics().empty()) return report.train_metrics(0).name();
    if (!report.validation_metrics().empty()) return report.validation_metrics(0).name();
  }
  return "";
}

bool UseLog(LossScale scale, const std::vector<Curve>& curves) {
  if (scale != LossScale::kAuto) return scale == LossScale::kLog;
  const auto range = Range(curves);
  return range.has_value() && range->first > 0 && range->second / range->first >= kWideRange;
}

Axis LossAxis(bool log, std::vector<Curve>& curves) {
  if (log) {
    for (Curve& curve : curves) {
      for (auto& [x, y] : curve.points) {
        if (!(y >= Axis::kLeast)) y = kGap;
      }
    }
    const auto [low, high] = Range(curves).value_or(std::make_pair(0.1, 1.0));
    return Axis::Log(low, high);
  }
  auto [low, high] = Range(curves).value_or(std::make_pair(0.0, 1.0));
  // A loss is read against zero, unless it stays far from it.
  if (low > 0 && low < high * 0.5) low = 0;
  return Axis::Linear(low, high);
}

// `mean_squared_error` as `Mean squared error`.
std::string Heading(std::string name) {
  name = absl::StrReplaceAll(name, {{"_", " "}});
  if (!name.empty()) name[0] = absl::ascii_toupper(name[0]);
  return name;
}

std::string Summary(const std::vector<v1::EpochReport>& reports) {
  if (reports.empty()) return "No epoch has been reported.";
  const v1::EpochReport& last = reports.back();
  std::string text =
      absl::StrCat("Epoch ", last.epoch(), ": training loss ", Number(last.train_loss(), 4));
  if (last.has_validation_loss()) {
    absl::StrAppend(&text, ", validation loss ", Number(last.validation_loss(), 4));
  }
  const auto& metrics =
      last.validation_metrics().empty() ? last.train_metrics() : last.validation_metrics();
  if (!metrics.empty()) {
    absl::StrAppend(&text, ", ", last.validation_metrics().empty() ? "training " : "validation ",
                    absl::StrReplaceAll(metrics[0].name(), {{"_", " "}}), " ",
                    Number(metrics[0].value(), 4));
  }
  return text;
}

}  // namespace

std::string LossPlot(const std::vector<v1::EpochReport>& reports, const LossPlotOptions& options) {
  const std::string metric = MetricName(reports);
  const double metric_top = kTitle + kHeading + kLossHeight + kBelowPanel + kHeading;
  const double plot_bottom =
      metric.empty() ? metric_top - kHeading : metric_top + kMetricHeight + kBelowPanel;
  const double height = plot_bottom + kBottom;

  SvgWriter svg = BeginPicture(kLeft, kWidth, height, options.title, Summary(reports));

  const auto last = reports.empty() ? 1.0 : static_cast<double>(reports.back().epoch());
  const auto first = reports.empty() ? 0.0 : static_cast<double>(reports.front().epoch());
  const Axis epochs = Axis::Integers(first, last);
  const double width = kWidth - kLeft - kRight;

  std::vector<Curve> losses = LossCurves(reports);
  const bool log = UseLog(options.scale, losses);
  Axis loss_axis = LossAxis(log, losses);
  DrawPanel(svg, {.heading = log ? "Loss (logarithmic)" : "Loss",
                  .frame = {kLeft, kTitle + kHeading, width, kLossHeight},
                  .x = epochs,
                  .y = std::move(loss_axis),
                  .x_label = metric.empty() ? "epoch" : "",
                  .curves = std::move(losses)});
  if (!metric.empty()) {
    std::vector<Curve> curves = MetricCurves(reports, metric);
    const auto [low, high] = Range(curves).value_or(std::make_pair(0.0, 1.0));
    DrawPanel(svg, {.heading = Heading(metric),
                    .frame = {kLeft, metric_top, width, kMetricHeight},
                    .x = epochs,
                    .y = Axis::Linear(low, high),
                    .x_label = "epoch",
                    .curves = std::move(curves)});
  }
  return svg.Finish();
}

}  // namespace fnn::cli
