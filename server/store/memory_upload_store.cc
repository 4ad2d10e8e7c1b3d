#include "server/store/memory_upload_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "google/protobuf/util/time_util.h"
#include "server/base/errors.h"
#include "server/store/names.h"

namespace fnn::server {
namespace {

// What an entry takes beside what it holds, about.
constexpr int64_t kOverhead = 1024;
constexpr size_t kSmallPart = size_t{1} << 20;

absl::Status WrongOffset(int64_t offset, int64_t expected) {
  return WithCode(core::InvalidField(core::FieldPath("offset"), "WRONG_OFFSET",
                                     absl::StrCat("must be ", expected,
                                                  ", the number of bytes received, not ", offset)),
                  absl::StatusCode::kOutOfRange);
}

}  // namespace

void MemoryUploadStore::Touch(Entry& entry) const {
  entry.expires = options_.now() + options_.expiry;
  *entry.message.mutable_expire_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(entry.expires));
}

void MemoryUploadStore::DropExpired() {
  const absl::Time now = options_.now();
  std::erase_if(uploads_, [now](const auto& item) { return item.second.expires <= now; });
}

void MemoryUploadStore::Sweep() {
  MutexLock lock(mutex_);
  DropExpired();
}

absl::StatusOr<MemoryUploadStore::Entry*> MemoryUploadStore::Find(const std::string& name) {
  DropExpired();
  const auto it = uploads_.find(name);
  if (it == uploads_.end()) return core::NotFound(ResourceType(Collection::kUploads), name);
  return &it->second;
}

absl::StatusOr<v1::Upload> MemoryUploadStore::Create(const std::string& dataset,
                                                     const v1::FileFormat& format) {
  absl::StatusOr<Reservation> memory = budget_->Reserve(kOverhead);
  if (!memory.ok()) return memory.status();
  Entry entry;
  entry.memory = *std::move(memory);
  entry.message.set_name(MakeName(Collection::kUploads, MakeId("upload")));
  entry.message.set_dataset(dataset);
  *entry.message.mutable_format() = format;
  Touch(entry);
  v1::Upload message = entry.message;

  MutexLock lock(mutex_);
  DropExpired();
  if (static_cast<int64_t>(uploads_.size()) >= options_.max_uploads) {
    return WithRetry(core::LimitExceeded("TOO_MANY_UPLOADS", "uploads at once",
                                         options_.max_uploads + 1, options_.max_uploads),
                     absl::Seconds(60));
  }
  if (!uploads_.try_emplace(message.name(), std::move(entry)).second) {
    return core::AlreadyExists(ResourceType(Collection::kUploads), message.name());
  }
  return message;
}

absl::StatusOr<v1::Upload> MemoryUploadStore::Get(const std::string& name) {
  MutexLock lock(mutex_);
  absl::StatusOr<Entry*> entry = Find(name);
  if (!entry.ok()) return entry.status();
  return (*entry)->message;
}

absl::StatusOr<v1::Upload> MemoryUploadStore::Append(const std::string& name, int64_t offset,
                                                     absl::string_view data) {
  std::string part(data);  // Copied before the lock is taken.
  MutexLock lock(mutex_);
  absl::StatusOr<Entry*> found = Find(name);
  if (!found.ok()) return found.status();
  Entry& entry = **found;
  const int64_t received = entry.message.received_bytes();
  if (offset != received) return WrongOffset(offset, received);
  const int64_t size = received + static_cast<int64_t>(part.size());
  if (size > options_.max_file_bytes) {
    return core::LimitExceeded("DATASET_TOO_LARGE", "bytes in one file", size,
                               options_.max_file_bytes);
  }
  if (absl::Status status = entry.memory.Resize(size + kOverhead); !status.ok()) return status;
  // Small parts are put together, so that many of them take no more than their bytes.
  if (!entry.parts.empty() && entry.parts.back().size() < kSmallPart) {
    entry.parts.back() += part;
  } else if (!part.empty()) {
    entry.parts.push_back(std::move(part));
  }
  entry.message.set_received_bytes(size);
  Touch(entry);
  return entry.message;
}

absl::StatusOr<UploadedFile> MemoryUploadStore::Take(const std::string& name,
                                                     std::optional<int64_t> total_bytes) {
  UploadedFile file;
  std::vector<std::string> parts;
  int64_t received;
  {
    MutexLock lock(mutex_);
    absl::StatusOr<Entry*> found = Find(name);
    if (!found.ok()) return found.status();
    Entry& entry = **found;
    received = entry.message.received_bytes();
    if (total_bytes.has_value() && *total_bytes != received) {
      return WithCode(core::InvalidField(
                          core::FieldPath("total_bytes"), "UPLOAD_INCOMPLETE",
                          absl::StrCat("the file has ", *total_bytes, " bytes, but ", received,
                                       " have arrived; send those from offset ", received, " on")),
                      absl::StatusCode::kFailedPrecondition);
    }
    // The text once more while it is put together, then the values: a cell is at least two
    // characters, and becomes four bytes.
    if (absl::Status status = entry.memory.Resize(3 * received + kOverhead); !status.ok()) {
      return status;
    }
    file.dataset = entry.message.dataset();
    file.format = entry.message.format();
    file.memory = std::move(entry.memory);
    parts = std::move(entry.parts);
    uploads_.erase(name);
  }
  file.text.reserve(static_cast<size_t>(received));
  for (std::string& part : parts) {
    file.text += part;
    std::string().swap(part);
  }
  return file;
}

}  // namespace fnn::server
