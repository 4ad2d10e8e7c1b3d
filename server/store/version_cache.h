// The networks of versions in memory: those in use, and those used last.

#ifndef FNN_SERVER_STORE_VERSION_CACHE_H_
#define FNN_SERVER_STORE_VERSION_CACHE_H_

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/network.h"
#include "fnn/v1/model.pb.h"
#include "server/base/keyed_mutex.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"

namespace fnn::server {

// A trained network with what is known of it but its aliases. Immutable.
struct ModelVersion {
  v1::ModelVersion message;
  core::Network network;
};

// Safe from any thread. Keys are uids of files, which never hold anything else.
class VersionCache {
 public:
  // A version with the memory it is accounted with.
  struct Loaded {
    ModelVersion version;
    Reservation memory;
  };
  using Loader = absl::FunctionRef<absl::StatusOr<Loaded>()>;

  // Keeps the version used last, and others while all come to at most `most_bytes`; what was used
  // least recently goes first. What it gave may outlive it.
  explicit VersionCache(int64_t most_bytes) : most_bytes_(most_bytes) {}

  // Null where it is not in memory.
  std::shared_ptr<const ModelVersion> Find(const std::string& key);

  // The version, from `load` where it is not in memory, which is called once where several ask at
  // the same time. The errors of `load`.
  absl::StatusOr<std::shared_ptr<const ModelVersion>> FindOrLoad(const std::string& key,
                                                                 Loader load);
  void Insert(const std::string& key, Loaded loaded);

  // No longer kept; who uses it keeps it.
  void Erase(const std::string& key);

  // Drops what was used least recently of what is not in use; false where there is no such.
  bool Reclaim();

 private:
  struct Kept {
    std::string key;
    int64_t bytes;
    std::shared_ptr<const ModelVersion> version;
  };
  using KeptList = std::list<Kept>;
  struct Entry {
    std::weak_ptr<const ModelVersion> version;  // Also of what is in use, but no longer kept.
    int64_t bytes = 0;
    KeptList::iterator kept;
    bool is_kept = false;
  };

  // Makes `entry` the one used last; what is too much goes to `dropped`, to be destroyed after the
  // lock is left.
  void Use(const std::string& key, Entry& entry, std::shared_ptr<const ModelVersion> version,
           KeptList& dropped) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Drop(KeptList::iterator kept, KeptList& dropped) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int64_t most_bytes_;
  KeyedMutex loading_;  // Taken before mutex_.
  Mutex mutex_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  KeptList kept_ ABSL_GUARDED_BY(mutex_);      // Used last first.
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // Of kept_.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_VERSION_CACHE_H_
