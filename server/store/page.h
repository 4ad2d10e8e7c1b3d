// Listing in pages, filtered and ordered, with tokens that mean nothing to a client.
//
//   const Listing<v1::Model> kModels("name", {
//       {{"name", FieldType::kText, true}, [](const v1::Model& m, auto) { return
//       FieldValue(m.name()); }},
//       {{"labels", FieldType::kLabels}, [](const v1::Model& m, auto key) { return
//       LabelValue(m.labels(), key); }}});
//   kModels.List(request, "models", items, [](const v1::Model& model) { return model; });
//
// A token holds where its page ended, so pages stay right while resources come and go: what is
// there all the time is listed once. It goes with the filter and the order it came from.

#ifndef FNN_SERVER_STORE_PAGE_H_
#define FNN_SERVER_STORE_PAGE_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/store/filter.h"

namespace fnn::server {

// The fields of a List request.
struct ListRequest {
  std::optional<int64_t> page_size{};
  std::string page_token{};
  std::string filter{};
  std::string order_by{};
};

template <typename Item>
struct Page {
  std::vector<Item> items;
  std::string next_page_token;  // Empty on the last page.
};

inline constexpr size_t kMostPageBytes = size_t{1} << 20;

// Where an item stands in an order.
struct PageKey {
  FieldValue value;     // Of the field ordered by.
  FieldValue identity;  // Of the first field, which no two items share.
};

// A List request, checked.
class PageQuery {
 public:
  // `scope` says what is listed, so that a token of another list is refused. The first of `fields`
  // is the identity. INVALID_ARGUMENT at `page_size` unless it is none or 1 to 1000; at `filter`;
  // at `order_by` (INVALID_ORDER); at `page_token` (INVALID_PAGE_TOKEN) for one that no page of the
  // same scope, filter and order gave.
  static absl::StatusOr<PageQuery> Parse(const ListRequest& request, absl::string_view scope,
                                         absl::string_view default_order,
                                         std::span<const FieldSpec> fields);

  int64_t size() const { return size_; }
  const Filter& filter() const { return filter_; }
  size_t order_field() const { return order_field_; }
  bool Before(const PageKey& a, const PageKey& b) const;
  // Whether an item at `key` comes after the page before.
  bool Follows(const PageKey& key) const { return !after_.has_value() || Before(*after_, key); }
  // The token of the page after an item at `last`.
  std::string TokenAfter(const PageKey& last) const;

 private:
  int64_t size_ = 50;
  Filter filter_;
  size_t order_field_ = 0;
  bool descending_ = false;
  std::string fingerprint_;  // Of scope, filter and order.
  std::optional<PageKey> after_;
};

// What can be listed of a kind of resource, and how.
template <typename Item>
class Listing {
 public:
  struct Field {
    FieldSpec spec;
    FieldValue (*get)(const Item& item, absl::string_view key);
  };

  // The first field is the identity: every item has another value of it. `default_order` is as in
  // order_by.
  Listing(absl::string_view default_order, std::vector<Field> fields)
      : default_order_(default_order), fields_(std::move(fields)) {
    for (const Field& field : fields_) specs_.push_back(field.spec);
  }

  // The page that `request` asks for of `items`, a range of Item; `make` makes a message of an
  // Item. A page ends early, but never empty, where its messages come to more than kMostPageBytes.
  // Errors as PageQuery::Parse.
  template <typename Items, typename Make>
  auto List(const ListRequest& request, absl::string_view scope, const Items& items,
            const Make& make) const
      -> absl::StatusOr<Page<decltype(make(std::declval<const Item&>()))>> {
    absl::StatusOr<PageQuery> query = PageQuery::Parse(request, scope, default_order_, specs_);
    if (!query.ok()) return query.status();
    struct Place {
      PageKey key;
      const Item* item;
    };
    std::vector<Place> places;
    for (const Item& item : items) {
      PageKey key{Get(item, query->order_field(), ""), Get(item, 0, "")};
      const auto get = [&](size_t field, absl::string_view label) {
        return Get(item, field, label);
      };
      if (query->Follows(key) && query->filter().Matches(get)) {
        places.push_back({std::move(key), &item});
      }
    }
    const size_t count = std::min(places.size(), static_cast<size_t>(query->size()));
    std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count),
                      places.end(),
                      [&](const Place& a, const Place& b) { return query->Before(a.key, b.key); });
    Page<decltype(make(std::declval<const Item&>()))> page;
    size_t bytes = 0;
    for (size_t i = 0; i < count && bytes <= kMostPageBytes; ++i) {
      page.items.push_back(make(*places[i].item));
      bytes += page.items.back().ByteSizeLong();
    }
    if (page.items.size() < places.size()) {
      page.next_page_token = query->TokenAfter(places[page.items.size() - 1].key);
    }
    return page;
  }

 private:
  FieldValue Get(const Item& item, size_t field, absl::string_view key) const {
    return fields_[field].get(item, key);
  }

  const absl::string_view default_order_;
  const std::vector<Field> fields_;
  std::vector<FieldSpec> specs_;
};

// The value of a kLabels field.
template <typename Labels>
FieldValue LabelValue(const Labels& labels, absl::string_view key) {
  const auto it = labels.find(std::string(key));
  return it == labels.end() ? FieldValue() : FieldValue(it->second);
}

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_PAGE_H_
