// The version of the service.

#ifndef FNN_SERVER_VERSION_H_
#define FNN_SERVER_VERSION_H_

#include "absl/strings/string_view.h"

namespace fnn::server {

// Such as `0.1.0`: the project's in CMakeLists.txt.
absl::string_view Version();

}  // namespace fnn::server

#endif  // FNN_SERVER_VERSION_H_
