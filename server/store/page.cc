#include "server/store/page.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::server {
namespace {

constexpr int64_t kMostItems = 1000;
constexpr size_t kMostTokenCharacters = 256;
constexpr absl::string_view kTokenPrefix = "1:";  // The version of the token's form.

}  // namespace

absl::StatusOr<PageRequest> ParsePageRequest(Collection collection,
                                             std::optional<int64_t> page_size,
                                             absl::string_view page_token) {
  core::Violations violations;
  PageRequest request;
  if (page_size.has_value()) {
    request.size = *page_size;
    if (request.size < 1 || request.size > kMostItems) {
      violations.Add(core::FieldPath("page_size"), "OUT_OF_RANGE",
                     absl::StrCat("must be 1 to ", kMostItems, ", not ", request.size));
    }
  }
  if (!page_token.empty()) {
    std::string text;
    const bool decoded =
        page_token.size() <= kMostTokenCharacters && absl::WebSafeBase64Unescape(page_token, &text);
    const core::FieldPath path("page_token");
    if (decoded && absl::StartsWith(text, kTokenPrefix) &&
        ValidateName(collection, absl::string_view(text).substr(kTokenPrefix.size()), path).ok()) {
      request.after = text.substr(kTokenPrefix.size());
    } else {
      violations.Add(path, "INVALID_PAGE_TOKEN",
                     absl::StrCat("must be the next_page_token of the page before, not ",
                                  core::Echo(page_token)));
    }
  }
  if (!violations.empty()) return violations.ToStatus();
  return request;
}

std::string NextPageToken(absl::string_view last_name) {
  return absl::WebSafeBase64Escape(absl::StrCat(kTokenPrefix, last_name));
}

}  // namespace fnn::server
