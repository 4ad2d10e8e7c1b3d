#include "client/cli/describe.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace fnn::cli {
namespace {

std::string DescribeLayer(const v1::Layer& layer) {
  if (layer.has_activation()) return KindName(layer.activation());
  if (!layer.has_dense()) return KindName(layer);
  const v1::Dense& dense = layer.dense();
  const std::string activation = KindName(dense.activation());
  if (activation.empty() || activation == "identity") return absl::StrCat(dense.units());
  return absl::StrCat(dense.units(), ":", activation);
}

struct ShortName {
  const char* name;
  const char* stands_for;
};
constexpr ShortName kShortNames[] = {{"mse", "mean_squared_error"},
                                     {"mae", "mean_absolute_error"},
                                     {"rmse", "root_mean_squared_error"}};

// The field of that name in the oneof `kind`, or null.
const google::protobuf::FieldDescriptor* FindKind(const google::protobuf::Message& message,
                                                  const std::string& name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  const bool is_kind = field != nullptr && field->containing_oneof() != nullptr &&
                       field->containing_oneof()->name() == "kind";
  return is_kind ? field : nullptr;
}

}  // namespace

std::vector<std::string> KindNames(const google::protobuf::Message& message) {
  std::vector<std::string> names;
  const auto* kind = message.GetDescriptor()->FindOneofByName("kind");
  for (int i = 0; i < kind->field_count(); ++i) names.push_back(kind->field(i)->name());
  for (const ShortName& other : kShortNames) {
    if (FindKind(message, other.stands_for) != nullptr) names.emplace_back(other.name);
  }
  return names;
}

bool SetKind(google::protobuf::Message& message, const std::string& name) {
  std::string full = name;
  for (const ShortName& other : kShortNames) {
    if (name == other.name) full = other.stands_for;
  }
  const auto* field = FindKind(message, full);
  if (field == nullptr) return false;
  message.GetReflection()->MutableMessage(&message, field);
  return true;
}

std::string KindName(const google::protobuf::Message& message) {
  const auto* kind = message.GetDescriptor()->FindOneofByName("kind");
  if (kind == nullptr || !message.GetReflection()->HasOneof(message, kind)) return "";
  return message.GetReflection()->GetOneofFieldDescriptor(message, kind)->name();
}

std::string DescribeNetwork(const v1::Network& network) {
  std::string text = "auto";
  if (!network.inputs().empty() && !network.inputs(0).shape().empty()) {
    text = absl::StrJoin(network.inputs(0).shape(), "x");
  }
  for (const v1::Layer& layer : network.layers())
    absl::StrAppend(&text, " > ", DescribeLayer(layer));
  return text;
}

std::string StateName(v1::RunState state) {
  const std::string name = v1::RunState_Name(state);
  if (name.empty()) return absl::StrCat(static_cast<int>(state));
  return absl::AsciiStrToLower(absl::StripPrefix(name, "RUN_STATE_"));
}

}  // namespace fnn::cli
