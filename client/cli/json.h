#ifndef FNN_CLIENT_CLI_JSON_H_
#define FNN_CLIENT_CLI_JSON_H_

#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/context.h"

namespace fnn::cli {

// The canonical JSON of a message, fields that hold their default included. On one line, or
// indented over many; a newline at the end.
std::string ToJson(const google::protobuf::Message& message, bool indented);

// Writes one message as JSON in the context's format: indented, or for ndjson on one line.
void PrintJson(Context& context, const google::protobuf::Message& message);

// JSON values that are no message of the contract.
google::protobuf::Value JsonString(absl::string_view text);
google::protobuf::Value JsonNumber(double number);  // What is not finite becomes a string.
google::protobuf::Value JsonNumbers(const std::vector<double>& numbers);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_JSON_H_
