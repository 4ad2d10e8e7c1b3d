#include "server/storage/memory_catalogue.h"

#include <tuple>

namespace fnn::server {

absl::Status MemoryCatalogue::Commit(const CatalogueBatch& batch) {
  core::MutexLock lock(mutex_);
  for (const CatalogueBatch::Change& change : batch.changes()) {
    const std::pair key(change.kind, change.key);
    if (change.value.has_value()) {
      records_.insert_or_assign(key, *change.value);
    } else {
      records_.erase(key);
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryCatalogue::ForEachRecord(RecordKind kind, RecordFunction function) const {
  std::pair<RecordKind, std::string> next(kind, "");
  while (true) {
    std::string value;
    {
      core::MutexLock lock(mutex_);
      const auto found = records_.lower_bound(next);
      if (found == records_.end() || found->first.first != kind) return absl::OkStatus();
      std::tie(next, value) = *found;
    }
    if (absl::Status status = function(next.second, value); !status.ok()) return status;
    next.second.push_back('\0');  // The key that comes next in the order of bytes.
  }
}

}  // namespace fnn::server
