#include "server/store/request_log.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fnn/v1/model_service.pb.h"
#include "gtest/gtest.h"
#include "server/storage/memory_catalogue.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;

class RequestLogTest : public ::testing::Test {
 protected:
  RequestLogTest() { Reopen(); }

  void Reopen() {
    log_.reset();
    auto log = RequestLog::Open({.now = [this] { return now_; }}, &catalogue_, &budget_);
    ASSERT_THAT(log, IsOk());
    log_ = *std::move(log);
  }

  absl::StatusOr<RequestClaim> Claim(const std::string& id, const std::string& digest = "d") {
    return log_->Claim("CreateModel", id, digest, core::FieldPath("request_id"));
  }

  // Makes `name` as the request `id` asks, unless it has been made.
  absl::StatusOr<std::string> Make(const std::string& id, const std::string& name,
                                   const std::string& digest = "d") {
    absl::StatusOr<RequestClaim> claim = Claim(id, digest);
    if (!claim.ok()) return claim.status();
    if (claim->made().has_value()) return claim->made()->name;
    CatalogueBatch batch;
    claim->Record({name, "uid"}, batch);
    if (absl::Status status = catalogue_.Commit(batch); !status.ok()) return status;
    claim->Keep();
    return name;
  }

  int Records() {
    int count = 0;
    EXPECT_THAT(catalogue_.ForEachRecord(RecordKind::kRequest,
                                         [&](absl::string_view, absl::string_view) {
                                           ++count;
                                           return absl::OkStatus();
                                         }),
                IsOk());
    return count;
  }

  MemoryCatalogue catalogue_;
  MemoryBudget budget_{10'000};
  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  std::unique_ptr<RequestLog> log_;
};

TEST_F(RequestLogTest, TheSameRequestMakesOneThing) {
  EXPECT_EQ(*Make("r1", "models/a"), "models/a");
  EXPECT_EQ(*Make("r1", "models/b"), "models/a");
  EXPECT_EQ(*Make("r2", "models/c"), "models/c");
  Reopen();
  EXPECT_EQ(*Make("r1", "models/b"), "models/a");
  EXPECT_EQ(Claim("r1")->made()->uid, "uid");
}

TEST_F(RequestLogTest, AnIdBelongsToItsMethod) {
  EXPECT_EQ(*Make("r1", "models/a"), "models/a");
  const auto claim = log_->Claim("CreateRun", "r1", "other", core::FieldPath("request_id"));
  ASSERT_THAT(claim, IsOk());
  EXPECT_FALSE(claim->made().has_value());
}

TEST_F(RequestLogTest, AnotherContentIsRefused) {
  EXPECT_EQ(*Make("r1", "models/a"), "models/a");
  EXPECT_THAT(Make("r1", "models/a", "other"), HasReason("REQUEST_ID_REUSED"));
  EXPECT_THAT(Make("r1", "models/a", "other"), HasViolation("request_id"));
}

TEST_F(RequestLogTest, WithoutAnIdNothingIsRemembered) {
  EXPECT_EQ(*Make("", "models/a"), "models/a");
  EXPECT_EQ(*Make("", "models/b"), "models/b");
  EXPECT_EQ(Records(), 0);
}

TEST_F(RequestLogTest, WhatFailedMayBeTriedAgain) {
  { ASSERT_THAT(Claim("r1"), IsOk()); }
  EXPECT_EQ(*Make("r1", "models/a", "other"), "models/a");
}

TEST_F(RequestLogTest, RefusesIdsThatAreNone) {
  for (const std::string& id :
       {std::string("a b"), std::string("a/b"), std::string("\xC3\xA9"), std::string(65, 'a')}) {
    EXPECT_THAT(Make(id, "models/a"), HasReason("INVALID_REQUEST_ID")) << id;
  }
  EXPECT_THAT(Make(std::string(64, 'Z'), "models/a"), IsOk());
}

TEST_F(RequestLogTest, ForgetsAfterADay) {
  EXPECT_EQ(*Make("r1", "models/a"), "models/a");
  EXPECT_EQ(*Make("r2", "models/b"), "models/b");
  now_ += absl::Hours(24);
  EXPECT_EQ(*Make("r1", "models/c"), "models/a");
  now_ += absl::Seconds(1);
  EXPECT_EQ(*Make("r1", "models/c"), "models/c");  // Before it was swept.
  EXPECT_EQ(Records(), 2);
  ASSERT_THAT(log_->Sweep(), IsOk());
  EXPECT_EQ(Records(), 1);
  EXPECT_EQ(*Make("r1", "models/d"), "models/c");
  now_ += absl::Hours(25);
  ASSERT_THAT(log_->Sweep(), IsOk());
  EXPECT_EQ(Records(), 0);
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(RequestLogTest, CountsAgainstTheBudget) {
  int made = 0;
  while (Make(absl::StrCat("r", made), "models/a").ok() && made < 100) ++made;
  EXPECT_GT(made, 5);
  EXPECT_LT(made, 50);
  EXPECT_THAT(Make("last", "models/a"), HasReason("STORAGE_MEMORY_EXCEEDED"));
}

TEST_F(RequestLogTest, OfManyAtOnceOneMakes) {
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      absl::StatusOr<RequestClaim> claim = Claim("r1");
      ASSERT_THAT(claim, IsOk());
      if (claim->made().has_value()) return;
      ++made;
      CatalogueBatch batch;
      claim->Record({"models/a", ""}, batch);
      ASSERT_THAT(catalogue_.Commit(batch), IsOk());
      claim->Keep();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(RequestLogTest, ADamagedRecordIsNamed) {
  CatalogueBatch batch;
  batch.Put(RecordKind::kRequest, "CreateModel/r1", "\xFF");
  ASSERT_THAT(catalogue_.Commit(batch), IsOk());
  EXPECT_THAT(RequestLog::Open({}, &catalogue_, &budget_), HasReason("CATALOGUE_CORRUPT"));
}

TEST(RequestDigestTest, IsOfAllButTheId) {
  v1::CreateModelRequest request;
  request.set_model_id("a");
  for (const char* key : {"a", "b", "c", "d"}) (*request.mutable_labels())[key] = "x";
  const std::string digest = RequestDigest(request);
  request.set_request_id("r1");
  EXPECT_EQ(RequestDigest(request), digest);
  v1::CreateModelRequest same;  // Made in another order.
  same.set_model_id("a");
  for (const char* key : {"d", "c", "b", "a"}) (*same.mutable_labels())[key] = "x";
  EXPECT_EQ(RequestDigest(same), digest);
  same.set_model_id("b");
  EXPECT_NE(RequestDigest(same), digest);
}

}  // namespace
}  // namespace fnn::server
