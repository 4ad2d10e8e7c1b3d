#include "server/base/log.h"

#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace fnn::server {
namespace {

spdlog::logger& Logger() {
  // Never destroyed: threads may log while the process exits.
  static spdlog::logger& logger = *[] {
    auto* made =
        new spdlog::logger("fnn-server", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return logger;
}

spdlog::level::level_enum Level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

// The message goes in as an argument: braces in it mean nothing.
void Write(LogLevel level, absl::string_view message) {
  Logger().log(Level(level), "{}", fmt::string_view(message.data(), message.size()));
}

}  // namespace

void SetLogLevel(LogLevel level) { Logger().set_level(Level(level)); }
void LogDebug(absl::string_view message) { Write(LogLevel::kDebug, message); }
void LogInfo(absl::string_view message) { Write(LogLevel::kInfo, message); }
void LogWarning(absl::string_view message) { Write(LogLevel::kWarning, message); }
void LogError(absl::string_view message) { Write(LogLevel::kError, message); }

}  // namespace fnn::server
