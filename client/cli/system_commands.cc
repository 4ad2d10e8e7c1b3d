#include "client/cli/system_commands.h"

#include <ostream>
#include <utility>

#include "absl/time/time.h"

#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/table.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

const char* Name(HealthStatus status) {
  switch (status) {
    case HealthStatus::kServing:
      return "serving";
    case HealthStatus::kNotServing:
      return "not serving";
    case HealthStatus::kUnknown:
      break;
  }
  return "unknown";
}

// A limit of which 0 says that there is none.
std::string Limit(int64_t value, std::string text) {
  return value == 0 ? "no limit" : std::move(text);
}

}  // namespace

absl::Status Health(Context& context, const std::string& service) {
  const absl::StatusOr<HealthStatus> health = context.client.CheckHealth(service);
  if (!health.ok()) return health.status();
  if (context.format == Format::kTable) {
    context.env.out << Name(*health) << "\n";
  } else {
    PrintJson(context, Json::Object({{"status", Json::String(Name(*health))}}));
  }
  if (*health == HealthStatus::kServing) return absl::OkStatus();
  return NotServingError();
}

absl::Status Info(Context& context) {
  const absl::StatusOr<v1::GetServerInfoResponse> info = context.client.GetServerInfo();
  if (!info.ok()) return info.status();
  if (context.format != Format::kTable) {
    PrintJson(context, *info);
    return absl::OkStatus();
  }
  const v1::ServerLimits& limits = info->limits();
  context.env.out << NamesAndValues(
      {{"server", context.server},
       {"version", info->version()},
       {"instruction set", info->instruction_set()},
       {"started", Time(info->start_time())},
       {"keeps what it has", info->durable() ? "on its disk" : "in memory, until it ends"},
       {"largest message", Bytes(limits.max_message_bytes())},
       {"largest dataset", Bytes(limits.max_dataset_bytes())},
       {"memory for training", Bytes(limits.max_training_memory_bytes())},
       {"threads for training", Count(limits.max_threads())},
       {"runs at once", Count(limits.max_running())},
       {"runs waiting", Count(limits.max_queued())},
       {"ended runs kept", Limit(limits.max_finished(), Count(limits.max_finished()))},
       {"their logs", Limit(limits.max_finished_bytes(), Bytes(limits.max_finished_bytes()))},
       {"kept for", Limit(limits.max_finished_seconds(),
                          absl::FormatDuration(absl::Seconds(limits.max_finished_seconds())))},
       {"memory for what is kept", Bytes(limits.max_storage_bytes())},
       {"values a prediction", Count(limits.max_predicted_values())}});
  return absl::OkStatus();
}

}  // namespace fnn::cli
