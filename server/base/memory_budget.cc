#include "server/base/memory_budget.h"

#include <utility>

#include "core/base/errors.h"

namespace fnn::server {

Reservation::Reservation(Reservation&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(budget_, other.budget_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Reservation::~Reservation() {
  if (budget_ != nullptr) budget_->Take(-bytes_).IgnoreError();
}

absl::Status Reservation::Resize(int64_t bytes) {
  if (budget_ == nullptr) {
    return bytes == 0 ? absl::OkStatus()
                      : core::MakeError(absl::StatusCode::kInternal, "NO_RESERVATION",
                                        "nothing is reserved that could grow");
  }
  absl::Status status = budget_->Take(bytes - bytes_);
  if (status.ok()) bytes_ = bytes;
  return status;
}

int64_t MemoryBudget::free() const {
  MutexLock lock(mutex_);
  return total_ - used_;
}

absl::StatusOr<Reservation> MemoryBudget::Reserve(int64_t bytes) {
  if (absl::Status status = Take(bytes); !status.ok()) return status;
  return Reservation(this, bytes);
}

absl::Status MemoryBudget::Resize(int64_t bytes, Reservation& reservation) {
  if (reservation.budget_ == nullptr) reservation = Reservation(this, 0);
  return reservation.Resize(bytes);
}

void MemoryBudget::SetReclaim(std::function<bool()> reclaim) {
  MutexLock lock(mutex_);
  reclaim_ = std::move(reclaim);
}

absl::Status MemoryBudget::Take(int64_t bytes) {
  for (;;) {
    const absl::Status status = TakeLeft(bytes);
    if (status.ok()) return status;
    std::function<bool()> reclaim;
    {
      MutexLock lock(mutex_);
      reclaim = reclaim_;
    }
    if (bytes > total_ || reclaim == nullptr || !reclaim()) return status;
  }
}

absl::Status MemoryBudget::TakeLeft(int64_t bytes) {
  int64_t left;
  {
    MutexLock lock(mutex_);
    left = total_ - used_;
    if (bytes <= left) {
      used_ += bytes;
      return absl::OkStatus();
    }
  }
  return core::LimitExceeded("STORAGE_MEMORY_EXCEEDED",
                             "bytes of memory for datasets, uploads, models and logs", bytes, left);
}

}  // namespace fnn::server
