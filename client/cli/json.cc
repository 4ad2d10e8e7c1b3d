#include "client/cli/json.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fnn::cli {
namespace {

// The JSON of a message on one line, without a newline.
std::string OneLine(const google::protobuf::Message& message) {
  std::string json = ToJson(message, /*indented=*/false);
  json.pop_back();
  return json;
}

}  // namespace

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

Json Json::String(absl::string_view text) {
  google::protobuf::Value value;
  value.set_string_value(std::string(text));
  return Json(OneLine(value));
}

Json Json::Number(double number) {
  google::protobuf::DoubleValue value;
  value.set_value(number);
  return Json(OneLine(value));
}

Json Json::Number(int64_t number) { return Json(absl::StrCat(number)); }

Json Json::Message(const google::protobuf::Message& message) { return Json(OneLine(message)); }

Json Json::Numbers(const std::vector<double>& numbers) {
  std::vector<Json> elements;
  elements.reserve(numbers.size());
  for (const double number : numbers) elements.push_back(Number(number));
  return Array(elements);
}

Json Json::Array(const std::vector<Json>& elements) {
  const auto append = [](std::string* out, const Json& json) { out->append(json.text()); };
  return Json(absl::StrCat("[", absl::StrJoin(elements, ",", append), "]"));
}

Json Json::Object(const std::vector<std::pair<std::string, Json>>& members) {
  const auto append = [](std::string* out, const std::pair<std::string, Json>& member) {
    absl::StrAppend(out, String(member.first).text(), ":", member.second.text());
  };
  return Json(absl::StrCat("{", absl::StrJoin(members, ",", append), "}"));
}

void PrintJson(Context& context, const Json& json) { context.env.out << json.text() << "\n"; }

}  // namespace fnn::cli
