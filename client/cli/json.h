#ifndef FNN_CLIENT_CLI_JSON_H_
#define FNN_CLIENT_CLI_JSON_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/context.h"

namespace fnn::cli {

// The canonical JSON of a message, fields that hold their default included. On one line, or
// indented over many; a newline at the end.
std::string ToJson(const google::protobuf::Message& message, bool indented);

// Writes one message as JSON in the context's format: indented, or for ndjson on one line.
void PrintJson(Context& context, const google::protobuf::Message& message);

// JSON that is no message of the contract. Members keep their order. (google.protobuf.Struct would
// do but for that: its members come in another order each time.)
class Json {
 public:
  static Json String(absl::string_view text);
  // What is not finite becomes a string, as in the JSON of messages.
  static Json Number(double number);
  static Json Number(int64_t number);
  // As ToJson writes it.
  static Json Message(const google::protobuf::Message& message);
  static Json Numbers(const std::vector<double>& numbers);
  static Json Array(const std::vector<Json>& elements);
  static Json Object(const std::vector<std::pair<std::string, Json>>& members);

  // On one line, without a newline.
  const std::string& text() const { return text_; }

 private:
  explicit Json(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// Writes one document on one line.
void PrintJson(Context& context, const Json& json);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_JSON_H_
