#include "client/cli/class_weights.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {

absl::Status ReadClassWeights(const std::vector<std::string>& texts, v1::ClassWeights& out) {
  if (texts.size() == 1 && texts[0] == "balanced") {
    out.set_balanced(true);
    return absl::OkStatus();
  }
  for (const std::string& text : texts) {
    const size_t end = text.rfind('=');
    double weight = 0;
    if (end == std::string::npos || !absl::SimpleAtod(text.substr(end + 1), &weight)) {
      return UsageError(
          absl::StrCat("--class-weight takes CLASS=WEIGHT, as often as needed, or "
                       "balanced alone, not '",
                       text, "'"));
    }
    const std::string name = text.substr(0, end);
    if (!out.mutable_weights()->insert({name, weight}).second) {
      return UsageError(absl::StrCat("--class-weight names the class '", name, "' twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace fnn::cli
