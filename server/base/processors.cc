#include "server/base/processors.h"

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <thread>

namespace fnn::server {

int Processors() {
  int64_t processors = std::thread::hardware_concurrency();
  cpu_set_t bound;  // Too small for machines of more than 1024, where the call fails.
  if (sched_getaffinity(0, sizeof(bound), &bound) == 0) processors = CPU_COUNT(&bound);
  // Reading fails on "max" and where there is no such file.
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  int64_t quota = 0, period = 0;
  if (file >> quota >> period && quota > 0 && period > 0) {
    processors = std::min(processors, (quota - 1) / period + 1);
  }
  return static_cast<int>(std::max<int64_t>(processors, 1));
}

}  // namespace fnn::server
