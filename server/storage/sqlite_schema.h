// The schema of the catalogue's database, and the way to it from every earlier one.

#ifndef FNN_SERVER_STORAGE_SQLITE_SCHEMA_H_
#define FNN_SERVER_STORAGE_SQLITE_SCHEMA_H_

#include <span>

#include "absl/status/status.h"
#include "server/storage/sqlite_database.h"

namespace fnn::server {

// Step i, as SQL, makes version i + 1 of the schema of version i; version 0 is an empty database.
// A step that has been released never changes: a new version is a new step.
using SchemaSteps = std::span<const char* const>;
SchemaSteps CatalogueSchema();

// Which catalogue this is, and whether it is one: DATA_LOSS (FILE_FOREIGN) where another program's
// tables are in it, FAILED_PRECONDITION (CATALOGUE_TOO_NEW) where its version is not among `steps`.
// Changes nothing.
absl::Status CheckSchema(SqliteDatabase& database, SchemaSteps steps);

// Brings a database that CheckSchema found good to the last version, each step in a transaction.
absl::Status MigrateSchema(SqliteDatabase& database, SchemaSteps steps);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_SQLITE_SCHEMA_H_
