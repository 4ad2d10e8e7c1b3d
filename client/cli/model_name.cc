#include "client/cli/model_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/text.h"

namespace fnn::cli {

std::string ModelVersionName(absl::string_view text) {
  const size_t at = text.rfind('@');
  if (at == absl::string_view::npos) return ResourceName("models", text);
  const absl::string_view version = text.substr(at + 1);
  // Aliases begin with a letter.
  const bool is_number = std::all_of(version.begin(), version.end(), absl::ascii_isdigit);
  return absl::StrCat(ResourceName("models", text.substr(0, at)),
                      is_number ? "/versions/" : "/aliases/", version);
}

bool NamesVersion(absl::string_view name) {
  return absl::StrContains(name, "/versions/") || absl::StrContains(name, "/aliases/");
}

}  // namespace fnn::cli
