#include "server/storage/sqlite_catalogue.h"

#include <xxhash.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/storage/file_header.h"
#include "server/storage/rewrite.h"
#include "server/storage/sqlite_schema.h"

namespace fnn::server {
namespace {

constexpr int kPage = 256;  // Records that are read at a time.

int64_t Checksum(int64_t kind, absl::string_view key, absl::string_view value) {
  const XXH64_hash_t seed =
      XXH3_64bits_withSeed(key.data(), key.size(), static_cast<XXH64_hash_t>(kind));
  return static_cast<int64_t>(XXH3_64bits_withSeed(value.data(), value.size(), seed));
}

// Makes the write-ahead log durable that a process left which did not close the database. SQLite
// would go on behind transactions in it that may be in memory alone, and lose what comes after
// them.
absl::Status RewriteLog(const SqliteCatalogueOptions& options) {
  if (options.directory == nullptr) return absl::OkStatus();
  const std::string path = absl::StrCat(options.name, "-wal");
  const absl::StatusOr<std::unique_ptr<ReadableFile>> log = options.directory->Open(path);
  if (absl::IsNotFound(log.status())) return absl::OkStatus();
  if (!log.ok()) return log.status();
  const absl::StatusOr<uint64_t> size = (*log)->size();
  if (!size.ok()) return size.status();
  return RewriteDurably(options.directory, path, 0, *size);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteCatalogue>> SqliteCatalogue::Open(
    const SqliteCatalogueOptions& options) {
  const int create = options.create ? SQLITE_OPEN_CREATE : 0;
  absl::StatusOr<SqliteDatabase> database =
      SqliteDatabase::Open(options.path, options.name,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, options.vfs);
  if (!database.ok()) return database.status();
  auto catalogue =
      std::unique_ptr<SqliteCatalogue>(new SqliteCatalogue(options, *std::move(database)));
  if (absl::Status status = catalogue->Prepare(); !status.ok()) return status;
  return catalogue;
}

absl::Status SqliteCatalogue::Prepare() {
  core::MutexLock lock(database_mutex_);
  // Exclusive: no other process looks in, so the index of the write-ahead log is kept in memory; in
  // a file that is mapped, a full disk would be a SIGBUS.
  if (absl::Status status = database_.Execute("PRAGMA locking_mode = EXCLUSIVE"); !status.ok()) {
    return status;
  }
  sqlite3_limit(database_.handle(), SQLITE_LIMIT_LENGTH, kMostRecordBytes);
  if (absl::Status status = CheckSchema(database_, CatalogueSchema()); !status.ok()) return status;
  // The database has been read and so is locked: nobody else writes to its log.
  if (absl::Status status = RewriteLog(options_); !status.ok()) return status;
  const absl::StatusOr<int64_t> version = database_.QueryInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version == 0 && !options_.create) {
    return FileDamaged(FileDamage::kTruncated, options_.name, "is empty");
  }
  const absl::StatusOr<std::string> damage = database_.QueryText("PRAGMA integrity_check(1)");
  if (!damage.ok()) return damage.status();
  if (*damage != "ok") {
    return FileDamaged(FileDamage::kCorrupt, options_.name,
                       absl::StrCat("is damaged (", *damage, ")"));
  }
  const absl::StatusOr<std::string> mode = database_.QueryText("PRAGMA journal_mode = WAL");
  if (!mode.ok()) return mode.status();
  if (*mode != "wal") {
    return core::MakeError(absl::StatusCode::kUnavailable, "DISK_FAULT",
                           absl::StrCat("can't keep a write-ahead log of ", options_.name));
  }
  if (absl::Status status = database_.Execute(absl::StrCat(
          "PRAGMA synchronous = FULL; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
          "PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = ",
          options_.checkpoint_pages));
      !status.ok()) {
    return status;
  }
  if (absl::Status status = MigrateSchema(database_, CatalogueSchema()); !status.ok()) {
    return status;
  }
  const std::pair<SqliteStatement*, const char*> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&put_,
       "INSERT INTO records (kind, key, value, checksum) VALUES (?1, ?2, ?3, ?4)"
       "ON CONFLICT DO UPDATE SET value = excluded.value, checksum = excluded.checksum"},
      {&delete_, "DELETE FROM records WHERE kind = ?1 AND key = ?2"},
      {&list_,
       "SELECT key, value, checksum FROM records WHERE kind = ?1 AND key >= ?2"
       "ORDER BY key LIMIT ?3"},
  };
  for (const auto& [statement, sql] : statements) {
    absl::StatusOr<SqliteStatement> prepared = database_.Prepare(sql);
    if (!prepared.ok()) return prepared.status();
    *statement = *std::move(prepared);
  }
  // The database and its write-ahead log are there by now, and keep their names while it is open.
  return options_.directory == nullptr ? absl::OkStatus() : options_.directory->SyncDirectory("");
}

absl::Status SqliteCatalogue::Commit(const CatalogueBatch& batch) {
  if (batch.empty()) return absl::OkStatus();
  Waiter self(batch);
  std::vector<Waiter*> group;
  {
    core::MutexLock lock(mutex_);
    waiting_.push_back(&self);
    while (committing_ && !self.done) changed_.Wait(mutex_);
    if (self.done) return self.status;
    committing_ = true;
    group.swap(waiting_);
  }
  CommitGroup(group);
  core::MutexLock lock(mutex_);
  for (Waiter* waiter : group) waiter->done = true;
  committing_ = false;
  changed_.NotifyAll();
  return self.status;
}

