#include "client/cli/json.h"

#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <ostream>

#include "client/cli/text.h"

namespace fnn::cli {

std::string ToJson(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails only for an Any of a type that is not linked in, and times out of range: neither is ours.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "null";
  if (json.empty() || json.back() != '\n') json.push_back('\n');
  return json;
}

void PrintJson(Context& context, const google::protobuf::Message& message) {
  context.env.out << ToJson(message, context.format == Format::kJson);
}

google::protobuf::Value JsonString(absl::string_view text) {
  google::protobuf::Value value;
  value.set_string_value(std::string(text));
  return value;
}

google::protobuf::Value JsonNumber(double number) {
  if (!std::isfinite(number)) return JsonString(Number(number));
  google::protobuf::Value value;
  value.set_number_value(number);
  return value;
}

google::protobuf::Value JsonNumbers(const std::vector<double>& numbers) {
  google::protobuf::Value value;
  auto& list = *value.mutable_list_value();
  for (const double number : numbers) *list.add_values() = JsonNumber(number);
  return value;
}

}  // namespace fnn::cli
