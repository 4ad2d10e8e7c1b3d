// SQLite's way to a disk that can lose its power.
//
// It does what SQLite's VFS for Unix does: the first sync of a journal or write-ahead log after it
// was opened syncs its directory too, whose errors are ignored, and so does a removal where SQLite
// asks for it. Its syncs are events that say what for:
//
//   sync catalogue.db (creation)              while there is no write-ahead log
//   sync catalogue.db (checkpoint)
//   sync catalogue.db-journal
//   sync catalogue.db-wal                     of a commit
//   sync catalogue.db-wal (header)            of a log that begins again
//   sync directory catalogue.db-wal           after that file was opened
//   sync directory -catalogue.db-journal      after it was removed
//
// A sync of a file without unsynced bytes is no event. There is no shared memory, so a connection
// needs locking_mode=EXCLUSIVE for a write-ahead log, and no locking.

#ifndef FNN_TESTS_SERVER_STORAGE_POWER_LOSS_VFS_H_
#define FNN_TESTS_SERVER_STORAGE_POWER_LOSS_VFS_H_

#include <sqlite3.h>

#include <string>

#include "tests/server/storage/power_loss_disk.h"

namespace fnn::testing {

// Registered for as long as it lives. SQLite's paths are those of the disk.
class PowerLossVfs {
 public:
  // `disk` outlives it.
  explicit PowerLossVfs(PowerLossDisk* disk);
  ~PowerLossVfs();
  PowerLossVfs(const PowerLossVfs&) = delete;
  PowerLossVfs& operator=(const PowerLossVfs&) = delete;

  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  sqlite3_vfs vfs_;
};

}  // namespace fnn::testing

#endif  // FNN_TESTS_SERVER_STORAGE_POWER_LOSS_VFS_H_