void SqliteCatalogue::CommitGroup(std::span<Waiter* const> group) {
  core::MutexLock lock(database_mutex_);
  const absl::Status status = CommitTransaction(group);
  if (status.ok()) return;
  if (group.size() == 1) {
    group[0]->status = status;
    return;
  }
  // Each for itself: one that can't be committed is no reason for the others to fail.
  for (Waiter* waiter : group) waiter->status = CommitTransaction({&waiter, 1});
}

absl::Status SqliteCatalogue::CommitTransaction(std::span<Waiter* const> group) {
  const auto run = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(database_mutex_) -> absl::Status {
    if (absl::Status status = begin_.Run(); !status.ok()) return status;
    for (const Waiter* waiter : group) {
      if (absl::Status status = Apply(waiter->batch); !status.ok()) return status;
    }
    return commit_.Run();
  };
  absl::Status status = run();
  if (status.ok()) {
    ++transactions_;
  } else {
    database_.Rollback();
  }
  return status;
}

absl::Status SqliteCatalogue::Apply(const CatalogueBatch& batch) {
  for (const CatalogueBatch::Change& change : batch.changes()) {
    SqliteStatement& statement = change.value.has_value() ? put_ : delete_;
    const auto kind = static_cast<int64_t>(change.kind);
    statement.Bind(1, kind);
    statement.BindBlob(2, change.key);
    if (change.value.has_value()) {
      statement.BindBlob(3, *change.value);
      statement.Bind(4, Checksum(kind, change.key, *change.value));
    }
    if (absl::Status status = statement.Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteCatalogue::ForEachRecord(RecordKind kind, RecordFunction function) const {
  std::string next;
  std::vector<std::pair<std::string, std::string>> page;
  do {
    page.clear();
    if (absl::Status status = ReadPage(kind, next, page); !status.ok()) return status;
    for (const auto& [key, value] : page) {
      if (absl::Status status = function(key, value); !status.ok()) return status;
    }
    // The key that comes next in the order of bytes.
    if (!page.empty()) next = page.back().first + '\0';
  } while (page.size() == kPage);
  return absl::OkStatus();
}

absl::Status SqliteCatalogue::ReadPage(
    RecordKind kind, const std::string& first,
    std::vector<std::pair<std::string, std::string>>& page) const {
  core::MutexLock lock(database_mutex_);
  list_.Bind(1, static_cast<int64_t>(kind));
  list_.BindBlob(2, first);
  list_.Bind(3, kPage);
  const absl::Cleanup reset = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { list_.Reset(); };
  while (true) {
    const absl::StatusOr<bool> row = list_.Step();
    if (!row.ok() || !*row) return row.status();
    page.emplace_back(list_.Blob(0), list_.Blob(1));
    const auto& [key, value] = page.back();
    if (list_.Int(2) != Checksum(static_cast<int64_t>(kind), key, value)) {
      return FileDamaged(FileDamage::kCorrupt, options_.name,
                         absl::StrCat("has a record of kind ", static_cast<int>(kind),
                                      " that is not as it was written"));
    }
  }
}

absl::Status SqliteCatalogue::BackupTo(const std::string& path) const {
  constexpr absl::string_view kName = "the backup";
  sqlite3_vfs* const vfs = sqlite3_vfs_find(options_.vfs.empty() ? nullptr : options_.vfs.c_str());
  int exists = 0;
  if (vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || exists) {
    return core::MakeError(absl::StatusCode::kAlreadyExists, "BACKUP_ALREADY_EXISTS",
                           "there is a file where the backup should be; name another one");
  }
  absl::Cleanup remove = [&] { vfs->xDelete(vfs, path.c_str(), /*syncDir=*/0); };
  absl::StatusOr<SqliteDatabase> copy = SqliteDatabase::Open(
      path, kName, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, options_.vfs);
  if (!copy.ok()) return copy.status();
  // Extra: removing the journal is synced too. Were it to come back, it would empty the copy.
  if (absl::Status status = copy->Execute("PRAGMA synchronous = EXTRA"); !status.ok()) {
    return status;
  }
  sqlite3_backup* backup = nullptr;
  int result = SQLITE_OK;
  while (result == SQLITE_OK) {
    core::MutexLock lock(database_mutex_);  // Given back between parts, for commits to go on.
    if (backup == nullptr) {
      backup = sqlite3_backup_init(copy->handle(), "main", database_.handle(), "main");
      if (backup == nullptr) return copy->ToStatus(sqlite3_errcode(copy->handle()));
    }
    result = sqlite3_backup_step(backup, kPage);
  }
  {
    core::MutexLock lock(database_mutex_);
    result = sqlite3_backup_finish(backup);  // The error of the last step, if it had one.
  }
  if (absl::Status status = copy->ToStatus(result); !status.ok()) return status;
  std::move(remove).Cancel();
  return absl::OkStatus();
}

int64_t SqliteCatalogue::waiting() const {
  core::MutexLock lock(mutex_);
  return static_cast<int64_t>(waiting_.size());
}

int64_t SqliteCatalogue::transactions() const {
  core::MutexLock lock(database_mutex_);
  return transactions_;
}

}  // namespace fnn::server
