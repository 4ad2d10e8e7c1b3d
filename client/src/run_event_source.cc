#include "client/src/run_event_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fnn/error_details.h"

namespace fnn::internal {

RunEventSource::RunEventSource(Open open, std::unique_ptr<UpdateStream> stream,
                               int64_t after_sequence, RunStreamOptions options,
                               std::unique_ptr<Waiter> waiter)
    : open_(std::move(open)),
      options_(std::move(options)),
      waiter_(std::move(waiter)),
      stream_(std::move(stream)),
      last_sequence_(after_sequence),
      backoff_(options_.backoff) {}

absl::StatusOr<std::optional<v1::RunEvent>> RunEventSource::Next() {
  while (pending_.empty()) {
    UpdateStream* const stream = EnsureStream();
    if (stream == nullptr) return std::nullopt;  // Cancelled.
    v1::RunUpdate update;
    if (stream->Read(&update)) {
      if (absl::Status status = Take(std::move(update)); !status.ok()) return status;
      continue;
    }
    const absl::Status end = stream->Finish();
    {
      absl::MutexLock lock(&mutex_);
      stream_ = nullptr;
    }
    if (end.ok() || waiter_->cancelled()) return std::nullopt;
    if (absl::Status status = PrepareReconnect(end); !status.ok()) return status;
  }
  v1::RunEvent event = std::move(pending_.front());
  pending_.pop_front();
  return event;
}

void RunEventSource::Cancel() {
  waiter_->Cancel();
  absl::MutexLock lock(&mutex_);
  if (stream_ != nullptr) stream_->Cancel();
}

UpdateStream* RunEventSource::EnsureStream() {
  // Under the lock, so that a Cancel either finds the stream or is seen before it is opened.
  absl::MutexLock lock(&mutex_);
  if (waiter_->cancelled()) return nullptr;
  if (stream_ == nullptr) stream_ = open_(last_sequence_);
  return stream_.get();
}

absl::Status RunEventSource::Take(v1::RunUpdate update) {
  broken_since_.reset();
  backoff_.Reset();
  for (v1::RunEvent& event : *update.mutable_events()) {
    if (event.sequence() <= last_sequence_) continue;
    if (event.sequence() != last_sequence_ + 1) {
      return absl::DataLossError(absl::StrCat("the server sent event ", event.sequence(),
                                              " right after event ", last_sequence_));
    }
    last_sequence_ = event.sequence();
    pending_.push_back(std::move(event));
  }
  if (update.has_progress() && options_.on_progress) options_.on_progress(update.progress());
  return absl::OkStatus();
}

absl::Status RunEventSource::PrepareReconnect(const absl::Status& broken) {
  if (!absl::IsUnavailable(broken)) return broken;
  const absl::Time now = waiter_->Now();
  if (!broken_since_.has_value()) broken_since_ = now;
  const absl::Duration left = options_.reconnect_for - (now - *broken_since_);
  if (left <= absl::ZeroDuration()) return broken;
  if (options_.on_reconnect) options_.on_reconnect(broken);
  const absl::Duration delay =
      std::max(backoff_.Next(), GetRetryDelay(broken).value_or(absl::ZeroDuration()));
  // The last attempt is made when the time is over, not before.
  waiter_->Wait(std::min(delay, left));
  return absl::OkStatus();  // Where the wait was cancelled, EnsureStream sees it.
}

}  // namespace fnn::internal
