// The runs that wait, in the order in which they are trained: by priority, then by age.

#ifndef FNN_SERVER_RUNS_RUN_QUEUE_H_
#define FNN_SERVER_RUNS_RUN_QUEUE_H_

#include <memory>
#include <set>
#include <utility>

#include "server/runs/run.h"

namespace fnn::server {

class RunQueue {
 public:
  bool empty() const { return runs_.empty(); }
  int64_t size() const { return static_cast<int64_t>(runs_.size()); }
  // Adding one that is there, or removing one that is not, changes nothing.
  void Add(std::shared_ptr<Run> run) { runs_.insert(std::move(run)); }
  void Remove(const std::shared_ptr<Run>& run) { runs_.erase(run); }
  const std::shared_ptr<Run>& first() const { return *runs_.begin(); }
  std::shared_ptr<Run> TakeFirst() { return std::move(runs_.extract(runs_.begin()).value()); }

 private:
  struct Before {
    bool operator()(const std::shared_ptr<Run>& a, const std::shared_ptr<Run>& b) const {
      return std::pair(-int64_t{a->priority()}, a->age()) <
             std::pair(-int64_t{b->priority()}, b->age());
    }
  };
  std::set<std::shared_ptr<Run>, Before> runs_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_QUEUE_H_
