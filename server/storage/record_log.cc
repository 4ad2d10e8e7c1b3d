#include "server/storage/record_log.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/storage/checked_file.h"
#include "server/storage/record_frame.h"
#include "server/storage/rewrite.h"

namespace fnn::server {
namespace {

constexpr size_t kChunk = size_t{1} << 18;  // What is written at a time.

// Appends the frames of `records` to `file`, of which `durable` bytes are durable.
absl::Status AppendFrames(WritableFile& file, uint64_t durable,
                          std::span<const std::string* const> records) {
  std::string chunk;
  for (const std::string* record : records) {
    AppendFrame(file.size() + chunk.size(), {durable, *record}, chunk);
    if (chunk.size() < kChunk) continue;
    if (absl::Status status = file.Append(chunk); !status.ok()) return status;
    chunk.clear();
  }
  return file.Append(chunk);
}

}  // namespace

void RecordLog::Index::Add(uint64_t size) {
  if (records % kStride == 0) offsets.push_back(end);
  ++records;
  end += size;
}

absl::StatusOr<std::unique_ptr<RecordLog>> RecordLog::Open(FileSystem* fs, absl::string_view path,
                                                           FileKind kind, int64_t known) {
  auto log = std::unique_ptr<RecordLog>(new RecordLog(fs, path, kind));
  if (absl::Status status = log->Recover(known); !status.ok()) return status;
  return log;
}

absl::Status RecordLog::Recover(int64_t known) {
  const absl::StatusOr<bool> exists = fs_->Exists(path_);
  if (!exists.ok()) return exists.status();
  if (!*exists) {
    return known == 0 ? absl::OkStatus()
                      : FileDamaged(FileDamage::kTruncated, path_,
                                    absl::StrCat("is not there, and had ", known, " records"));
  }
  const absl::StatusOr<std::unique_ptr<ReadableFile>> file = fs_->Open(path_);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->size();
  if (!size.ok()) return size.status();
  FrameReader reader(**file, *size);
  const absl::StatusOr<absl::string_view> head = reader.Bytes(0, FileHeader::kSize);
  if (!head.ok()) return head.status();
  // The header is never torn: the file had no name before it was durable.
  const absl::StatusOr<FileHeader> header =
      DecodeFileHeader(std::as_bytes(std::span(head->data(), head->size())), kind_, path_);
  if (!header.ok()) return header.status();

  Index index;
  index.end = FileHeader::kSize;
  uint64_t proven = index.end;  // What is durable for certain.
  while (index.end < *size) {
    const absl::StatusOr<std::optional<RecordFrame>> frame = reader.Read(index.end);
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) {
      const absl::StatusOr<bool> damaged = reader.ProvesDurable(index.end);
      if (!damaged.ok()) return damaged.status();
      if (*damaged) {
        return FileDamaged(
            FileDamage::kCorrupt, path_,
            absl::StrCat("is damaged in record ", index.records, ", at byte ", index.end));
      }
      break;
    }
    proven = std::max(proven, (*frame)->durable);
    index.Add((*frame)->size());
  }
  if (index.records < known) {
    return FileDamaged(FileDamage::kTruncated, path_,
                       absl::StrCat("has ", index.records, " good records of ", known));
  }
  if (known == 0 || index.records > known || index.end < *size) {
    // Also what is cut, before anything is written there: old bytes must not come back behind new.
    if (absl::Status status = RewriteDurably(fs_, path_, proven, index.end); !status.ok()) {
      return status;
    }
  }
  torn_bytes_ = static_cast<int64_t>(*size - index.end);
  core::MutexLock lock(mutex_);
  durable_ = std::move(index);
  return absl::OkStatus();
}

absl::Status RecordLog::Append(absl::string_view record) {
  core::MutexLock lock(mutex_);
  if (record.size() > kMostRecordBytes) {
    return core::LimitExceeded("RECORD_TOO_LARGE", "bytes of a record of a log",
                               static_cast<int64_t>(record.size()), kMostRecordBytes);
  }
  if (record.size() > kMostUnsyncedBytes - unsynced_bytes_) {
    return core::LimitExceeded("LOG_BACKLOG_FULL", "bytes that wait to be written to a log",
                               static_cast<int64_t>(unsynced_bytes_ + record.size()),
                               kMostUnsyncedBytes);
  }
  unsynced_.emplace_back(record);
  unsynced_bytes_ += record.size();
  return absl::OkStatus();
}

