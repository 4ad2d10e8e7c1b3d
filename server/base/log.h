// The server's own log, one line an entry on standard error. Never holds a user's data.

#ifndef FNN_SERVER_BASE_LOG_H_
#define FNN_SERVER_BASE_LOG_H_

#include "absl/strings/string_view.h"

namespace fnn::server {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Entries below `level` are dropped. The level at start is kInfo.
void SetLogLevel(LogLevel level);

// Safe from any thread.
void LogDebug(absl::string_view message);
void LogInfo(absl::string_view message);
void LogWarning(absl::string_view message);
void LogError(absl::string_view message);

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_LOG_H_
