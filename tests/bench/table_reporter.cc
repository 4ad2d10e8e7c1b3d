#include "tests/bench/table_reporter.h"

#include <array>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace fnn::bench {
namespace {

// The counters that have a column.
const std::set<std::string>& Columns() {
  static const auto* const columns = new std::set<std::string>{
      "seconds", "baseline_seconds", "bytes",  "baseline_bytes",  "ratio", "ratio_q1", "ratio_q3",
      "at_most", "at_least",         "within", "seconds_at_most", "met",   "pairs"};
  return *columns;
}

// `value` with three or four digits and the unit of `steps` that suits it, each `step` times the
// one before.
std::string Scaled(double value, double step, const std::array<const char*, 4>& units) {
  size_t unit = 0;
  while (value >= step && unit + 1 < units.size()) {
    value /= step;
    ++unit;
  }
  return absl::StrFormat("%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, units[unit]);
}

std::string Seconds(double seconds) { return Scaled(seconds * 1e9, 1e3, {"ns", "us", "ms", "s"}); }

std::string Quantity(const benchmark::UserCounters& counters, const std::string& prefix) {
  const auto seconds = counters.find(prefix + "seconds");
  if (seconds != counters.end()) return Seconds(seconds->second);
  const auto bytes = counters.find(prefix + "bytes");
  if (bytes == counters.end()) return "";
  return Scaled(bytes->second / 1024, 1024, {"KiB", "MiB", "GiB", "TiB"});
}

std::string Ratio(const benchmark::UserCounters& counters) {
  if (counters.count("ratio") == 0) return "";
  return absl::StrFormat("%.3f [%.3f, %.3f]", counters.at("ratio").value,
                         counters.at("ratio_q1").value, counters.at("ratio_q3").value);
}

std::string TargetOf(const benchmark::UserCounters& counters) {
  if (counters.count("at_most") > 0) {
    return absl::StrFormat("<= %.2f", counters.at("at_most").value);
  }
  if (counters.count("at_least") > 0) {
    return absl::StrFormat(">= %.2f", counters.at("at_least").value);
  }
  if (counters.count("within") > 0) {
    return absl::StrFormat("1 +- %.2f", counters.at("within").value);
  }
  if (counters.count("seconds_at_most") > 0) {
    return absl::StrCat("<= ", Seconds(counters.at("seconds_at_most").value));
  }
  return "";
}

}  // namespace

bool TableReporter::ReportContext(const Context& context) {
  GetOutputStream() << absl::StrFormat("%d processors at %.0f MHz\n", context.cpu_info.num_cpus,
                                       context.cpu_info.cycles_per_second / 1e6)
                    << absl::StrFormat("%-48s %10s %10s  %-24s %-11s %s\n", "figure", "measured",
                                       "baseline", "ratio [quartiles]", "target", "");
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    std::ostream& out = GetOutputStream();
    if (run.error_occurred) {
      ++failed_;
      out << absl::StrFormat("%-48s FAILED: %s\n", run.run_name.function_name, run.error_message);
      continue;
    }
    std::string verdict;
    if (const auto met = run.counters.find("met"); met != run.counters.end()) {
      ++targets_;
      verdict = met->second > 0 ? "met" : "MISSED";
      if (met->second == 0) ++missed_;
    }
    std::string more;
    for (const auto& [name, counter] : run.counters) {
      if (Columns().count(name) == 0) absl::StrAppend(&more, " ", name, "=", counter.value);
    }
    if (!run.report_label.empty()) absl::StrAppend(&more, " ", run.report_label);
    out << absl::StrFormat("%-48s %10s %10s  %-24s %-11s %-6s %s\n", run.run_name.function_name,
                           Quantity(run.counters, ""), Quantity(run.counters, "baseline_"),
                           Ratio(run.counters), TargetOf(run.counters), verdict, more)
        << std::flush;
  }
}

void TableReporter::Finalize() {
  GetOutputStream() << absl::StrFormat("%d targets, %d missed; %d figures failed\n", targets_,
                                       missed_, failed_);
}

}  // namespace fnn::bench
