#include "server/store/version_cache.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/store/trained.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::IsOk;
using fnn::testing::StatusIs;

class VersionCacheTest : public ::testing::Test {
 protected:
  VersionCacheTest() {
    budget_.SetReclaim([this] { return cache_.Reclaim(); });
  }

  absl::StatusOr<std::shared_ptr<const ModelVersion>> Load(const std::string& key,
                                                           int64_t bytes = 100) {
    return cache_.FindOrLoad(key, [&]() -> absl::StatusOr<VersionCache::Loaded> {
      absl::StatusOr<Reservation> memory = budget_.Reserve(bytes);
      if (!memory.ok()) return memory.status();
      ++loads_;
      return VersionCache::Loaded{{v1::ModelVersion(), Trained()}, *std::move(memory)};
    });
  }

  std::atomic<int> loads_ = 0;
  MemoryBudget budget_{1000};
  VersionCache cache_{300};
};

TEST_F(VersionCacheTest, KeepsWhatWasUsedLast) {
  for (const char* key : {"a", "b", "c"}) ASSERT_THAT(Load(key), IsOk());
  EXPECT_NE(cache_.Find("a"), nullptr);  // Now b is the oldest.
  ASSERT_THAT(Load("d"), IsOk());
  EXPECT_EQ(cache_.Find("b"), nullptr);
  EXPECT_NE(cache_.Find("a"), nullptr);
  EXPECT_EQ(budget_.free(), 700);
  EXPECT_EQ(loads_, 4);
}

TEST_F(VersionCacheTest, KeepsOneHoweverLarge) {
  ASSERT_THAT(Load("a", 900), IsOk());
  EXPECT_NE(cache_.Find("a"), nullptr);
}

TEST_F(VersionCacheTest, WhatIsInUseIsFoundThoughNotKept) {
  const auto a = Load("a");
  for (const char* key : {"b", "c", "d"}) ASSERT_THAT(Load(key), IsOk());
  EXPECT_EQ(cache_.Find("a"), *a);
  EXPECT_EQ(loads_, 4);
}

TEST_F(VersionCacheTest, GivesWayWhereTheBudgetNeedsIt) {
  for (const char* key : {"a", "b", "c"}) ASSERT_THAT(Load(key), IsOk());
  const auto used = cache_.Find("a");
  const absl::StatusOr<Reservation> all = budget_.Reserve(900);
  EXPECT_THAT(all, IsOk());
  EXPECT_EQ(cache_.Find("b"), nullptr);
  EXPECT_EQ(cache_.Find("c"), nullptr);
  EXPECT_EQ(cache_.Find("a"), used);
  EXPECT_THAT(budget_.Reserve(1), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Load("d"), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(VersionCacheTest, ForgetsWhatIsErased) {
  ASSERT_THAT(Load("a"), IsOk());
  cache_.Erase("a");
  cache_.Erase("a");
  EXPECT_EQ(cache_.Find("a"), nullptr);
  EXPECT_EQ(budget_.free(), 1000);
}

TEST_F(VersionCacheTest, AFailureIsNotKept) {
  const auto failed = cache_.FindOrLoad("a", []() -> absl::StatusOr<VersionCache::Loaded> {
    return absl::UnavailableError("not now");
  });
  EXPECT_THAT(failed, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Load("a"), IsOk());
}

TEST_F(VersionCacheTest, OfManyAtOnceOneLoads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_THAT(Load("a"), IsOk()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loads_, 1);
}

}  // namespace
}  // namespace fnn::server
