#include "client/cli/describe.h"

#include <google/protobuf/descriptor.h>

#include "client/cli/text.h"
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

std::string StateName(v1::RunState state) { return EnumText(*v1::RunState_descriptor(), state); }

}  // namespace fnn::cli
