#include "server/base/disk_trouble.h"

#include <optional>
#include <string>

#include "server/base/errors.h"

namespace fnn::server {

bool IsDiskTrouble(const absl::Status& status) {
  const std::optional<std::string> reason = ErrorReason(status);
  return reason == "DISK_FULL" || reason == "DISK_FAULT";
}

}  // namespace fnn::server
