// What clients say of their resources: a description and labels.

#ifndef FNN_SERVER_STORE_LABELS_H_
#define FNN_SERVER_STORE_LABELS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "google/protobuf/map.h"

namespace fnn::server {

using Labels = google::protobuf::Map<std::string, std::string>;

// Adds what is wrong: more than 64 labels at `path`, and at `path["key"]` a key that is not a
// lower-case letter, then lower-case letters, digits, '-' and '_', at most 63 characters, or a
// value of more than 255 bytes.
void CheckLabels(const Labels& labels, const core::FieldPath& path, core::Violations& violations);

// Adds a violation at `path` where `description` is of more than 4096 bytes.
void CheckDescription(absl::string_view description, const core::FieldPath& path,
                      core::Violations& violations);

// Both, of the `description` and `labels` of the message at `path`. INVALID_ARGUMENT.
absl::Status ValidateDescribed(absl::string_view description, const Labels& labels,
                               const core::FieldPath& path);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_LABELS_H_
