#include "tests/server/storage/power_loss_vfs.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/storage/file_system.h"

namespace fnn::testing {
namespace {

thread_local int last_error = 0;

int Remember(int error, int code) {
  if (error == 0) return SQLITE_OK;
  last_error = error;
  return code;
}

PowerLossDisk& DiskOf(sqlite3_vfs* vfs) { return *static_cast<PowerLossDisk*>(vfs->pAppData); }

struct File {
  sqlite3_file base;
  PowerLossDisk* disk;
  PowerLossDisk::NodePointer node;
  std::string path;
  bool sync_directory;  // At the next sync.
  int last_error = 0;   // SQLITE_FCNTL_LAST_ERRNO.
};

File& FileOf(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

int Remember(File& file, int error, int code) {
  if (error != 0) file.last_error = error;
  return Remember(error, code);
}

int Close(sqlite3_file* file) {
  FileOf(file).~File();
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  File& f = FileOf(file);
  const std::span bytes(static_cast<std::byte*>(out), static_cast<size_t>(size));
  size_t filled = 0;
  const int error = f.disk->Read(f.node, static_cast<uint64_t>(offset), bytes, &filled);
  if (error != 0) return Remember(error, SQLITE_IOERR_READ);
  if (filled == bytes.size()) return SQLITE_OK;
  std::memset(bytes.data() + filled, 0, bytes.size() - filled);
  return SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  File& f = FileOf(file);
  const int error =
      f.disk->Write(f.node, f.path, static_cast<uint64_t>(offset),
                    {static_cast<const std::byte*>(bytes), static_cast<size_t>(size)});
  if (error != ENOSPC) return Remember(f, error, SQLITE_IOERR_WRITE);
  f.last_error = 0;
  return Remember(error, SQLITE_FULL);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& f = FileOf(file);
  return Remember(f, f.disk->Truncate(f.node, f.path, static_cast<uint64_t>(size)),
                  SQLITE_IOERR_TRUNCATE);
}

std::string SyncName(const File& file, const std::set<uint64_t>& unsynced) {
  if (absl::EndsWith(file.path, "-journal")) return file.path;
  if (absl::EndsWith(file.path, "-wal")) {
    return absl::StrCat(file.path, unsynced == std::set<uint64_t>{0} ? " (header)" : "");
  }
  PowerLossDisk::NodePointer log;
  const bool has_log = file.disk->Find(absl::StrCat(file.path, "-wal"), &log) == 0;
  return absl::StrCat(file.path, has_log ? " (checkpoint)" : " (creation)");
}

int Sync(sqlite3_file* file, int) {
  File& f = FileOf(file);
  if (const auto unsynced = f.disk->Unsynced(f.node); !unsynced.empty()) {
    const int error = f.disk->Sync(f.node, SyncName(f, unsynced));
    if (error != 0) return Remember(f, error, SQLITE_IOERR_FSYNC);
  }
  if (!f.sync_directory) return SQLITE_OK;
  f.sync_directory = false;
  f.disk->SyncDirectory(server::DirectoryOf(f.path), f.path);  // An error is ignored.
  return SQLITE_OK;
}

int Size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(FileOf(file).disk->Size(FileOf(file).node));
  return SQLITE_OK;
}

int Lock(sqlite3_file*, int) { return SQLITE_OK; }
int CheckReservedLock(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int Control(sqlite3_file* file, int operation, void* argument) {
  if (operation != SQLITE_FCNTL_LAST_ERRNO) return SQLITE_NOTFOUND;
  *static_cast<int*>(argument) = FileOf(file).last_error;
  return SQLITE_OK;
}
// Those of the VFS for Unix.
int SectorSize(sqlite3_file*) { return 4096; }
int Characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = Read,
    .xWrite = Write,
    .xTruncate = Truncate,
    .xSync = Sync,
    .xFileSize = Size,
    .xLock = Lock,
    .xUnlock = Lock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = Control,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = Characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  PowerLossDisk& disk = DiskOf(vfs);
  PowerLossDisk::NodePointer node;
  if (path == nullptr) {  // A temporary file, without a name.
    node = std::make_shared<PowerLossDisk::Node>();
  } else if (int error = disk.Find(path, &node); error != 0) {
    if (error == ENOENT && (flags & SQLITE_OPEN_CREATE) != 0) {
      error = disk.Create(path, /*truncate=*/false, &node);
    }
    if (error != 0) return Remember(error, SQLITE_CANTOPEN);
  }
  const bool journal = (flags & SQLITE_OPEN_CREATE) != 0 &&
                       (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
  new (file) File{{&kMethods}, &disk, node, path == nullptr ? "" : path, journal};
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  const int error = DiskOf(vfs).Remove(path);
  if (error != 0) {
    return Remember(error, error == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE);
  }
  if (sync_directory == 0) return SQLITE_OK;
  return Remember(DiskOf(vfs).SyncDirectory(server::DirectoryOf(path), absl::StrCat("-", path)),
                  SQLITE_IOERR_DIR_FSYNC);
}

int Access(sqlite3_vfs* vfs, const char* path, int, int* result) {
  PowerLossDisk::NodePointer node;
  const int error = DiskOf(vfs).Find(path, &node);
  *result = error == 0 ? 1 : 0;
  return error == 0 || error == ENOENT ? SQLITE_OK : Remember(error, SQLITE_IOERR_ACCESS);
}

int FullPathname(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int LastError(sqlite3_vfs*, int, char*) { return last_error; }

std::string UniqueName() {
  static std::atomic<int> next = 0;
  return absl::StrCat("power-loss-", next.fetch_add(1));
}

}  // namespace

PowerLossVfs::PowerLossVfs(PowerLossDisk* disk)
    : name_(UniqueName()), vfs_(*sqlite3_vfs_find(nullptr)) {  // For the clock and the like.
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(File);
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = disk;
  vfs_.xOpen = Open;
  vfs_.xDelete = Delete;
  vfs_.xAccess = Access;
  vfs_.xFullPathname = FullPathname;
  vfs_.xGetLastError = LastError;
  EXPECT_EQ(sqlite3_vfs_register(&vfs_, /*makeDflt=*/0), SQLITE_OK);
}

PowerLossVfs::~PowerLossVfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace fnn::testing
