// How much memory this process may use.

#ifndef FNN_SERVER_BASE_SYSTEM_MEMORY_H_
#define FNN_SERVER_BASE_SYSTEM_MEMORY_H_

#include <cstdint>

namespace fnn::server {

// The machine's memory or the limit of the control group, whichever is less, in bytes.
int64_t SystemMemoryBytes();

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_SYSTEM_MEMORY_H_
