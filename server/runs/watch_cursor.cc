#include "server/runs/watch_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fnn::server {

absl::StatusOr<WatchCursor> WatchCursor::Create(std::shared_ptr<Run> run, int64_t after,
                                                bool follow, const Options& options,
                                                const core::FieldPath& path) {
  const int64_t newest = run->log().last_sequence();
  if (after < 0 || after > newest) {
    return core::InvalidField(
        path, "OUT_OF_RANGE",
        absl::StrCat("must be 0 to ", newest, ", the run's newest event, not ", after));
  }
  return WatchCursor(std::move(run), after, follow ? kForever : newest, options);
}

absl::StatusOr<WatchCursor::Next> WatchCursor::Poll(Clock::time_point now, v1::RunUpdate* update) {
  if (ended_ || sequence_ >= until_) return Next::kEnd;
  update->Clear();
  if (absl::Status status =
          run_->log().Read(sequence_, std::min(options_.most_events, until_ - sequence_),
                           options_.most_bytes, update->mutable_events(), &ended_);
      !status.ok()) {
    return status;
  }
  sequence_ += update->events_size();
  update->set_last_sequence(sequence_);
  if (update->events_size() > 0) {
    last_sent_ = now;
    return Next::kSend;
  }
  if (ended_) return Next::kEnd;
  if (now - last_progress_ >= options_.progress) {
    Run::Progress progress = run_->progress();
    if (progress.version > progress_version_) {
      progress_version_ = progress.version;
      *update->mutable_progress() = std::move(progress.message);
      last_progress_ = last_sent_ = now;
      return Next::kSend;
    }
    run_->WantProgress();
  }
  if (now - last_sent_ >= options_.heartbeat) {
    last_sent_ = now;
    return Next::kSend;
  }
  return Next::kWait;
}

}  // namespace fnn::server
