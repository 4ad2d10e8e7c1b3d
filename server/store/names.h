// Names of resources: the one place that says what is a name.
//
//   models/{model}      models/{model}/versions/{n}      models/{model}/aliases/{alias}
//   datasets/{dataset}  runs/{run}  uploads/{upload}

#ifndef FNN_SERVER_STORE_NAMES_H_
#define FNN_SERVER_STORE_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"

namespace fnn::server {

// The first part of a name.
enum class Collection { kModels, kDatasets, kRuns, kUploads };

// `models` and so on.
absl::string_view CollectionName(Collection collection);
// The full name of its messages, `fnn.v1.Model` and so on.
absl::string_view ResourceType(Collection collection);

// `models/digits` of `digits`.
std::string MakeName(Collection collection, absl::string_view id);

// An id that a client chose: a lower-case letter, then lower-case letters, digits and `-`, at most
// 63 characters. INVALID_ARGUMENT at `path`. An empty one is refused too: callers that have a
// default for it ask before.
absl::Status ValidateId(absl::string_view id, const core::FieldPath& path);

// OK for `{collection}/{id}`, else INVALID_ARGUMENT at `path`.
absl::Status ValidateName(Collection collection, absl::string_view name,
                          const core::FieldPath& path);

// The aliases that follow from a model's versions; clients can't set them.
inline constexpr absl::string_view kLatestAlias = "latest";
inline constexpr absl::string_view kBestAlias = "best";

// A version: `models/{model}` for the newest, `models/{model}/versions/{n}` or
// `models/{model}/aliases/{alias}`.
struct ModelReference {
  std::string model;                 // `models/{model}`
  std::optional<int64_t> version{};  // Of the second form.
  std::string alias{};               // Of the third.
};
// INVALID_ARGUMENT at `path`.
absl::StatusOr<ModelReference> ParseModelReference(absl::string_view name,
                                                   const core::FieldPath& path);
// Only the second form, with a number. INVALID_ARGUMENT at `path`.
absl::StatusOr<ModelReference> ParseVersionName(absl::string_view name,
                                                const core::FieldPath& path);
// Only the third form, with an alias that clients can set. INVALID_ARGUMENT at `path`.
absl::StatusOr<ModelReference> ParseAliasName(absl::string_view name, const core::FieldPath& path);
std::string MakeVersionName(absl::string_view model, int64_t version);

// An id that the server makes, such as `run-0mf3kq2x1-7c4d`: those made later come later in order.
std::string MakeId(absl::string_view prefix);

// 128 random bits in hexadecimal.
std::string MakeUid();

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_NAMES_H_
