#include "client/cli/run_history_command.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/csv.h"
#include "client/cli/epoch_table.h"
#include "client/cli/follow_run.h"
#include "client/cli/json.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

using Metrics = google::protobuf::RepeatedPtrField<v1::MetricValue>;

void AddNames(const Metrics& metrics, std::vector<std::string>& names) {
  for (const v1::MetricValue& metric : metrics) {
    if (std::find(names.begin(), names.end(), metric.name()) == names.end()) {
      names.push_back(metric.name());
    }
  }
}

void AddCells(const Metrics& metrics, const std::vector<std::string>& names,
              std::vector<std::string>& cells) {
  for (const std::string& name : names) {
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [&](const v1::MetricValue& m) { return m.name() == name; });
    cells.push_back(found == metrics.end() ? "" : CsvNumber(found->value()));
  }
}

}  // namespace

std::string EpochsAsCsv(const std::vector<v1::EpochReport>& reports) {
  std::vector<std::string> train;
  std::vector<std::string> validation;
  for (const v1::EpochReport& report : reports) {
    AddNames(report.train_metrics(), train);
    AddNames(report.validation_metrics(), validation);
  }
  std::vector<std::string> header = {"epoch", "train_loss", "regularization", "validation_loss"};
  for (const std::string& name : train) header.push_back(absl::StrCat("train_", name));
  for (const std::string& name : validation) header.push_back(absl::StrCat("validation_", name));
  header.insert(header.end(),
                {"learning_rate", "parameter_digest", "seconds", "samples_per_second"});
  std::string text = CsvRecord(header);
  for (const v1::EpochReport& report : reports) {
    std::vector<std::string> cells = {
        absl::StrCat(report.epoch()), CsvNumber(report.train_loss()),
        CsvNumber(report.regularization()),
        report.has_validation_loss() ? CsvNumber(report.validation_loss()) : ""};
    AddCells(report.train_metrics(), train, cells);
    AddCells(report.validation_metrics(), validation, cells);
    const v1::EpochTiming& timing = report.timing();
    cells.insert(cells.end(), {CsvNumber(report.learning_rate()), report.parameter_digest(),
                               CsvNumber(absl::ToDoubleSeconds(ToDuration(timing.duration()))),
                               CsvNumber(timing.samples_per_second())});
    absl::StrAppend(&text, CsvRecord(cells));
  }
  return text;
}

absl::Status RunHistory(Context& context, const std::string& name) {
  const std::string run = ResourceName("runs", name);
  const absl::StatusOr<std::vector<v1::EpochReport>> reports = EpochsOf(context, run);
  if (!reports.ok()) return reports.status();
  switch (context.format) {
    case Format::kTable: {
      EpochTable table(reports->empty() ? 0 : reports->back().epoch());
      for (const v1::EpochReport& report : *reports) context.env.out << table.Add(report);
      break;
    }
    case Format::kCsv:
      context.env.out << EpochsAsCsv(*reports);
      break;
    case Format::kNdjson:
      for (const v1::EpochReport& report : *reports) PrintJson(context, report);
      break;
    case Format::kJson: {
      std::vector<Json> epochs;
      for (const v1::EpochReport& report : *reports) epochs.push_back(Json::Message(report));
      PrintJson(context,
                Json::Object({{"run", Json::String(run)}, {"epochs", Json::Array(epochs)}}));
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace fnn::cli
