#include "core/threads/processor.h"

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#endif

namespace fnn::core {

#if defined(__linux__)

int CurrentProcessor() { return sched_getcpu(); }

void KeepOffProcessor(int processor) {
  cpu_set_t others;
  // The main thread's, as the calling thread may be kept off another already.
  if (sched_getaffinity(getpid(), sizeof(others), &others) != 0) return;
  CPU_CLR(static_cast<size_t>(processor), &others);
  if (CPU_COUNT(&others) == 0) return;
  // What fails changes nothing but the speed.
  static_cast<void>(pthread_setaffinity_np(pthread_self(), sizeof(others), &others));
}

#else

int CurrentProcessor() { return -1; }
void KeepOffProcessor(int /*processor*/) {}

#endif

}  // namespace fnn::core
