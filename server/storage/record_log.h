// An append-only log of records, kept in one file.
//
//   auto log = RecordLog::Open(fs, "runs/4f2a.log", FileKind::kEventLog);
//   log->Append(record);                      // In memory.
//   log->Sync();                              // Durable: ReadRange gives it now.
//   log->ReadRange(0, 100, 1 << 20);
//
// After the file's header come frames, one a record:
//
//   0  magic      u32
//   4  length     u32, in bytes
//   8  durable    u64: how long the file was when its last Sync before this frame succeeded
//  16  checksum   XXH3-64 of the offset of the frame in the file, the fields before, and the record
//  24  record
//
// A power failure may tear what was not synced yet, anywhere and in any order. So when a frame is
// bad, the frames behind it decide: one whose `durable` lies behind the bad one proves that this
// had been synced, which makes it damage; without proof it is a torn tail, and is cut.

#ifndef FNN_SERVER_STORAGE_RECORD_LOG_H_
#define FNN_SERVER_STORAGE_RECORD_LOG_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/mutex.h"
#include "server/storage/file_header.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Safe from any thread. Has no file open between calls: a log at rest costs a kilobyte of memory.
class RecordLog {
 public:
  static constexpr size_t kMostRecordBytes = size_t{1} << 26;
  static constexpr size_t kMostUnsyncedBytes = size_t{1} << 28;

  // The log at `path`; without a file there it is empty, and the first Sync makes the file. What a
  // power failure tore is left out, and the rest made durable. `known` is how many records the
  // caller knows to be durable. DATA_LOSS where one of these is missing or anything that had been
  // synced is damaged. `fs` outlives the log.
  static absl::StatusOr<std::unique_ptr<RecordLog>> Open(FileSystem* fs, absl::string_view path,
                                                         FileKind kind, int64_t known = 0);

  // Takes the record into memory; waits for no disk. RESOURCE_EXHAUSTED where it is longer than
  // kMostRecordBytes, or where more than kMostUnsyncedBytes would wait for a Sync.
  absl::Status Append(absl::string_view record);

  // Makes all that was appended before the call durable. After an error the records are kept in
  // memory and the next Sync writes them again.
  absl::Status Sync();

  // Durable records from the index `first` on: at most `most_records`, and no more once they come
  // to `most_bytes`. None where `first` is size(). DATA_LOSS where the file has been damaged.
  absl::StatusOr<std::vector<std::string>> ReadRange(int64_t first, int64_t most_records,
                                                     int64_t most_bytes) const;

  // Records that are durable, and the bytes their file has.
  int64_t size() const;
  int64_t size_bytes() const;
  // Records that wait for a Sync.
  int64_t unsynced() const;
  // Bytes left out by Open as torn.
  int64_t torn_bytes() const { return torn_bytes_; }

 private:
  // Where each kStride-th record starts.
  static constexpr int64_t kStride = 64;
  struct Index {
    std::vector<uint64_t> offsets;
    int64_t records = 0;
    uint64_t end = 0;  // Of the last record; 0 while there is no file.

    void Add(uint64_t size);  // A frame of `size` bytes.
  };

  RecordLog(FileSystem* fs, absl::string_view path, FileKind kind)
      : fs_(fs), path_(path), kind_(kind) {}
  absl::Status Recover(int64_t known);
  // Write `records` behind the first `end` bytes of the file, or as a new file, and sync it.
  absl::Status WriteNew(std::span<const std::string* const> records);
  absl::Status WriteBehind(uint64_t end, std::span<const std::string* const> records);

  FileSystem* const fs_;
  const std::string path_;
  const FileKind kind_;
  int64_t torn_bytes_ = 0;  // Set by Open.

  core::Mutex sync_mutex_;  // Held while the file is written; taken before mutex_.
  mutable core::Mutex mutex_;
  Index durable_ ABSL_GUARDED_BY(mutex_);
  // Appended and not yet durable. Only Sync takes any out, so that it may read them without the
  // lock.
  std::deque<std::string> unsynced_ ABSL_GUARDED_BY(mutex_);
  size_t unsynced_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_RECORD_LOG_H_
