#include "server/version.h"

namespace fnn::server {

absl::string_view Version() { return FNN_VERSION; }

}  // namespace fnn::server
