#include "server/storage/directory_lock.h"

#include <unistd.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(DirectoryLock, OneAtATimeAndTheOtherLearnsWhoHoldsIt) {
  TemporaryDirectory directory;
  auto lock = DirectoryLock::Acquire(directory.path(), "a rather long address");
  ASSERT_THAT(lock, IsOk());
  lock->SetAddress("[::]:50051");
  const auto second = DirectoryLock::Acquire(directory.path(), "[::]:50052");
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(second, HasReason("DATA_DIRECTORY_IN_USE"));
  const std::string message(second.status().message());
  EXPECT_THAT(message, HasSubstr(absl::StrCat("\"process ", getpid(), " at [::]:50051\"")));
  EXPECT_THAT(message, Not(HasSubstr(directory.path())));

  std::optional<DirectoryLock> moved = *std::move(lock);
  EXPECT_THAT(DirectoryLock::Acquire(directory.path(), ""), HasReason("DATA_DIRECTORY_IN_USE"));
  moved.reset();
  EXPECT_THAT(DirectoryLock::Acquire(directory.path(), ""), IsOk());
}

TEST(DirectoryLock, NeedsTheDirectory) {
  TemporaryDirectory directory;
  EXPECT_THAT(DirectoryLock::Acquire(directory / "none", ""), HasReason("FILE_NOT_FOUND"));
}

}  // namespace
}  // namespace fnn::server
