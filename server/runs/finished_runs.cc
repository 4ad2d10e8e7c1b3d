#include "server/runs/finished_runs.h"

namespace fnn::server {

void FinishedRuns::Add(std::shared_ptr<Run> run) {
  Key key(run->end_time(), run->name());
  const int64_t bytes = run->log().size_bytes();
  if (runs_.emplace(std::move(key), Entry{std::move(run), bytes}).second) bytes_ += bytes;
}

void FinishedRuns::Remove(const std::shared_ptr<Run>& run) {
  const auto it = runs_.find(Key(run->end_time(), run->name()));
  if (it == runs_.end() || it->second.run != run) return;
  bytes_ -= it->second.bytes;
  runs_.erase(it);
}

std::shared_ptr<Run> FinishedRuns::TakeOldest() {
  if (runs_.empty()) return nullptr;
  Entry entry = std::move(runs_.begin()->second);
  runs_.erase(runs_.begin());
  bytes_ -= entry.bytes;
  return std::move(entry.run);
}

std::vector<std::shared_ptr<Run>> FinishedRuns::TakeExcess(absl::Time now) {
  std::vector<std::shared_ptr<Run>> excess;
  const auto too_many = [this] {
    return retention_.most_runs > 0 && static_cast<int64_t>(runs_.size()) > retention_.most_runs;
  };
  const auto too_large = [this] {
    return retention_.most_bytes > 0 && bytes_ > retention_.most_bytes;
  };
  const auto too_old = [this, now] {
    return retention_.most_age > absl::ZeroDuration() &&
           runs_.begin()->first.first < now - retention_.most_age;
  };
  while (!runs_.empty() && (too_many() || too_large() || too_old())) {
    excess.push_back(TakeOldest());
  }
  return excess;
}

}  // namespace fnn::server
