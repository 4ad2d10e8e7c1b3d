// A catalogue in an SQLite database.
//
// There is one connection. Calls of Commit that wait at the same time share one transaction, and so
// one sync of the disk: the first of them commits for all (group commit). The write-ahead log is
// on, and each commit syncs it (synchronous=FULL).

#ifndef FNN_SERVER_STORAGE_SQLITE_CATALOGUE_H_
#define FNN_SERVER_STORAGE_SQLITE_CATALOGUE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"
#include "server/storage/sqlite_database.h"

namespace fnn::server {

struct SqliteCatalogueOptions {
  std::string path;  // On the host; the directory must be there.
  // The directory that holds the database, as its root, for what SQLite leaves to chance: Open
  // syncs the directory, and makes durable what another process left in the write-ahead log. None
  // for a database that need not last.
  FileSystem* directory = nullptr;
  std::string name = "catalogue.db";  // In its directory, and in messages.
  std::string vfs = {};               // The SQLite VFS to use; empty for the default.
  int checkpoint_pages = 1000;  // How long the write-ahead log grows before it is copied back.
  // Without, a database that is not there or empty is an error: for a data directory that has been
  // used.
  bool create = true;
};

class SqliteCatalogue final : public Catalogue {
 public:
  // Of a key and a value together. RESOURCE_EXHAUSTED (RECORD_TOO_LARGE) beyond.
  static constexpr int kMostRecordBytes = 1 << 26;

  // Opens the database, or makes it where there is none; brings its schema up to date; checks it.
  // DATA_LOSS (FILE_CORRUPT, FILE_TRUNCATED) where it is damaged and DATA_LOSS (FILE_FOREIGN) where
  // it is not a catalogue: nothing is changed then. FAILED_PRECONDITION (CATALOGUE_TOO_NEW) where a
  // newer version wrote it. As Commit for faults of the disk.
  static absl::StatusOr<std::unique_ptr<SqliteCatalogue>> Open(
      const SqliteCatalogueOptions& options);

  absl::Status Commit(const CatalogueBatch& batch) override;
  absl::Status ForEachRecord(RecordKind kind, RecordFunction function) const override;

  // Copies the database, as it is at one moment during the call, to a new file on the host, which
  // Open can open. The copy is complete and durable only once this returned OK; after an error it
  // is removed. ALREADY_EXISTS where there is such a file. Commits go on meanwhile.
  absl::Status BackupTo(const std::string& path) const;

  // Calls of Commit that wait for another to be done.
  int64_t waiting() const;
  // How many transactions were written: with group commit fewer than calls of Commit.
  int64_t transactions() const;

 private:
  struct Waiter {
    explicit Waiter(const CatalogueBatch& batch) : batch(batch) {}
    const CatalogueBatch& batch;
    bool done = false;
    absl::Status status;
  };

  SqliteCatalogue(const SqliteCatalogueOptions& options, SqliteDatabase database)
      : options_(options), database_(std::move(database)) {}
  absl::Status Prepare() ABSL_LOCKS_EXCLUDED(database_mutex_);
  void CommitGroup(std::span<Waiter* const> group) ABSL_LOCKS_EXCLUDED(database_mutex_);
  absl::Status CommitTransaction(std::span<Waiter* const> group)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(database_mutex_);
  absl::Status Apply(const CatalogueBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(database_mutex_);
  // Appends to `page` records from the key `first` on.
  absl::Status ReadPage(RecordKind kind, const std::string& first,
                        std::vector<std::pair<std::string, std::string>>& page) const
      ABSL_LOCKS_EXCLUDED(database_mutex_);

  const SqliteCatalogueOptions options_;

  mutable core::Mutex mutex_;
  core::CondVar changed_;
  std::vector<Waiter*> waiting_ ABSL_GUARDED_BY(mutex_);
  bool committing_ ABSL_GUARDED_BY(mutex_) = false;  // Someone commits for the others.

  mutable core::Mutex database_mutex_;
  // Statements go before their database does.
  mutable SqliteDatabase database_ ABSL_GUARDED_BY(database_mutex_);
  SqliteStatement begin_ ABSL_GUARDED_BY(database_mutex_);
  SqliteStatement commit_ ABSL_GUARDED_BY(database_mutex_);
  SqliteStatement put_ ABSL_GUARDED_BY(database_mutex_);
  SqliteStatement delete_ ABSL_GUARDED_BY(database_mutex_);
  mutable SqliteStatement list_ ABSL_GUARDED_BY(database_mutex_);
  int64_t transactions_ ABSL_GUARDED_BY(database_mutex_) = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_SQLITE_CATALOGUE_H_
