#include "server/store/page.h"

#include <limits>

#include "fnn/v1/model.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using ::testing::ElementsAre;

// The parameter count stands for a number that some have, below 0 for none.
v1::Model Item(const std::string& name, int64_t count = 0, size_t bytes = 1) {
  v1::Model model;
  model.set_name(name);
  model.set_parameter_count(count);
  model.set_uid(std::string(bytes, 'x'));
  return model;
}

const Listing<v1::Model>& Models() {
  static const auto& listing = *new Listing<v1::Model>(
      "name", {{{"name", FieldType::kText, true},
                [](const v1::Model& model, auto) { return FieldValue(model.name()); }},
               {{"count", FieldType::kInteger, true},
                [](const v1::Model& model, auto) {
                  return model.parameter_count() < 0 ? FieldValue()
                                                     : FieldValue(model.parameter_count());
                }},
               {{"uid", FieldType::kText},
                [](const v1::Model& model, auto) { return FieldValue(model.uid()); }}});
  return listing;
}

absl::StatusOr<Page<v1::Model>> List(const std::vector<v1::Model>& models,
                                     const ListRequest& request,
                                     absl::string_view scope = "models") {
  return Models().List(request, scope, models, [](const v1::Model& model) { return model; });
}

// The names of all pages of two.
std::vector<std::string> ListAll(const std::vector<v1::Model>& models, ListRequest request) {
  std::vector<std::string> names;
  request.page_size = 2;
  do {
    const absl::StatusOr<Page<v1::Model>> page = List(models, request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) break;
    EXPECT_LE(page->items.size(), 2u);
    for (const v1::Model& model : page->items) names.push_back(model.name());
    request.page_token = page->next_page_token;
  } while (!request.page_token.empty());
  return names;
}

const std::vector<v1::Model> kModels = {Item("d", 2), Item("b", 1), Item("e", -1), Item("a", 2),
                                        Item("c", -1)};

TEST(PageTest, PagesCoverAllOnceInOrder) {
  EXPECT_THAT(ListAll(kModels, {}), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(ListAll(kModels, {.order_by = "name asc"}), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(ListAll(kModels, {.order_by = "name desc"}), ElementsAre("e", "d", "c", "b", "a"));
  // Equal ones by name; those without last, either way.
  EXPECT_THAT(ListAll(kModels, {.order_by = "count"}), ElementsAre("b", "a", "d", "c", "e"));
  EXPECT_THAT(ListAll(kModels, {.order_by = " count  desc "}),
              ElementsAre("a", "d", "b", "c", "e"));
  EXPECT_THAT(ListAll(kModels, {.filter = "count >= 1", .order_by = "count"}),
              ElementsAre("b", "a", "d"));
}

TEST(PageTest, StaysRightWhileResourcesComeAndGo) {
  for (const char* order : {"name", "count", "count desc"}) {
    const auto all = ListAll(kModels, {.order_by = order});
    const auto first = List(kModels, {.page_size = 3, .order_by = order});
    ASSERT_THAT(first, IsOk());
    // The last one listed goes, others come before and after.
    std::vector<v1::Model> models = kModels;
    std::erase_if(models, [&](const v1::Model& m) { return m.name() == first->items[2].name(); });
    models.push_back(Item("a0", 2));
    models.push_back(Item("z", -1));
    const auto second = List(models, {.page_token = first->next_page_token, .order_by = order});
    ASSERT_THAT(second, IsOk());
    std::vector<std::string> names;
    for (const v1::Model& model : second->items) {
      if (model.name() != "a0" && model.name() != "z") names.push_back(model.name());
    }
    EXPECT_EQ(names, std::vector<std::string>(all.begin() + 3, all.end())) << order;
    EXPECT_EQ(second->items.back().name(), "z");
  }
}

TEST(PageTest, TheLastPageHasNoToken) {
  const auto page = List(kModels, {.page_size = 5});
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->next_page_token, "");
  EXPECT_EQ(List({}, {})->items.size(), 0u);
}

TEST(PageTest, APageEndsWhereItBecomesTooLarge) {
  const auto page = List({Item("a", 0, kMostPageBytes), Item("b", 0, kMostPageBytes)}, {});
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->items.size(), 1u);
  EXPECT_NE(page->next_page_token, "");
}

TEST(PageTest, RefusesSizesOutOfRange) {
  for (const int64_t size :
       {int64_t{-1}, int64_t{0}, int64_t{1001}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_THAT(List(kModels, {.page_size = size}), HasViolation("page_size"));
  }
  EXPECT_THAT(List(kModels, {.page_size = 1000}), IsOk());
}

TEST(PageTest, RefusesOrdersItDoesNotHave) {
  for (const char* order : {"size", "uid", "name,count", "name down", "desc", "name desc desc"}) {
    EXPECT_THAT(List(kModels, {.order_by = order}), HasReason("INVALID_ORDER")) << order;
    EXPECT_THAT(List(kModels, {.order_by = order}), HasViolation("order_by")) << order;
  }
}

TEST(PageTest, ATokenGoesWithItsListFilterAndOrder) {
  const auto page = List(kModels, {.page_size = 1, .filter = "count >= 0", .order_by = "count"});
  ASSERT_THAT(page, IsOk());
  const std::string& token = page->next_page_token;
  EXPECT_THAT(List(kModels, {.page_token = token, .filter = "count >= 0", .order_by = "count"}),
              IsOk());
  EXPECT_THAT(List(kModels, {.page_token = token}), HasReason("INVALID_PAGE_TOKEN"));
  EXPECT_THAT(List(kModels, {.page_token = token, .filter = "count >= 0"}),
              HasViolation("page_token"));
  EXPECT_THAT(
      List(kModels, {.page_token = token, .filter = "count >= 0", .order_by = "count desc"}),
      HasViolation("page_token"));
  EXPECT_THAT(
      List(kModels, {.page_token = token, .filter = "count >= 0", .order_by = "count"}, "others"),
      HasViolation("page_token"));
}

TEST(PageTest, RefusesTokensThatAreNone) {
  for (const std::string& token : {std::string("x"), std::string("!!"),
                                   std::string("MTptb2RlbHMvYQ"), std::string(5000, 'A')}) {
    EXPECT_THAT(List(kModels, {.page_token = token}), HasReason("INVALID_PAGE_TOKEN"));
  }
}

}  // namespace
}  // namespace fnn::server
