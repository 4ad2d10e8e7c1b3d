#include "client/cli/settings.h"

#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/exit_code.h"
#include "client/cli/files.h"

namespace fnn::cli {
namespace {

using Values = std::map<std::string, std::string>;

absl::StatusOr<Values> ReadConfig(Environment& env, const std::string& path) {
  const absl::StatusOr<std::string> content = ReadFile(env, path);
  if (!content.ok()) return content.status();
  Values values;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(*content, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits('=', 1));
    const absl::string_view key = absl::StripAsciiWhitespace(parts[0]);
    if (parts.size() != 2 || (key != "server" && key != "output")) {
      return UsageError(absl::StrCat("'", path, "' line ", number,
                                     ": expected 'server = HOST:PORT' or 'output = FORMAT'"));
    }
    values[std::string(key)] = std::string(absl::StripAsciiWhitespace(parts[1]));
  }
  return values;
}

// Where the configuration is if the command line does not say; empty where there is none.
std::string DefaultConfig(Environment& env) {
  std::filesystem::path folder;
  if (const auto xdg = env.getenv("XDG_CONFIG_HOME"); xdg.has_value() && !xdg->empty()) {
    folder = *xdg;
  } else if (const auto home = env.getenv("HOME"); home.has_value() && !home->empty()) {
    folder = std::filesystem::path(*home) / ".config";
  } else {
    return "";
  }
  const std::filesystem::path file = folder / "fnn" / "config";
  std::error_code ignored;
  return std::filesystem::exists(file, ignored) ? file.string() : "";
}

absl::StatusOr<Format> ParseFormat(const std::string& text) {
  if (text == "table") return Format::kTable;
  if (text == "json") return Format::kJson;
  if (text == "ndjson") return Format::kNdjson;
  if (text == "csv") return Format::kCsv;
  return UsageError(absl::StrCat("no output format is called '", text,
                                 "'; there are table, json, ndjson and csv"));
}

}  // namespace

absl::StatusOr<Settings> LoadSettings(Environment& env, const SettingFlags& flags) {
  Values file;
  if (const std::string path = flags.config.value_or(DefaultConfig(env)); !path.empty()) {
    absl::StatusOr<Values> values = ReadConfig(env, path);
    if (!values.ok()) return values.status();
    file = *std::move(values);
  }
  // Empty where none has it.
  const auto pick = [&](const std::optional<std::string>& flag, const char* variable,
                        const char* key) {
    return flag.has_value() ? *flag : env.getenv(variable).value_or(file[key]);
  };
  Settings settings;
  if (std::string server = pick(flags.server, "FNN_SERVER", "server"); !server.empty()) {
    settings.server = std::move(server);
  }
  if (const std::string output = pick(flags.output, "FNN_OUTPUT", "output"); !output.empty()) {
    const absl::StatusOr<Format> format = ParseFormat(output);
    if (!format.ok()) return format.status();
    settings.format = *format;
  }
  return settings;
}

}  // namespace fnn::cli
