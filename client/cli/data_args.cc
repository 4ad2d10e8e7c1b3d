#include "client/cli/data_args.h"

#include <filesystem>
#include <fstream>
#include <ostream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/cli/exit_code.h"
#include "client/cli/live_line.h"
#include "client/cli/text.h"

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

namespace {

// The same error, told of a file.
absl::Status InFile(const absl::Status& status, const std::string& file) {
  absl::Status result(status.code(), absl::StrCat(file, ": ", status.message()));
  status.ForEachPayload([&result](absl::string_view type, const absl::Cord& payload) {
    result.SetPayload(type, payload);
  });
  return result;
}

constexpr absl::string_view kGzip = "\x1f\x8b";

// The first bytes of a file: enough to know its format.
absl::StatusOr<std::string> BeginningOf(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(6, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (stream.bad() || !stream.is_open()) return UsageError(absl::StrCat("can't read '", file, "'"));
  bytes.resize(static_cast<size_t>(stream.gcount()));
  return bytes;
}

// Several files are sent as one: only arrays say where they end, and rows of text would be joined.
absl::Status CheckSideBySide(const std::vector<std::string>& files) {
  size_t compressed = 0;
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> begin = BeginningOf(file);
    if (!begin.ok()) return begin.status();
    if (absl::StartsWith(*begin, kGzip)) {
      ++compressed;
    } else if (!absl::StartsWith(*begin, "\x93NUMPY") &&
               !absl::StartsWith(*begin, absl::string_view("\0\0", 2))) {
      return UsageError(absl::StrCat(
          "'", file,
          "' is no IDX or NPY file; of several files each must be one, compressed with "
          "gzip or not"));
    }
  }
  if (compressed == 0 || compressed == files.size()) return absl::OkStatus();
  return UsageError("of several files all must be compressed with gzip, or none");
}

absl::Status CheckFiles(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (files.size() > 1 && (file == "-" || absl::StartsWith(file, "datasets/"))) {
      return UsageError(absl::StrCat("several files are named, but '", file, "' is none"));
    }
    std::error_code ignored;
    if (file != "-" && !std::filesystem::exists(file, ignored)) {
      return UsageError(absl::StrCat("there is no file '", file,
                                     "'; a dataset on the server is named datasets/NAME"));
    }
  }
  return files.size() > 1 ? CheckSideBySide(files) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Dataset> UploadData(Context& context, const DatasetArgs& args) {
  if (absl::Status status = CheckFiles(args.data); !status.ok()) return status;
  LiveLine line(context.env);
  UploadOptions options;
  options.dataset_id = args.dataset_id;
  options.format = MakeFileFormat(args);
  options.on_progress = [&line](const TransferProgress& progress) {
    std::string text = absl::StrCat("uploading: ", Bytes(progress.bytes));
    if (progress.total_bytes.has_value()) {
      absl::StrAppend(&text, " of ", Bytes(*progress.total_bytes));
    }
    line.Show(text);
  };
  const bool from_input = args.data.at(0) == "-";
  absl::StatusOr<v1::Dataset> dataset =
      from_input ? context.client.UploadDataset(context.env.in, options)
                 : context.client.UploadDatasetFiles({args.data.begin(), args.data.end()}, options);
  // Only files that can't be opened are refused so.
  if (absl::IsPermissionDenied(dataset.status())) return UsageError(dataset.status().message());
  if (absl::IsInvalidArgument(dataset.status())) {
    return InFile(dataset.status(),
                  from_input ? "standard input" : absl::StrJoin(args.data, " and "));
  }
  return dataset;
}

absl::StatusOr<std::string> ResolveDataset(Context& context, const DatasetArgs& args) {
  if (IsOnServer(args)) return args.data[0];
  const absl::StatusOr<v1::Dataset> dataset = UploadData(context, args);
  if (!dataset.ok()) return dataset.status();
  if (context.format == Format::kTable) {
    context.env.out << "dataset  " << Printable(dataset->name()) << " (" << Count(dataset->rows())
                    << " rows, " << dataset->columns_size() << " columns)\n"
                    << std::flush;
  }
  return dataset->name();
}

}  // namespace fnn::cli
