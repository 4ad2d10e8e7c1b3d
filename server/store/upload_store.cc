#include "server/store/upload_store.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/base/timestamp.h"
#include "server/store/names.h"
#include "server/store/quarantine.h"
#include "server/store/record.h"
#include "server/store/upload_file.h"

namespace fnn::server {
namespace {

// What an entry takes beside what it holds, about.
constexpr int64_t kOverhead = 2048;

absl::Status WrongOffset(int64_t offset, int64_t expected) {
  return WithCode(core::InvalidField(core::FieldPath("offset"), "WRONG_OFFSET",
                                     absl::StrCat("must be ", expected,
                                                  ", the number of bytes received, not ", offset)),
                  absl::StatusCode::kOutOfRange);
}

absl::Status Incomplete(int64_t total, int64_t received) {
  return WithCode(
      core::InvalidField(core::FieldPath("total_bytes"), "UPLOAD_INCOMPLETE",
                         absl::StrCat("the file has ", total, " bytes, but ", received,
                                      " have arrived; send those from offset ", received, " on")),
      absl::StatusCode::kFailedPrecondition);
}

absl::Status BeingFinished(const std::string& name) {
  return WithRetry(core::MakeError(absl::StatusCode::kUnavailable, "UPLOAD_BEING_FINISHED",
                                   absl::StrCat(name, " is being read; ask again")),
                   absl::Seconds(1));
}

absl::Status UploadNotFound(const std::string& name) {
  return core::NotFound(ResourceType(Collection::kUploads), name);
}

}  // namespace

struct UploadStore::Entry {
  Entry(std::string of_name, UploadFile of_file)
      : name(std::move(of_name)), file(std::move(of_file)) {}

  const std::string name;

  Mutex mutex;  // Held while the disk is waited for.
  UploadFile file ABSL_GUARDED_BY(mutex);
  Share share ABSL_GUARDED_BY(mutex);
  bool finishing ABSL_GUARDED_BY(mutex) = false;  // The file is read, without the lock.
  bool gone ABSL_GUARDED_BY(mutex) = false;
};

absl::StatusOr<std::unique_ptr<UploadStore>> UploadStore::Open(Catalogue* catalogue,
                                                               FileSystem* files,
                                                               MemoryBudget* budget,
                                                               Options options) {
  std::unique_ptr<UploadStore> store(new UploadStore(catalogue, files, budget, std::move(options)));
  std::set<std::string, std::less<>> uids;  // Of those that have a file.
  absl::Status status = catalogue->ForEachRecord(
      RecordKind::kUpload, [&](absl::string_view key, absl::string_view value) {
        storage::v1::UploadRecord record;
        absl::Status parsed = ParseRecord(RecordKind::kUpload, key, value, record);
        if (!parsed.ok()) return parsed;
        if (!record.upload().finished()) uids.emplace(key);
        return store->Load(std::string(key), std::move(record));
      });
  if (!status.ok()) return status;
  status = OpenDirectory(files, kUploadDirectory,
                         [&](absl::string_view name) { return uids.contains(name); });
  if (!status.ok()) return status;
  return store;
}

absl::Status UploadStore::Load(const std::string& uid, storage::v1::UploadRecord record) {
  const std::string name = record.upload().name();
  if (name.empty() || record.upload().received_bytes() < 0) {
    return RecordDamaged(RecordKind::kUpload, uid);
  }
  const bool finished = record.upload().finished();
  Share share;
  if (absl::Status status = NewShare(record.upload(), share); !status.ok()) return status;
  if (!finished) {
    // Beyond max_total_bytes, where that has become less.
    share.bytes = record.upload().received_bytes();
  }
  absl::Time expires = FromTimestamp(record.upload().expire_time());
  // Time in which the server did not run does not count.
  if (!finished) expires = std::max(expires, options_.now() + options_.expiry);
  const auto entry = std::make_shared<Entry>(
      name, UploadFile(catalogue_, files_, uid, std::move(record), /*fresh=*/false));
  MutexLock entry_lock(entry->mutex);
  entry->file.SetExpireTime(expires);
  entry->share = std::move(share);
  MutexLock lock(mutex_);
  total_bytes_ += entry->share.bytes;
  if (!finished) ++unfinished_;
  const bool added = uploads_.try_emplace(name, Listed{entry, expires}).second;
  return added ? absl::OkStatus() : RecordDamaged(RecordKind::kUpload, uid);
}

absl::StatusOr<v1::Upload> UploadStore::Create(const v1::Upload& upload) {
  return Create(upload, [](const v1::Upload&, CatalogueBatch&) {});
}

absl::StatusOr<v1::Upload> UploadStore::Create(const v1::Upload& upload, WithUpload also) {
  storage::v1::UploadRecord record;
  v1::Upload& message = *record.mutable_upload();
  message.set_name(MakeName(Collection::kUploads, MakeId("upload")));
  message.set_dataset(upload.dataset());
  *message.mutable_format() = upload.format();
  message.set_description(upload.description());
  *message.mutable_labels() = upload.labels();
  message.set_received_checksum(Checksum().value());
  const absl::Time expires = options_.now() + options_.expiry;
  *message.mutable_expire_time() = ToTimestamp(expires);
  Share share;
  if (absl::Status status = NewShare(message, share); !status.ok()) return status;
  {
    MutexLock lock(mutex_);
    if (unfinished_ >= options_.max_uploads) {
      return WithRetry(core::LimitExceeded("TOO_MANY_UPLOADS", "uploads at once",
                                           options_.max_uploads + 1, options_.max_uploads),
                       absl::Seconds(60));
    }
    ++unfinished_;
  }
  const std::string uid = MakeUid();
  CatalogueBatch batch;
  batch.Put(RecordKind::kUpload, uid, record.SerializeAsString());
  also(message, batch);
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) {
    MutexLock lock(mutex_);
    --unfinished_;
    return status;
  }
  const auto entry = std::make_shared<Entry>(
      message.name(), UploadFile(catalogue_, files_, uid, record, /*fresh=*/true));
  {
    MutexLock lock(entry->mutex);
    entry->share = std::move(share);
  }
  MutexLock lock(mutex_);
  uploads_.insert_or_assign(message.name(), Listed{entry, expires});
  return message;
}

