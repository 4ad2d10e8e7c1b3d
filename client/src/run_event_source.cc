#include "client/src/run_event_source.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace fnn::internal {

RunEventSource::RunEventSource(Open open, std::unique_ptr<UpdateStream> stream,
                               int64_t after_sequence, RunStreamOptions options,
                               std::unique_ptr<Waiter> waiter)
    : open_(std::move(open)),
      options_(std::move(options)),
      waiter_(std::move(waiter)),
      stream_(std::move(stream)),
      last_sequence_(after_sequence),
      outage_(options_, *waiter_) {}

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
    // Where the wait is cancelled, EnsureStream sees it.
    if (absl::Status status = outage_.AwaitAttempt(end); !status.ok()) return status;
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
  outage_.End();
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

}  // namespace fnn::internal
