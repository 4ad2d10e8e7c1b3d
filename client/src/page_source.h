#ifndef FNN_CLIENT_SRC_PAGE_SOURCE_H_
#define FNN_CLIENT_SRC_PAGE_SOURCE_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/stream_range.h"

namespace fnn::internal {

// Goes through the pages of a List method. `Response` has `next_page_token` and the items of type T
// where `items` finds them.
template <typename T, typename Response>
class PageSource final : public StreamSource<T> {
 public:
  using Fetch = std::function<absl::StatusOr<Response>(const std::string& page_token)>;
  using Items = google::protobuf::RepeatedPtrField<T>* (*)(Response& page);

  PageSource(Fetch fetch, Items items) : fetch_(std::move(fetch)), items_(items) {}

  absl::StatusOr<std::optional<T>> Next() override {
    if (cancelled_) return std::nullopt;
    // A page may be empty without being the last.
    while (index_ == items_(page_)->size()) {
      if (fetched_ && page_.next_page_token().empty()) return std::nullopt;
      const std::string token = page_.next_page_token();
      absl::StatusOr<Response> page = fetch_(token);
      if (!page.ok()) return page.status();
      if (fetched_ && page->next_page_token() == token) {
        return absl::InternalError("the server gave the same page token twice");
      }
      page_ = *std::move(page);
      index_ = 0;
      fetched_ = true;
    }
    return std::move(*items_(page_)->Mutable(index_++));
  }

  void Cancel() override { cancelled_ = true; }

 private:
  const Fetch fetch_;
  const Items items_;
  Response page_;
  int index_ = 0;
  bool fetched_ = false;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_PAGE_SOURCE_H_
