#include "server/store/version_cache.h"

#include <iterator>
#include <utility>

namespace fnn::server {

std::shared_ptr<const ModelVersion> VersionCache::Find(const std::string& key) {
  KeptList dropped;
  MutexLock lock(mutex_);
  const auto it = entries_.find(key);
  if (it == entries_.end()) return nullptr;
  std::shared_ptr<const ModelVersion> version = it->second.version.lock();
  if (version != nullptr) Use(key, it->second, version, dropped);
  return version;
}

absl::StatusOr<std::shared_ptr<const ModelVersion>> VersionCache::FindOrLoad(const std::string& key,
                                                                             Loader load) {
  if (std::shared_ptr<const ModelVersion> version = Find(key)) return version;
  const KeyedLock loading(loading_, key);
  if (std::shared_ptr<const ModelVersion> version = Find(key)) return version;
  absl::StatusOr<Loaded> loaded = load();
  if (!loaded.ok()) return loaded.status();
  auto stored = std::make_shared<Loaded>(*std::move(loaded));
  std::shared_ptr<const ModelVersion> version(stored, &stored->version);
  KeptList dropped;
  MutexLock lock(mutex_);
  Entry& entry = entries_[key];
  entry.bytes = stored->memory.bytes();
  entry.version = version;
  Use(key, entry, version, dropped);
  return version;
}

void VersionCache::Insert(const std::string& key, Loaded loaded) {
  // Can't fail.
  (void)FindOrLoad(key, [&]() -> absl::StatusOr<Loaded> { return std::move(loaded); });
}

void VersionCache::Erase(const std::string& key) {
  KeptList dropped;
  MutexLock lock(mutex_);
  const auto it = entries_.find(key);
  if (it == entries_.end()) return;
  if (it->second.is_kept) {
    bytes_ -= it->second.bytes;
    dropped.splice(dropped.end(), kept_, it->second.kept);
  }
  entries_.erase(it);
}

bool VersionCache::Reclaim() {
  KeptList dropped;
  MutexLock lock(mutex_);
  for (auto kept = kept_.end(); kept != kept_.begin();) {
    --kept;
    if (kept->version.use_count() > 1) continue;
    Drop(kept, dropped);
    return true;
  }
  return false;
}

void VersionCache::Use(const std::string& key, Entry& entry,
                       std::shared_ptr<const ModelVersion> version, KeptList& dropped) {
  if (entry.is_kept) {
    kept_.splice(kept_.begin(), kept_, entry.kept);
    return;
  }
  kept_.push_front({key, entry.bytes, std::move(version)});
  entry.kept = kept_.begin();
  entry.is_kept = true;
  bytes_ += entry.bytes;
  while (bytes_ > most_bytes_ && kept_.size() > 1) Drop(std::prev(kept_.end()), dropped);
}

void VersionCache::Drop(KeptList::iterator kept, KeptList& dropped) {
  bytes_ -= kept->bytes;
  entries_[kept->key].is_kept = false;
  dropped.splice(dropped.end(), kept_, kept);
  // Of those that were dropped before, forget what is no longer in use.
  std::erase_if(entries_, [](const auto& item) { return item.second.version.expired(); });
}

}  // namespace fnn::server
