#include "server/store/page.h"

#include <map>

#include "fnn/v1/model.pb.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasViolation;
using fnn::testing::IsOk;

const auto kIdentity = [](const v1::Model& model) { return model; };

std::map<std::string, v1::Model> Models(const std::vector<std::string>& ids, size_t bytes = 1) {
  std::map<std::string, v1::Model> models;
  for (const std::string& id : ids) {
    const std::string name = MakeName(Collection::kModels, id);
    models[name].set_name(name);
    models[name].set_uid(std::string(bytes, 'x'));
  }
  return models;
}

TEST(PageTest, PagesCoverAllOnce) {
  const auto models = Models({"a", "b", "c", "d", "e"});
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto request = ParsePageRequest(Collection::kModels, 2, token);
    ASSERT_THAT(request, IsOk());
    const Page<v1::Model> page = ListPage(models, *request, kIdentity);
    EXPECT_LE(page.items.size(), 2u);
    for (const v1::Model& model : page.items) seen.push_back(model.name());
    token = page.more ? NextPageToken(page.items.back().name()) : "";
  } while (!token.empty());
  EXPECT_EQ(seen,
            (std::vector<std::string>{"models/a", "models/b", "models/c", "models/d", "models/e"}));
}

TEST(PageTest, EndsEarlyWhereItemsAreLarge) {
  const auto models = Models({"a", "b", "c"}, kMostPageBytes / 2);
  const Page<v1::Model> page = ListPage(models, PageRequest{}, kIdentity);
  EXPECT_EQ(page.items.size(), 2u);
  EXPECT_TRUE(page.more);
}

TEST(PageTest, EmptyIsNoError) {
  const Page<v1::Model> page = ListPage(Models({}), PageRequest{}, kIdentity);
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.more);
}

TEST(PageTest, RefusesBadSizesAndTokens) {
  for (const int64_t size : {0, -1, 1001}) {
    EXPECT_THAT(ParsePageRequest(Collection::kModels, size, ""), HasViolation("page_size"));
  }
  const std::string of_a_run = NextPageToken("runs/a");
  for (const std::string& token :
       {std::string("x"), std::string("!!!!"), std::string(10'000, 'A'), of_a_run}) {
    EXPECT_THAT(ParsePageRequest(Collection::kModels, std::nullopt, token),
                HasViolation("page_token"));
  }
  EXPECT_THAT(ParsePageRequest(Collection::kRuns, std::nullopt, of_a_run), IsOk());
}

}  // namespace
}  // namespace fnn::server
