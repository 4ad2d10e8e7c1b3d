#include "server/storage/sqlite_schema.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::StatusIs;
using ::testing::HasSubstr;

constexpr const char* kSteps[] = {
    "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
    "ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 7",
    "UPDATE a SET y = y + x",
};

SqliteDatabase Memory() {
  auto database = SqliteDatabase::Open(":memory:", "catalogue.db",
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
  EXPECT_THAT(database, IsOk());
  return *std::move(database);
}

TEST(SqliteSchema, EveryVersionComesToTheLast) {
  for (size_t version = 0; version <= std::size(kSteps); ++version) {
    SqliteDatabase database = Memory();
    ASSERT_THAT(MigrateSchema(database, SchemaSteps(kSteps).first(version)), IsOk());
    ASSERT_THAT(CheckSchema(database, kSteps), IsOk());
    ASSERT_THAT(MigrateSchema(database, kSteps), IsOk());
    EXPECT_THAT(database.QueryInt("PRAGMA user_version"), IsOkAndHolds(3));
    EXPECT_THAT(database.QueryInt("SELECT y FROM a"), IsOkAndHolds(8));
    ASSERT_THAT(MigrateSchema(database, kSteps), IsOk());
    EXPECT_THAT(database.QueryInt("SELECT y FROM a"), IsOkAndHolds(8));
  }
}

TEST(SqliteSchema, AFailedStepChangesNothing) {
  SqliteDatabase database = Memory();
  const char* const steps[] = {kSteps[0], "UPDATE a SET x = 99; UPDATE none SET x = 1"};
  EXPECT_FALSE(MigrateSchema(database, steps).ok());
  EXPECT_THAT(database.QueryInt("PRAGMA user_version"), IsOkAndHolds(1));
  EXPECT_THAT(database.QueryInt("SELECT x FROM a"), IsOkAndHolds(1));
  EXPECT_THAT(MigrateSchema(database, kSteps), IsOk());
}

TEST(SqliteSchema, ANewerOneIsRefusedByItsVersion) {
  SqliteDatabase database = Memory();
  ASSERT_THAT(MigrateSchema(database, kSteps), IsOk());
  const absl::Status status = CheckSchema(database, SchemaSteps(kSteps).first(2));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status, HasReason("CATALOGUE_TOO_NEW"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("version 3, and this server knows up to 2"));
}

TEST(SqliteSchema, AnotherProgramsDatabaseIsForeign) {
  for (const char* sql : {"CREATE TABLE b (x)", "PRAGMA user_version = 1",
                          "PRAGMA application_id = 12; CREATE TABLE b (x)"}) {
    SqliteDatabase database = Memory();
    ASSERT_THAT(database.Execute(sql), IsOk());
    EXPECT_THAT(CheckSchema(database, kSteps), HasReason("FILE_FOREIGN")) << sql;
  }
}

}  // namespace
}  // namespace fnn::server
