// What a server's error says beside its code and message. The details travel in a status as
// payloads under their type URL (`type.googleapis.com/google.rpc.ErrorInfo`, ...); these functions
// read them. A detail that is absent or can't be read is as if it were not there.

#ifndef FNN_ERROR_DETAILS_H_
#define FNN_ERROR_DETAILS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace fnn {

// The cause of an error, for programs.
struct ErrorInfo {
  // A constant name, such as `RUN_NOT_FOUND`.
  std::string reason;
  // Who defines the reason: `fnn`.
  std::string domain;
  // Further facts, such as the `needed` and `available` numbers of a limit.
  std::map<std::string, std::string> metadata;
};

// One fault of a request.
struct FieldViolation {
  // The field's path, such as `network.layers[2].dense.units`.
  std::string field;
  // What is wrong with it, and what would be right.
  std::string description;
  // A constant name, such as `OUT_OF_RANGE`. May be empty.
  std::string reason;
};

// The resource an error speaks of.
struct ResourceInfo {
  // Its kind, such as `fnn.v1.Model`.
  std::string resource_type;
  // Its name, such as `models/digits`.
  std::string resource_name;
  // What went wrong with it.
  std::string description;
};

std::optional<ErrorInfo> GetErrorInfo(const absl::Status& status);

// Every fault that was found; empty where the request was not at fault.
std::vector<FieldViolation> GetFieldViolations(const absl::Status& status);

std::optional<ResourceInfo> GetResourceInfo(const absl::Status& status);

// How long to wait before trying again, >= 0; nullopt where trying again is not said to help.
std::optional<absl::Duration> GetRetryDelay(const absl::Status& status);

}  // namespace fnn

#endif  // FNN_ERROR_DETAILS_H_
