#include "client/cli/epoch_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

constexpr size_t kLeastWidth = 10;

std::string Padded(const std::string& text, size_t width) {
  return absl::StrCat(std::string(width - std::min(width, DisplayWidth(text)), ' '), text);
}

// With so many decimals, or where that would hide the value, in scientific notation.
std::string Figure(double value, int decimals) {
  const double size = std::abs(value);
  const bool fits = size < 1e6 && size >= std::pow(10, 2 - decimals);
  if (value == 0 || fits || !std::isfinite(value)) return absl::StrFormat("%.*f", decimals, value);
  return absl::StrFormat("%.3e", value);
}

// `mean_squared_error` as a heading.
std::string Heading(const std::string& metric) {
  return absl::StrReplaceAll(Printable(metric), {{"_", " "}});
}

}  // namespace

EpochTable::EpochTable(int64_t last_epoch)
    : epoch_width_(std::max<size_t>(5, absl::StrCat(last_epoch).size())) {}

std::vector<EpochTable::Cell> EpochTable::Cells(const v1::EpochReport& report) {
  std::vector<Cell> cells = {{"train loss", Figure(report.train_loss(), 6)}};
  if (report.has_validation_loss()) {
    cells.push_back({"validation loss", Figure(report.validation_loss(), 6)});
  }
  for (const v1::MetricValue& metric : report.train_metrics()) {
    cells.push_back({absl::StrCat("train ", Heading(metric.name())), Figure(metric.value(), 4)});
  }
  for (const v1::MetricValue& metric : report.validation_metrics()) {
    cells.push_back(
        {absl::StrCat("validation ", Heading(metric.name())), Figure(metric.value(), 4)});
  }
  const double speed = report.timing().samples_per_second();
  cells.push_back({"samples/s", speed > 0 ? Count(static_cast<int64_t>(speed)) : "-"});
  return cells;
}

std::string EpochTable::Add(const v1::EpochReport& report) {
  const std::vector<Cell> cells = Cells(report);
  std::string text;
  if (headers_.empty()) {
    absl::StrAppend(&text, Padded("epoch", epoch_width_));
    for (const Cell& cell : cells) {
      headers_.push_back(cell.header);
      absl::StrAppend(&text, "  ", Padded(cell.header, kLeastWidth));
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, Padded(absl::StrCat(report.epoch()), epoch_width_));
  for (const std::string& header : headers_) {
    const auto cell =
        std::find_if(cells.begin(), cells.end(), [&](const Cell& c) { return c.header == header; });
    absl::StrAppend(&text, "  ",
                    Padded(cell == cells.end() ? "-" : cell->value,
                           std::max(kLeastWidth, DisplayWidth(header))));
  }
  absl::StrAppend(&text, "\n");
  return text;
}

}  // namespace fnn::cli