absl::Status RecordLog::Sync() {
  core::MutexLock sync_lock(sync_mutex_);
  std::vector<const std::string*> records;  // They stay where they are while others are appended.
  uint64_t end = 0;
  {
    core::MutexLock lock(mutex_);
    if (unsynced_.empty()) return absl::OkStatus();
    records.reserve(unsynced_.size());
    for (const std::string& record : unsynced_) records.push_back(&record);
    end = durable_.end;
  }
  if (absl::Status status = end == 0 ? WriteNew(records) : WriteBehind(end, records);
      !status.ok()) {
    return status;
  }
  core::MutexLock lock(mutex_);
  if (durable_.end == 0) durable_.end = FileHeader::kSize;
  for (size_t i = 0; i < records.size(); ++i) {
    durable_.Add(RecordFrame::kHeader + unsynced_.front().size());
    unsynced_bytes_ -= unsynced_.front().size();
    unsynced_.pop_front();
  }
  return absl::OkStatus();
}

absl::Status RecordLog::WriteNew(std::span<const std::string* const> records) {
  const std::string temporary = absl::StrCat(path_, kTemporarySuffix);
  const absl::StatusOr<std::unique_ptr<WritableFile>> file = fs_->Create(temporary);
  if (!file.ok()) return file.status();
  const auto write = [&]() -> absl::Status {
    const auto header = EncodeFileHeader({.kind = kind_});
    if (absl::Status status = (*file)->Append(header); !status.ok()) return status;
    if (absl::Status status = AppendFrames(**file, FileHeader::kSize, records); !status.ok()) {
      return status;
    }
    if (absl::Status status = (*file)->Sync(); !status.ok()) return status;
    return fs_->Rename(temporary, path_);
  };
  if (absl::Status status = write(); !status.ok()) {
    fs_->Remove(temporary).IgnoreError();
    return status;
  }
  return fs_->SyncDirectory(DirectoryOf(path_));
}

absl::Status RecordLog::WriteBehind(uint64_t end, std::span<const std::string* const> records) {
  const absl::StatusOr<std::unique_ptr<WritableFile>> file = fs_->OpenForAppend(path_);
  if (!file.ok()) return file.status();
  if ((*file)->size() < end) {
    return FileDamaged(FileDamage::kTruncated, path_,
                       absl::StrCat("has ", (*file)->size(), " bytes of ", end));
  }
  // What an earlier call left that failed.
  if ((*file)->size() > end) {
    if (absl::Status status = (*file)->Truncate(end); !status.ok()) return status;
  }
  if (absl::Status status = AppendFrames(**file, end, records); !status.ok()) return status;
  return (*file)->Sync();
}

absl::StatusOr<std::vector<std::string>> RecordLog::ReadRange(int64_t first, int64_t most_records,
                                                              int64_t most_bytes) const {
  std::vector<std::string> records;
  first = std::max<int64_t>(first, 0);
  uint64_t offset = 0, end = 0;
  int64_t index = 0, last = 0;
  {
    core::MutexLock lock(mutex_);
    if (first >= durable_.records || most_records <= 0) return records;
    last = first + std::min(most_records, durable_.records - first);
    index = first / kStride * kStride;
    offset = durable_.offsets[static_cast<size_t>(first / kStride)];
    end = durable_.end;
  }
  const absl::StatusOr<std::unique_ptr<ReadableFile>> file = fs_->Open(path_);
  if (!file.ok()) return file.status();
  FrameReader reader(**file, end);
  int64_t bytes = 0;
  for (; index < last && (records.empty() || bytes < most_bytes); ++index) {
    const absl::StatusOr<std::optional<RecordFrame>> frame = reader.Read(offset);
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) {
      return FileDamaged(FileDamage::kCorrupt, path_,
                         absl::StrCat("is damaged in record ", index, ", at byte ", offset));
    }
    offset += (*frame)->size();
    if (index < first) continue;
    bytes += static_cast<int64_t>((*frame)->record.size());
    records.emplace_back((*frame)->record);
  }
  return records;
}

int64_t RecordLog::size() const {
  core::MutexLock lock(mutex_);
  return durable_.records;
}

int64_t RecordLog::size_bytes() const {
  core::MutexLock lock(mutex_);
  return static_cast<int64_t>(durable_.end);
}

int64_t RecordLog::unsynced() const {
  core::MutexLock lock(mutex_);
  return static_cast<int64_t>(unsynced_.size());
}

}  // namespace fnn::server
