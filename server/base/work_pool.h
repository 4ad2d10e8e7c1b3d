// A few threads for work too long for gRPC's own: reading files, predicting, evaluating.

#ifndef FNN_SERVER_BASE_WORK_POOL_H_
#define FNN_SERVER_BASE_WORK_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/base/mutex.h"

namespace fnn::server {

class WorkPool {
 public:
  // `threads` >= 1; at most `most_waiting` pieces of work wait.
  WorkPool(int threads, size_t most_waiting);
  // Does what still waits, then joins.
  ~WorkPool();

  // Has `work` done on one of the threads; it must not throw. False, and nothing is done, where too
  // much waits already. Safe from any thread.
  [[nodiscard]] bool Submit(std::function<void()> work);

 private:
  void Loop();

  const size_t most_waiting_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;  // Last: they use the rest.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_WORK_POOL_H_
