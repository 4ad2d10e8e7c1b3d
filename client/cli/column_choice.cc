#include "client/cli/column_choice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {
namespace {

absl::StatusOr<size_t> Find(const std::vector<std::string>& names, const std::string& text) {
  const v1::ColumnSelector selector = MakeColumnSelector(text);
  const auto count = static_cast<int64_t>(names.size());
  if (selector.has_index()) {
    const int64_t index = selector.index() < 0 ? selector.index() + count : selector.index();
    if (index >= 0 && index < count) return static_cast<size_t>(index);
    return UsageError(absl::StrCat("there is no column ", selector.index(), " among ", count));
  }
  const auto found = std::find(names.begin(), names.end(), selector.name());
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  return UsageError(absl::StrCat("no column is called '", selector.name(), "'"));
}

absl::StatusOr<std::vector<size_t>> FindAll(const std::vector<std::string>& names,
                                            const std::vector<std::string>& texts) {
  std::vector<size_t> places;
  for (const std::string& text : texts) {
    const absl::StatusOr<size_t> place = Find(names, text);
    if (!place.ok()) return place.status();
    places.push_back(*place);
  }
  return places;
}

bool Has(const std::vector<size_t>& places, size_t place) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

}  // namespace

absl::StatusOr<ColumnChoice> ChooseColumns(const std::vector<std::string>& names,
                                           const BindingArgs& binding) {
  const auto features = FindAll(names, binding.features);
  if (!features.ok()) return features.status();
  const auto targets = FindAll(names, binding.targets);
  if (!targets.ok()) return targets.status();
  std::vector<std::string> left_out = binding.ignored;
  if (!binding.weight.empty()) left_out.push_back(binding.weight);
  const auto ignored = FindAll(names, left_out);
  if (!ignored.ok()) return ignored.status();
  ColumnChoice choice = {*features, *targets};
  if (binding.features.empty()) {
    for (size_t place = 0; place < names.size(); ++place) {
      if (!Has(*targets, place) && !Has(*ignored, place)) choice.features.push_back(place);
    }
  }
  return choice;
}

}  // namespace fnn::cli
