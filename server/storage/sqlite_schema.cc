#include "server/storage/sqlite_schema.h"

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/storage/file_header.h"

namespace fnn::server {
namespace {

constexpr int64_t kApplicationId = 0x464e4e43;  // "FNNC"; `file` shows it.

constexpr const char* kSteps[] = {
    // The checksum is of kind, key and value (sqlite_catalogue.cc): SQLite's pages have none.
    R"sql(
      CREATE TABLE records (
        kind INTEGER NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        checksum INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX records_by_key ON records (kind, key);
    )sql",
};

}  // namespace

SchemaSteps CatalogueSchema() { return kSteps; }

absl::Status CheckSchema(SqliteDatabase& database, SchemaSteps steps) {
  const absl::StatusOr<int64_t> application = database.QueryInt("PRAGMA application_id");
  if (!application.ok()) return application.status();
  const absl::StatusOr<int64_t> version = database.QueryInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  const absl::StatusOr<int64_t> tables = database.QueryInt("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  if (*application == 0 && *version == 0 && *tables == 0) return absl::OkStatus();
  if (*application != kApplicationId || *version < 1) {
    return FileDamaged(FileDamage::kForeign, database.name(), "is the database of another program");
  }
  if (*version > static_cast<int64_t>(steps.size())) {
    return core::MakeError(
        absl::StatusCode::kFailedPrecondition, "CATALOGUE_TOO_NEW",
        absl::StrCat(database.name(), " was written by a newer server: its schema is of version ",
                     *version, ", and this server knows up to ", steps.size(),
                     "; start the newer server, or restore a backup from before it"));
  }
  return absl::OkStatus();
}

absl::Status MigrateSchema(SqliteDatabase& database, SchemaSteps steps) {
  const absl::StatusOr<int64_t> version = database.QueryInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  for (size_t step = static_cast<size_t>(*version); step < steps.size(); ++step) {
    if (absl::Status status = database.Execute(absl::StrCat(
            "BEGIN IMMEDIATE;", steps[step], ";PRAGMA application_id = ", kApplicationId,
            ";PRAGMA user_version = ", step + 1, ";COMMIT"));
        !status.ok()) {
      database.Rollback();
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace fnn::server