absl::StatusOr<std::shared_ptr<UploadStore::Entry>> UploadStore::Find(
    const std::string& name) const {
  MutexLock lock(mutex_);
  const auto it = uploads_.find(name);
  if (it == uploads_.end() || it->second.expires <= options_.now()) return UploadNotFound(name);
  return it->second.entry;
}

absl::StatusOr<v1::Upload> UploadStore::Get(const std::string& name) {
  const absl::StatusOr<std::shared_ptr<Entry>> found = Find(name);
  if (!found.ok()) return found.status();
  Entry& entry = **found;
  MutexLock lock(entry.mutex);
  if (entry.gone) return UploadNotFound(name);
  if (absl::Status status = entry.file.Ready(); !status.ok()) return status;
  if (!entry.finishing) {
    absl::Status status = entry.file.Sync();
    Settle(entry.file, entry.share);
    if (!status.ok()) return status;
    entry.file.Close();
  }
  return entry.file.upload();
}

absl::Status UploadStore::Append(const std::string& name, int64_t offset, absl::string_view data) {
  const absl::StatusOr<std::shared_ptr<Entry>> found = Find(name);
  if (!found.ok()) return found.status();
  Entry& entry = **found;
  MutexLock lock(entry.mutex);
  UploadFile& file = entry.file;
  if (entry.gone) return UploadNotFound(name);
  if (entry.finishing) return BeingFinished(name);
  if (absl::Status status = file.Ready(); !status.ok()) return status;
  if (file.upload().finished()) {
    return core::MakeError(absl::StatusCode::kFailedPrecondition, "UPLOAD_FINISHED",
                           absl::StrCat(name, " is finished; begin another upload"));
  }
  if (offset != file.received()) return WrongOffset(offset, file.received());
  const int64_t size = offset + static_cast<int64_t>(data.size());
  if (size > options_.max_file_bytes) {
    return core::LimitExceeded("DATASET_TOO_LARGE", "bytes in one file", size,
                               options_.max_file_bytes);
  }
  absl::Status status = Resize(entry.share, size);
  if (status.ok() && !data.empty()) status = file.Append(data);
  if (status.ok()) {
    Touch(name, file);
    if (size - file.upload().received_bytes() >= options_.sync_bytes) status = file.Sync();
  }
  Settle(file, entry.share);
  return status;
}

