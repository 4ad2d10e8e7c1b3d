// Uploads in memory.

#ifndef FNN_SERVER_STORE_MEMORY_UPLOAD_STORE_H_
#define FNN_SERVER_STORE_MEMORY_UPLOAD_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/mutex.h"
#include "server/store/upload_store.h"

namespace fnn::server {

class MemoryUploadStore final : public UploadStore {
 public:
  struct Options {
    int64_t max_file_bytes = int64_t{1} << 30;
    int64_t max_uploads = 1000;  // At once.
    absl::Duration expiry = absl::Hours(1);
    std::function<absl::Time()> now = [] { return absl::Now(); };
  };

  // `budget` accounts for the bytes, and outlives the store and all it gave.
  MemoryUploadStore(Options options, MemoryBudget* budget)
      : options_(std::move(options)), budget_(budget) {}

  absl::StatusOr<v1::Upload> Create(const std::string& dataset,
                                    const v1::FileFormat& format) override;
  absl::StatusOr<v1::Upload> Get(const std::string& name) override;
  absl::StatusOr<v1::Upload> Append(const std::string& name, int64_t offset,
                                    absl::string_view data) override;
  absl::StatusOr<UploadedFile> Take(const std::string& name,
                                    std::optional<int64_t> total_bytes) override;

  // Drops what has expired. Each call above does the same first; without calls, something has to
  // make this one now and then.
  void Sweep();

 private:
  struct Entry {
    v1::Upload message;
    std::vector<std::string> parts;  // As they came: no copying to make room for more.
    absl::Time expires;
    Reservation memory;
  };
  using Entries = std::map<std::string, Entry>;

  absl::StatusOr<Entry*> Find(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropExpired() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Touch(Entry& entry) const;

  const Options options_;
  MemoryBudget* const budget_;
  Mutex mutex_;
  Entries uploads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MEMORY_UPLOAD_STORE_H_
