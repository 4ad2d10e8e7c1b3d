#ifndef FNN_CLIENT_CLI_LABELS_H_
#define FNN_CLIENT_CLI_LABELS_H_

#include <google/protobuf/map.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace fnn::cli {

using Labels = std::map<std::string, std::string>;

// Labels written `key=value`, the last of a key being the one that counts. What has no `=`, or no
// key, is a usage error.
absl::StatusOr<Labels> ReadLabels(const std::vector<std::string>& texts);

// `stage=test, team=vision`, by key; empty for none.
std::string LabelsText(const google::protobuf::Map<std::string, std::string>& labels);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_LABELS_H_
