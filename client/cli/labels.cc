#include "client/cli/labels.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {

absl::StatusOr<Labels> ReadLabels(const std::vector<std::string>& texts) {
  Labels labels;
  for (const std::string& text : texts) {
    const size_t at = text.find('=');
    if (at == std::string::npos || at == 0) {
      return UsageError(absl::StrCat("--label takes KEY=VALUE, not '", text, "'"));
    }
    labels[text.substr(0, at)] = text.substr(at + 1);
  }
  return labels;
}

std::string LabelsText(const google::protobuf::Map<std::string, std::string>& labels) {
  const Labels ordered(labels.begin(), labels.end());
  return absl::StrJoin(ordered, ", ", absl::PairFormatter("="));
}

}  // namespace fnn::cli
