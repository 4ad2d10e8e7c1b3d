// Errors of the disk that pass by themselves: trying again later may help.

#ifndef FNN_SERVER_BASE_DISK_TROUBLE_H_
#define FNN_SERVER_BASE_DISK_TROUBLE_H_

#include "absl/status/status.h"

namespace fnn::server {

// Whether `status` has the reason DISK_FULL or DISK_FAULT.
bool IsDiskTrouble(const absl::Status& status);

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_DISK_TROUBLE_H_
