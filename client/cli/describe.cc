#include "client/cli/describe.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "fnn/short_form.h"

namespace fnn::cli {

std::string KindName(const google::protobuf::Message& message) {
  const auto* kind = message.GetDescriptor()->FindOneofByName("kind");
  if (kind == nullptr || !message.GetReflection()->HasOneof(message, kind)) return "";
  return message.GetReflection()->GetOneofFieldDescriptor(message, kind)->name();
}

std::string DescribeNetwork(const v1::Network& network) {
  return ToShortForm(network, Detail::kSummary);
}

std::string StateName(v1::RunState state) {
  const std::string name = v1::RunState_Name(state);
  if (name.empty()) return absl::StrCat(static_cast<int>(state));
  return absl::AsciiStrToLower(absl::StripPrefix(name, "RUN_STATE_"));
}

}  // namespace fnn::cli
