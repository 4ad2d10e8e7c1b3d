// The files of a data directory, with every operation that durability rests on.
//
// Paths are relative to the data directory, with / between names and "" for the directory itself,
// and so are those in messages: no error tells where on its host a server keeps its data. Names are
// made of uids, never of what clients choose.
//
// Every operation may fail. RESOURCE_EXHAUSTED (DISK_FULL) says that the disk or a quota leaves no
// room, NOT_FOUND (FILE_NOT_FOUND) that there is no such file, and UNAVAILABLE (DISK_FAULT)
// anything else.
//
// What has been written is durable, which is to say there after a power failure, once the file was
// synced; and a name, once the directory that holds it was.

#ifndef FNN_SERVER_STORAGE_FILE_SYSTEM_H_
#define FNN_SERVER_STORAGE_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/data/storage.h"

namespace fnn::server {

// A file open for writing, closed when destroyed. Not safe from several threads at once.
class WritableFile {
 public:
  virtual ~WritableFile() = default;

  // Writes at the end. After an error any part of `bytes` may have been written.
  virtual absl::Status Append(std::span<const std::byte> bytes) = 0;
  absl::Status Append(absl::string_view bytes) {
    return Append(std::as_bytes(std::span(bytes.data(), bytes.size())));
  }
  // Writes over bytes that are there already; never makes the file longer.
  virtual absl::Status Overwrite(uint64_t offset, std::span<const std::byte> bytes) = 0;
  // Makes all that was written durable. After an error some of it may be lost, although it can
  // still be read and a later Sync succeeds: then it has to be written again.
  virtual absl::Status Sync() = 0;
  // Cuts the file to its first `size` bytes, at most size().
  virtual absl::Status Truncate(uint64_t size) = 0;
  virtual uint64_t size() const = 0;
  // Closes the file ahead of the destructor; nothing else may be called after it. OK says nothing
  // of durability.
  virtual absl::Status Close() = 0;
};

// A file open for reading. Safe from any thread.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;

  // Fills `out` from `offset` on, or its beginning where the file ends; says how many bytes.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<std::byte> out) const = 0;
  // Bytes, as of now.
  virtual absl::StatusOr<uint64_t> size() const = 0;
};

// Outlives the files it opens. Safe from any thread.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Makes a directory, durably: its parent, which must be there, is synced. OK where it exists.
  virtual absl::Status CreateDirectory(absl::string_view path) = 0;
  // An empty file; what was at `path` is gone.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> Create(absl::string_view path) = 0;
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> OpenForAppend(absl::string_view path) = 0;
  virtual absl::StatusOr<std::unique_ptr<ReadableFile>> Open(absl::string_view path) const = 0;
  // Puts `from` in the place of `to`, at once: at any time there is the one or the other.
  virtual absl::Status Rename(absl::string_view from, absl::string_view to) = 0;
  // Removes a file, not a directory. What has it open keeps it.
  virtual absl::Status Remove(absl::string_view path) = 0;
  // Makes durable which files the directory holds, under which names.
  virtual absl::Status SyncDirectory(absl::string_view path) = 0;
  // The names of what the directory holds, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(absl::string_view directory) const = 0;
  virtual absl::StatusOr<bool> Exists(absl::string_view path) const = 0;

  // All bytes of a file, which must not become fewer while they are used. Where a file system can,
  // they are mapped; here they are read into memory.
  virtual absl::StatusOr<core::Storage> Map(absl::string_view path) const;

  // Whether its files are this process's memory, and have to be counted as such.
  virtual bool in_memory() const { return false; }
};

// The directory of `path`: "runs" of "runs/1.log", and "" of "LOCK".
absl::string_view DirectoryOf(absl::string_view path);

// What errno `error` says about `doing` (such as "write") something to the file `path`.
absl::Status DiskError(int error, absl::string_view doing, absl::string_view path);

// Whether `error` says that there is no room: ENOSPC, EDQUOT or EFBIG.
bool IsDiskFull(int error);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_FILE_SYSTEM_H_
