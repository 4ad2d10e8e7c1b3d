#include "client/cli/operator_flag.h"

#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "fnn/operator_form.h"

namespace fnn::cli {
namespace {

absl::Status OfFlag(absl::string_view flag, const absl::Status& status) {
  if (status.ok()) return status;
  return UsageError(absl::StrCat(flag, ": ", status.message()));
}

// Cut at the commas that stand in no parentheses.
std::vector<std::string> SplitOperators(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace

absl::Status ReadOperator(absl::string_view flag, const std::string& text,
                          google::protobuf::Message& message) {
  return OfFlag(flag, ParseOperator(text, message));
}

absl::Status ReadArguments(absl::string_view flag, const std::string& text,
                           google::protobuf::Message& message) {
  return OfFlag(flag, ParseOperatorArguments(text, message));
}

absl::StatusOr<std::vector<v1::Metric>> ReadMetrics(const std::vector<std::string>& texts) {
  std::vector<v1::Metric> metrics;
  for (const std::string& text : texts) {
    for (const std::string& part : SplitOperators(text)) {
      const absl::Status status = ReadOperator("--metric", part, metrics.emplace_back());
      if (!status.ok()) return status;
    }
  }
  return metrics;
}

std::string OperatorHelp(const google::protobuf::Descriptor& type) {
  return absl::StrCat(JoinWithOr(OperatorNames(type)), ", with arguments in parentheses");
}

std::string JoinWithOr(const std::vector<std::string>& names) {
  std::string out = names.front();
  for (size_t i = 1; i < names.size(); ++i) {
    absl::StrAppend(&out, i + 1 == names.size() ? " or " : ", ", names[i]);
  }
  return out;
}

}  // namespace fnn::cli
