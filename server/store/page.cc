#include "server/store/page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/errors.h"
#include "fnn/storage/v1/page_token.pb.h"

namespace fnn::server {
namespace {

constexpr int64_t kMostItems = 1000;
constexpr size_t kMostTokenCharacters = 4096;
// Of what the token's digest is: tokens of other forms are of other lists.
constexpr absl::string_view kTokenForm = "1";

struct Order {
  size_t field = 0;
  bool descending = false;
};

absl::StatusOr<Order> ParseOrder(absl::string_view text, std::span<const FieldSpec> fields,
                                 const core::FieldPath& path) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.size() == 1 || (words.size() == 2 && (words[1] == "desc" || words[1] == "asc"))) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].orders && fields[i].name == words[0]) {
        return Order{i, words.size() == 2 && words[1] == "desc"};
      }
    }
  }
  return core::InvalidField(
      path, "INVALID_ORDER",
      absl::StrCat("must be one of ", FieldNames(fields, true),
                   ", perhaps with ' desc' after it, not ", core::Echo(text)));
}

std::string Fingerprint(absl::string_view scope, absl::string_view filter, size_t field,
                        bool descending) {
  const std::string text =
      absl::StrCat(kTokenForm, "\n", scope, "\n", field, descending ? "-" : "+", "\n", filter);
  return core::Digest(std::as_bytes(std::span(text)));
}

storage::v1::PageValue ToMessage(const FieldValue& value) {
  storage::v1::PageValue out;
  if (const auto* integer = std::get_if<int64_t>(&value)) out.set_integer(*integer);
  if (const auto* number = std::get_if<double>(&value)) out.set_number(*number);
  if (const auto* text = std::get_if<std::string>(&value)) out.set_text(*text);
  return out;
}

FieldValue FromMessage(const storage::v1::PageValue& value) {
  switch (value.kind_case()) {
    case storage::v1::PageValue::kInteger:
      return value.integer();
    case storage::v1::PageValue::kNumber:
      return value.number();
    case storage::v1::PageValue::kText:
      return value.text();
    case storage::v1::PageValue::KIND_NOT_SET:
      break;
  }
  return {};
}

std::optional<PageKey> ParseToken(absl::string_view text, const std::string& fingerprint) {
  std::string bytes;
  storage::v1::PageToken token;
  if (text.size() > kMostTokenCharacters || !absl::WebSafeBase64Unescape(text, &bytes) ||
      !token.ParseFromString(bytes) || token.fingerprint() != fingerprint) {
    return std::nullopt;
  }
  return PageKey{FromMessage(token.value()), FromMessage(token.identity())};
}

}  // namespace

absl::StatusOr<PageQuery> PageQuery::Parse(const ListRequest& request, absl::string_view scope,
                                           absl::string_view default_order,
                                           std::span<const FieldSpec> fields) {
  PageQuery query;
  if (request.page_size.has_value()) {
    query.size_ = *request.page_size;
    if (query.size_ < 1 || query.size_ > kMostItems) {
      return core::InvalidField(core::FieldPath("page_size"), "OUT_OF_RANGE",
                                absl::StrCat("must be 1 to ", kMostItems, ", not ", query.size_));
    }
  }
  absl::StatusOr<Filter> filter = Filter::Parse(request.filter, fields, core::FieldPath("filter"));
  if (!filter.ok()) return filter.status();
  query.filter_ = *std::move(filter);
  const bool ordered = !absl::StripAsciiWhitespace(request.order_by).empty();
  absl::StatusOr<Order> order =
      ParseOrder(ordered ? absl::string_view(request.order_by) : default_order, fields,
                 core::FieldPath("order_by"));
  if (!order.ok()) return order.status();
  query.order_field_ = order->field;
  query.descending_ = order->descending;
  query.fingerprint_ = Fingerprint(scope, request.filter, order->field, order->descending);
  if (request.page_token.empty()) return query;
  query.after_ = ParseToken(request.page_token, query.fingerprint_);
  if (!query.after_.has_value()) {
    return core::InvalidField(
        core::FieldPath("page_token"), "INVALID_PAGE_TOKEN",
        absl::StrCat("must be the next_page_token of the page before, asked for with the same "
                     "filter and order_by, not ",
                     core::Echo(request.page_token)));
  }
  return query;
}

bool PageQuery::Before(const PageKey& a, const PageKey& b) const {
  const std::weak_ordering order = CompareValues(a.value, b.value);
  if (order == std::weak_ordering::equivalent) return CompareValues(a.identity, b.identity) < 0;
  // What is none comes last in either direction.
  const bool none = std::holds_alternative<std::monostate>(a.value) ||
                    std::holds_alternative<std::monostate>(b.value);
  return (descending_ && !none) ? order > 0 : order < 0;
}

std::string PageQuery::TokenAfter(const PageKey& last) const {
  storage::v1::PageToken token;
  token.set_fingerprint(fingerprint_);
  *token.mutable_value() = ToMessage(last.value);
  *token.mutable_identity() = ToMessage(last.identity);
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

}  // namespace fnn::server
