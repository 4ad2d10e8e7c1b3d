#include "client/cli/data_args.h"

#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/live_line.h"
#include "client/cli/text.h"

namespace fnn::cli {

v1::FileFormat MakeFileFormat(const CsvArgs& args) {
  v1::FileFormat format;
  v1::Csv& csv = *format.mutable_csv();
  csv.set_delimiter(args.delimiter == "\\t" ? "\t" : args.delimiter);
  if (args.header == "present") csv.set_header(v1::HEADER_PRESENT);
  if (args.header == "absent") csv.set_header(v1::HEADER_ABSENT);
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

namespace {

// The same error, told of a file.
absl::Status InFile(const absl::Status& status, const std::string& file) {
  absl::Status result(status.code(), absl::StrCat(file, ": ", status.message()));
  status.ForEachPayload([&result](absl::string_view type, const absl::Cord& payload) {
    result.SetPayload(type, payload);
  });
  return result;
}

}  // namespace

absl::StatusOr<v1::Dataset> UploadFile(Context& context, const DatasetArgs& args) {
  LiveLine line(context.env);
  UploadOptions options;
  options.dataset_id = args.dataset_id;
  options.format = MakeFileFormat(args.csv);
  options.on_progress = [&line](const UploadProgress& progress) {
    std::string text = absl::StrCat("uploading: ", Bytes(progress.bytes_sent));
    if (progress.total_bytes.has_value()) {
      absl::StrAppend(&text, " of ", Bytes(*progress.total_bytes));
    }
    line.Show(text);
  };
  const bool from_input = args.data == "-";
  std::error_code ignored;
  if (!from_input && !std::filesystem::exists(args.data, ignored)) {
    return UsageError(absl::StrCat("there is no file '", args.data,
                                   "'; a dataset on the server is named datasets/NAME"));
  }
  absl::StatusOr<v1::Dataset> dataset =
      from_input ? context.client.UploadDataset(context.env.in, options)
                 : context.client.UploadDataset(std::filesystem::path(args.data), options);
  // Only files that can't be opened are refused so.
  if (absl::IsPermissionDenied(dataset.status())) return UsageError(dataset.status().message());
  if (absl::IsInvalidArgument(dataset.status())) {
    return InFile(dataset.status(), from_input ? "standard input" : args.data);
  }
  return dataset;
}

absl::StatusOr<std::string> ResolveDataset(Context& context, const DatasetArgs& args) {
  if (absl::StartsWith(args.data, "datasets/")) return args.data;
  const absl::StatusOr<v1::Dataset> dataset = UploadFile(context, args);
  if (!dataset.ok()) return dataset.status();
  if (context.format == Format::kTable) {
    context.env.out << "dataset  " << Printable(dataset->name()) << " (" << Count(dataset->rows())
                    << " rows, " << dataset->columns_size() << " columns)\n"
                    << std::flush;
  }
  return dataset->name();
}

}  // namespace fnn::cli
