// SQLite's handles as values, and its result codes as statuses.

#ifndef FNN_SERVER_STORAGE_SQLITE_DATABASE_H_
#define FNN_SERVER_STORAGE_SQLITE_DATABASE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fnn::server {

class SqliteDatabase;

// A prepared statement: bind, step until false, reset. Not safe from several threads at once. Goes
// before its database does.
class SqliteStatement {
 public:
  SqliteStatement() = default;

  // Parameters count from 1. What is bound stays where it is until Reset.
  void Bind(int parameter, int64_t value);
  void BindBlob(int parameter, absl::string_view value);

  // True where there is a row, false at the end.
  absl::StatusOr<bool> Step();
  // Steps to the end, and resets.
  absl::Status Run();
  // Ready to run again; nothing is bound.
  void Reset();

  // Columns of the row, from 0; views are good until the next Step.
  int64_t Int(int column) const;
  absl::string_view Blob(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  SqliteStatement(const std::string* name, sqlite3_stmt* statement)
      : name_(name), statement_(statement) {}

  const std::string* name_ = nullptr;  // Of the database.
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_error_ = SQLITE_OK;  // The first, told by Step.
};

// A connection, closed when destroyed. Not safe from several threads at once.
class SqliteDatabase {
 public:
  // `flags` are SQLITE_OPEN_*; `name` is what messages call the database; an empty `vfs` is the
  // default one.
  static absl::StatusOr<SqliteDatabase> Open(const std::string& path, absl::string_view name,
                                             int flags, const std::string& vfs);

  // Runs statements that give no rows, or whose rows do not matter.
  absl::Status Execute(const std::string& sql);
  absl::StatusOr<SqliteStatement> Prepare(absl::string_view sql);
  // The first column of the only row.
  absl::StatusOr<int64_t> QueryInt(absl::string_view sql);
  absl::StatusOr<std::string> QueryText(absl::string_view sql);

  // Ends the transaction without its changes, where SQLite has not ended it already.
  void Rollback();

  // What `result`, the code of the last call, says. OK for SQLITE_OK.
  //   RESOURCE_EXHAUSTED (DISK_FULL)   no room on the disk
  //   DATA_LOSS (FILE_CORRUPT)         not a database, or a damaged one
  //   FAILED_PRECONDITION (DATA_DIRECTORY_IN_USE)   another process uses it
  //   RESOURCE_EXHAUSTED (RECORD_TOO_LARGE, OUT_OF_MEMORY)
  //   UNAVAILABLE (DISK_FAULT)         anything else
  absl::Status ToStatus(int result) const;

  sqlite3* handle() const { return handle_.get(); }
  const std::string& name() const { return *name_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  SqliteDatabase(std::unique_ptr<std::string> name, sqlite3* handle)
      : name_(std::move(name)), handle_(handle) {}

  std::unique_ptr<const std::string> name_;  // Statements point to it.
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_SQLITE_DATABASE_H_
