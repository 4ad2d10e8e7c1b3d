#include "server/runs/event_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/base/log.h"
#include "server/base/timestamp.h"
#include "server/runs/publisher.h"

namespace fnn::server {

EventLog::EventLog(Publisher* publisher, std::unique_ptr<RecordLog> file)
    : publisher_(publisher),
      file_(std::move(file)),
      appended_(file_->size()),
      published_(file_->size()) {}

EventLog::EventLog(Publisher* publisher, Opener open, int64_t last_sequence)
    : publisher_(publisher),
      open_(std::move(open)),
      appended_(last_sequence),
      published_(last_sequence),
      finished_(true) {}

absl::StatusOr<RecordLog*> EventLog::File() const {
  {
    MutexLock lock(mutex_);
    if (file_ != nullptr) return file_.get();
  }
  MutexLock opening(opening_);
  {
    MutexLock lock(mutex_);
    if (file_ != nullptr) return file_.get();
  }
  absl::StatusOr<std::unique_ptr<RecordLog>> file = open_();
  if (!file.ok()) return file.status();
  MutexLock lock(mutex_);
  file_ = *std::move(file);
  return file_.get();
}

void EventLog::Append(v1::RunEvent event) {
  *event.mutable_time() = CurrentTimestamp();
  bool tell_publisher = false;
  {
    MutexLock lock(mutex_);
    if (finished_) return;
    event.set_sequence(appended_ + 1);
    const std::string record = event.SerializeAsString();
    if (const absl::Status status = file_->Append(record); !status.ok()) {
      // Only where somebody does not AwaitRoom.
      LogError(absl::StrCat("an event of a run is lost: ", status.message()));
      return;
    }
    ++appended_;
    appended_bytes_ += static_cast<int64_t>(record.size());
    finished_ = event.has_finished();
    tell_publisher = !std::exchange(queued_, true);
  }
  if (tell_publisher) publisher_->Enqueue(shared_from_this());
}

int64_t EventLog::last_sequence() const {
  MutexLock lock(mutex_);
  return appended_;
}

int64_t EventLog::size_bytes() const {
  MutexLock lock(mutex_);
  return appended_bytes_ - published_bytes_ + (file_ == nullptr ? 0 : file_->size_bytes());
}

void EventLog::Discard() {
  MutexLock lock(mutex_);
  discarded_ = true;
}

bool EventLog::AwaitRoom(std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(mutex_);
  while (appended_bytes_ - published_bytes_ > kMostPendingBytes) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    room_.WaitUntil(mutex_, deadline);
  }
  return true;
}

absl::Status EventLog::Read(int64_t after, int64_t most_events, int64_t most_bytes,
                            google::protobuf::RepeatedPtrField<v1::RunEvent>* events,
                            bool* ended) const {
  int64_t published = 0;
  bool finished = false;
  {
    MutexLock lock(mutex_);
    if (discarded_) {
      return core::MakeError(absl::StatusCode::kNotFound, "RUN_NOT_FOUND",
                             "the run has been deleted");
    }
    published = published_;
    finished = finished_ && published_ == appended_;
  }
  int64_t reached = after;
  if (const int64_t count = std::min(published - after, most_events); count > 0) {
    absl::StatusOr<RecordLog*> file = File();
    if (!file.ok()) return file.status();
    absl::StatusOr<std::vector<std::string>> records = (*file)->ReadRange(after, count, most_bytes);
    if (!records.ok()) return records.status();
    for (const std::string& record : *records) events->Add()->ParseFromString(record);
    reached += static_cast<int64_t>(records->size());
  }
  *ended = finished && reached == published;
  return absl::OkStatus();
}

void EventLog::Subscribe(const std::shared_ptr<RunWatcher>& watcher) {
  {
    MutexLock lock(mutex_);
    std::erase_if(watchers_, [](const auto& other) { return other.expired(); });
    watchers_.push_back(watcher);
  }
  publisher_->AddWatcher(watcher);
}

absl::Status EventLog::Publish() {
  int64_t appended = 0;
  int64_t bytes = 0;
  {
    MutexLock lock(mutex_);
    queued_ = false;
    if (discarded_) return absl::OkStatus();
    appended = appended_;
    bytes = appended_bytes_;
  }
  absl::StatusOr<RecordLog*> file = File();
  if (!file.ok()) return file.status();
  if (absl::Status status = (*file)->Sync(); !status.ok()) return status;
  std::vector<std::shared_ptr<RunWatcher>> watchers;
  {
    MutexLock lock(mutex_);
    published_ = std::max(published_, appended);  // Another Publish may have been faster.
    published_bytes_ = std::max(published_bytes_, bytes);
    for (const std::weak_ptr<RunWatcher>& weak : watchers_) {
      if (std::shared_ptr<RunWatcher> watcher = weak.lock()) watchers.push_back(std::move(watcher));
    }
  }
  room_.NotifyAll();
  for (const std::shared_ptr<RunWatcher>& watcher : watchers) watcher->Wake();
  return absl::OkStatus();
}

}  // namespace fnn::server
