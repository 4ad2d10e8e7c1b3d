// A number of bytes that several things share, each holding a part of it.

#ifndef FNN_SERVER_BASE_MEMORY_BUDGET_H_
#define FNN_SERVER_BASE_MEMORY_BUDGET_H_

#include <cstdint>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/mutex.h"

namespace fnn::server {

class MemoryBudget;

// A part of a budget, given back when it is destroyed. The budget outlives it. Not safe for
// concurrent use of one reservation; different ones are independent.
class Reservation {
 public:
  Reservation() = default;  // Of nothing.
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  int64_t bytes() const { return bytes_; }
  // Changes the size to `bytes` >= 0. RESOURCE_EXHAUSTED with both numbers, and no change, where
  // that is more than the budget has left; shrinking always succeeds.
  absl::Status Resize(int64_t bytes);

 private:
  friend class MemoryBudget;
  Reservation(MemoryBudget* budget, int64_t bytes) : budget_(budget), bytes_(bytes) {}

  MemoryBudget* budget_ = nullptr;
  int64_t bytes_ = 0;
};

// Safe from any thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t total) : total_(total) {}

  int64_t total() const { return total_; }
  int64_t free() const;

  // RESOURCE_EXHAUSTED with both numbers where less than `bytes` >= 0 is left.
  absl::StatusOr<Reservation> Reserve(int64_t bytes);
  // Makes `reservation`, which is of this budget or of nothing, one of `bytes`. As its Resize.
  absl::Status Resize(int64_t bytes, Reservation& reservation);

  // Has `reclaim` called, without locks and from any thread, whenever something does not fit: it
  // gives back some of what can be done without and says true, or that there is nothing more. Null
  // for none.
  void SetReclaim(std::function<bool()> reclaim);

 private:
  friend class Reservation;
  // Takes `bytes`, which is negative to give back.
  absl::Status Take(int64_t bytes);
  // The same of what is left.
  absl::Status TakeLeft(int64_t bytes);

  const int64_t total_;
  mutable Mutex mutex_;
  int64_t used_ ABSL_GUARDED_BY(mutex_) = 0;
  std::function<bool()> reclaim_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_MEMORY_BUDGET_H_