absl::StatusOr<FinishedUpload> UploadStore::Finish(const std::string& name,
                                                   std::optional<int64_t> total_bytes,
                                                   MakeDataset make) {
  const absl::StatusOr<std::shared_ptr<Entry>> found = Find(name);
  if (!found.ok()) return found.status();
  Entry& entry = **found;
  v1::Upload upload;
  core::Storage bytes;
  {
    MutexLock lock(entry.mutex);
    UploadFile& file = entry.file;
    if (entry.gone) return UploadNotFound(name);
    if (entry.finishing) return BeingFinished(name);
    if (absl::Status status = file.Ready(); !status.ok()) return status;
    if (total_bytes.has_value() && *total_bytes != file.received()) {
      return Incomplete(*total_bytes, file.received());
    }
    if (file.upload().finished()) {
      return FinishedUpload{file.upload().dataset(), file.record().dataset_uid()};
    }
    file.Close();
    absl::StatusOr<core::Storage> mapped = file.Map();
    if (!mapped.ok()) return mapped.status();
    bytes = *std::move(mapped);
    Touch(name, file);
    upload = file.upload();
    entry.finishing = true;
  }
  const auto end = [&](const v1::Dataset& dataset, CatalogueBatch& batch) {
    MutexLock lock(entry.mutex);
    entry.file.AddEnd(dataset, options_.now() + options_.expiry, batch);
  };
  const absl::StatusOr<v1::Dataset> dataset = make({upload, bytes.text(), end});
  bytes = core::Storage();
  {
    MutexLock lock(entry.mutex);
    entry.finishing = false;
    if (dataset.ok()) {
      entry.file.Finished();
      Touch(name, entry.file);
      Resize(entry.share, 0).IgnoreError();  // Less succeeds.
    }
  }
  if (dataset.ok()) {
    MutexLock lock(mutex_);
    --unfinished_;
    return FinishedUpload{dataset->name(), dataset->uid()};
  }
  if (absl::IsInvalidArgument(dataset.status())) {
    // What can't be dropped now expires.
    if (absl::Status status = Drop(entry); !status.ok()) LogWarning(status.message());
  }
  return dataset.status();
}

absl::Status UploadStore::Delete(const std::string& name) {
  const absl::StatusOr<std::shared_ptr<Entry>> found = Find(name);
  return found.ok() ? Drop(**found) : found.status();
}

absl::Status UploadStore::Drop(Entry& entry) {
  MutexLock entry_lock(entry.mutex);
  if (entry.gone) return UploadNotFound(entry.name);
  if (entry.finishing) return BeingFinished(entry.name);
  if (absl::Status status = entry.file.Delete(); !status.ok()) return status;
  entry.gone = true;
  Resize(entry.share, 0).IgnoreError();  // Less succeeds.
  entry.share = Share();
  MutexLock lock(mutex_);
  if (!entry.file.upload().finished()) --unfinished_;
  uploads_.erase(entry.name);
  return absl::OkStatus();
}

void UploadStore::Sweep() {
  std::vector<std::shared_ptr<Entry>> expired;
  {
    MutexLock lock(mutex_);
    const absl::Time now = options_.now();
    for (const auto& [name, listed] : uploads_) {
      if (listed.expires <= now) expired.push_back(listed.entry);
    }
  }
  for (const std::shared_ptr<Entry>& entry : expired) {
    // What is being finished stays, and what can't be dropped is so the next time.
    const absl::Status status = Drop(*entry);
    if (!status.ok() && !absl::IsUnavailable(status)) LogWarning(status.message());
  }
}

void UploadStore::Touch(const std::string& name, UploadFile& file) {
  const absl::Time expires = options_.now() + options_.expiry;
  file.SetExpireTime(expires);
  MutexLock lock(mutex_);
  const auto it = uploads_.find(name);
  if (it != uploads_.end()) it->second.expires = expires;
}

absl::Status UploadStore::NewShare(const v1::Upload& upload, Share& share) const {
  share.overhead = 2 * static_cast<int64_t>(upload.SpaceUsedLong()) + kOverhead;
  const bool bytes = files_->in_memory() && !upload.finished();
  absl::StatusOr<Reservation> memory =
      budget_->Reserve(share.overhead + (bytes ? upload.received_bytes() : 0));
  if (!memory.ok()) return memory.status();
  share.memory = *std::move(memory);
  return absl::OkStatus();
}

absl::Status UploadStore::Resize(Share& share, int64_t bytes) {
  if (files_->in_memory()) {
    if (absl::Status status = share.memory.Resize(share.overhead + bytes); !status.ok()) {
      return status;
    }
  }
  MutexLock lock(mutex_);
  const int64_t more = bytes - share.bytes;
  if (more > 0 && more > options_.max_total_bytes - total_bytes_) {
    return WithRetry(core::LimitExceeded("TOO_MANY_UPLOADED_BYTES", "bytes of uploads together",
                                         total_bytes_ + more, options_.max_total_bytes),
                     absl::Seconds(60));
  }
  total_bytes_ += more;
  share.bytes = bytes;
  return absl::OkStatus();
}

void UploadStore::Settle(const UploadFile& file, Share& share) {
  if (!file.upload().finished()) Resize(share, file.received()).IgnoreError();  // Less succeeds.
}

}  // namespace fnn::server
