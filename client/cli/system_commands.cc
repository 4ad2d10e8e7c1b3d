#include "client/cli/system_commands.h"

#include <ostream>

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
       {"largest message", Bytes(limits.max_message_bytes())},
       {"largest dataset", Bytes(limits.max_dataset_bytes())},
       {"memory for training", Bytes(limits.max_training_memory_bytes())},
       {"threads for training", Count(limits.max_threads())},
       {"runs at once", Count(limits.max_running())},
       {"runs waiting", Count(limits.max_queued())},
       {"runs kept", Count(limits.max_finished())},
       {"memory for what is kept", Bytes(limits.max_storage_bytes())},
       {"values a prediction", Count(limits.max_predicted_values())}});
  return absl::OkStatus();
}

}  // namespace fnn::cli
