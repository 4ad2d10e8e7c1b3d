#include "client/cli/data_args.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace fnn::cli {

bool IsOnServer(const DatasetArgs& args) {
  return args.data.size() == 1 && absl::StartsWith(args.data[0], "datasets/");
}

v1::FileFormat MakeFileFormat(const DatasetArgs& args) {
  v1::FileFormat format;
  for (const std::string& name : args.arrays) format.mutable_npz()->add_arrays(name);
  v1::Csv csv;
  csv.set_delimiter(args.csv.delimiter == "\\t" ? "\t" : args.csv.delimiter);
  if (args.csv.header == "present") csv.set_header(v1::HEADER_PRESENT);
  if (args.csv.header == "absent") csv.set_header(v1::HEADER_ABSENT);
  if (args.missing == "drop") csv.set_missing_values(v1::MISSING_VALUES_DROP_ROW);
  if (args.missing == "mean") csv.set_missing_values(v1::MISSING_VALUES_MEAN);
  for (const std::string& marker : args.missing_markers) csv.add_missing_markers(marker);
  if (args.text == "one-hot") csv.set_text_columns(v1::TEXT_COLUMNS_ONE_HOT);
  if (args.text == "index") csv.set_text_columns(v1::TEXT_COLUMNS_INDEX);
  // Nothing but defaults: the server finds out the format.
  if (csv.ByteSizeLong() > 0) *format.mutable_csv() = std::move(csv);
  return format;
}

v1::ColumnSelector MakeColumnSelector(const std::string& text) {
  v1::ColumnSelector selector;
  int64_t index = 0;
  if (absl::StartsWith(text, "name=")) {
    selector.set_name(text.substr(5));
  } else if (absl::SimpleAtoi(text, &index)) {
    selector.set_index(index);
  } else {
    selector.set_name(text);
  }
  return selector;
}

v1::DataBinding MakeBinding(const BindingArgs& args) {
  v1::DataBinding binding;
  for (const auto& text : args.targets) *binding.add_targets() = MakeColumnSelector(text);
  for (const auto& text : args.features) *binding.add_features() = MakeColumnSelector(text);
  for (const auto& text : args.ignored) *binding.add_ignored() = MakeColumnSelector(text);
  if (!args.weight.empty()) *binding.mutable_weight() = MakeColumnSelector(args.weight);
  return binding;
}

}  // namespace fnn::cli
