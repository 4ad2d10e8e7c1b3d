// Listing in pages, ordered by name, with tokens that mean nothing to a client.

#ifndef FNN_SERVER_STORE_PAGE_H_
#define FNN_SERVER_STORE_PAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/store/names.h"

namespace fnn::server {

// The page to list: at most `size` items whose names come after `after`.
struct PageRequest {
  std::string after;
  int64_t size = 50;
};

template <typename Item>
struct Page {
  std::vector<Item> items;
  bool more = false;  // Whether items follow.
};

// INVALID_ARGUMENT at `page_size` unless it is none or 1 to 1000, and at `page_token` for one that
// NextPageToken of the same collection did not give.
absl::StatusOr<PageRequest> ParsePageRequest(Collection collection,
                                             std::optional<int64_t> page_size,
                                             absl::string_view page_token);

// The token of the page that starts after `last_name`.
std::string NextPageToken(absl::string_view last_name);

inline constexpr size_t kMostPageBytes = size_t{1} << 20;

// One page of a std::map from names; `get` makes an item, a message, of a value. A page ends early,
// but never empty, where its items come to more than kMostPageBytes.
template <typename Map, typename Get>
auto ListPage(const Map& map, const PageRequest& request, const Get& get) {
  Page<decltype(get(map.begin()->second))> page;
  size_t bytes = 0;
  for (auto it = map.upper_bound(request.after); it != map.end(); ++it) {
    if (static_cast<int64_t>(page.items.size()) == request.size || bytes > kMostPageBytes) {
      page.more = true;
      break;
    }
    page.items.push_back(get(it->second));
    bytes += page.items.back().ByteSizeLong();
  }
  return page;
}

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_PAGE_H_
