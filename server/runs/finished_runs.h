// The runs that have ended, and which of them are to be forgotten: by number, age and bytes.

#ifndef FNN_SERVER_RUNS_FINISHED_RUNS_H_
#define FNN_SERVER_RUNS_FINISHED_RUNS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/runs/run.h"

namespace fnn::server {

// What is kept of the runs that have ended; the oldest go first. 0: no such limit.
struct Retention {
  int64_t most_runs = 1000;
  int64_t most_bytes = 0;  // Of their logs.
  absl::Duration most_age = absl::ZeroDuration();
};

class FinishedRuns {
 public:
  explicit FinishedRuns(Retention retention) : retention_(retention) {}

  void Add(std::shared_ptr<Run> run);
  void Remove(const std::shared_ptr<Run>& run);
  // Takes out those that go beyond what is kept.
  std::vector<std::shared_ptr<Run>> TakeExcess(absl::Time now);
  // Takes out the one that ended first; null where there is none.
  std::shared_ptr<Run> TakeOldest();

 private:
  using Key = std::pair<absl::Time, std::string>;  // When it ended, and its name.
  struct Entry {
    std::shared_ptr<Run> run;
    int64_t bytes;
  };

  const Retention retention_;
  std::map<Key, Entry> runs_;
  int64_t bytes_ = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_FINISHED_RUNS_H_
