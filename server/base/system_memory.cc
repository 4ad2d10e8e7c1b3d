#include "server/base/system_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace fnn::server {

int64_t SystemMemoryBytes() {
  int64_t bytes = int64_t{sysconf(_SC_PHYS_PAGES)} * int64_t{sysconf(_SC_PAGE_SIZE)};
  // Version 2 and version 1. Reading fails on "max" and where there is no such file.
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    int64_t limit = 0;
    if (std::ifstream(path) >> limit && limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

}  // namespace fnn::server
