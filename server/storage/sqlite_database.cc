#include "server/storage/sqlite_database.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/storage/file_header.h"
#include "server/storage/file_system.h"

namespace fnn::server {
namespace {

// The errno for which the disk is full, or 0. That of the connection is not set by all that fails,
// so those of its files are asked as well.
int DiskFullError(sqlite3* handle) {
  if (const int error = sqlite3_system_errno(handle); IsDiskFull(error)) return error;
  for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    int error = 0;
    if (sqlite3_file_control(handle, "main", which, &file) == SQLITE_OK && file != nullptr &&
        file->pMethods != nullptr &&
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK &&
        IsDiskFull(error)) {
      return error;
    }
  }
  return 0;
}

absl::Status Convert(const std::string& name, sqlite3* handle, int result) {
  using absl::StatusCode;
  const auto what = [&] { return absl::StrCat(name, ": ", sqlite3_errmsg(handle)); };
  switch (result & 0xff) {
    case SQLITE_OK:
      return absl::OkStatus();
    case SQLITE_FULL:
      return DiskError(ENOSPC, "write", name);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      if (const int error = DiskFullError(handle); error != 0) {
        return DiskError(error, "write", name);
      }
      break;
    case SQLITE_ERROR:  // The statements are right, so it is not the database they are for.
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return FileDamaged(FileDamage::kCorrupt, name,
                         absl::StrCat("is damaged (", sqlite3_errmsg(handle), ")"));
    case SQLITE_BUSY:
      return core::MakeError(StatusCode::kFailedPrecondition, "DATA_DIRECTORY_IN_USE",
                             absl::StrCat(what(), "; stop the other process that uses it"));
    case SQLITE_TOOBIG:
      return core::MakeError(
          StatusCode::kResourceExhausted, "RECORD_TOO_LARGE",
          absl::StrCat(what(), "; a record may have ",
                       sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, -1), " bytes"));
    case SQLITE_NOMEM:
      return core::MakeError(StatusCode::kResourceExhausted, "OUT_OF_MEMORY", what());
    default:
      break;
  }
  return core::MakeError(StatusCode::kUnavailable, "DISK_FAULT",
                         absl::StrCat(what(), "; see to the disk of the data directory"));
}

}  // namespace

void SqliteStatement::Bind(int parameter, int64_t value) {
  const int result = sqlite3_bind_int64(statement_.get(), parameter, value);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
}

void SqliteStatement::BindBlob(int parameter, absl::string_view value) {
  // A null pointer would be NULL.
  const int result = sqlite3_bind_blob64(
      statement_.get(), parameter, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
}

absl::StatusOr<bool> SqliteStatement::Step() {
  const int result = bind_error_ == SQLITE_OK ? sqlite3_step(statement_.get()) : bind_error_;
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return Convert(*name_, sqlite3_db_handle(statement_.get()), result);
}

absl::Status SqliteStatement::Run() {
  absl::StatusOr<bool> row = Step();
  while (row.ok() && *row) row = Step();
  Reset();
  return row.status();
}

void SqliteStatement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bind_error_ = SQLITE_OK;
}

int64_t SqliteStatement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

absl::string_view SqliteStatement::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return "";
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

absl::StatusOr<SqliteDatabase> SqliteDatabase::Open(const std::string& path, absl::string_view name,
                                                    int flags, const std::string& vfs) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE,
                                     vfs.empty() ? nullptr : vfs.c_str());
  // There is a handle after an error too.
  SqliteDatabase database(std::make_unique<std::string>(name), handle);
  if (absl::Status status = database.ToStatus(result); !status.ok()) return status;
  return database;
}

absl::Status SqliteDatabase::Execute(const std::string& sql) {
  return ToStatus(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(absl::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (absl::Status status = ToStatus(result); !status.ok()) return status;
  return SqliteStatement(name_.get(), handle);
}

absl::StatusOr<int64_t> SqliteDatabase::QueryInt(absl::string_view sql) {
  absl::StatusOr<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return statement->Int(0);
}

absl::StatusOr<std::string> SqliteDatabase::QueryText(absl::string_view sql) {
  absl::StatusOr<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return std::string(statement->Blob(0));
}

void SqliteDatabase::Rollback() {
  if (sqlite3_get_autocommit(handle_.get()) == 0) Execute("ROLLBACK").IgnoreError();
}

absl::Status SqliteDatabase::ToStatus(int result) const {
  return Convert(*name_, handle_.get(), result);
}

}  // namespace fnn::server
