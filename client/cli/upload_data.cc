#include "client/cli/upload_data.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/cli/exit_code.h"
#include "client/cli/interrupt.h"
#include "client/cli/labels.h"
#include "client/cli/live_line.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

// The same error in other words.
absl::Status WithMessage(const absl::Status& status, absl::string_view message) {
  absl::Status result(status.code(), message);
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

absl::StatusOr<UploadOptions> MakeUploadOptions(const DatasetArgs& args) {
  UploadOptions options;
  options.resume = ResourceName("uploads", args.resume);
  options.dataset_id = args.dataset_id;
  options.format = MakeFileFormat(args);
  options.description = args.description;
  absl::StatusOr<Labels> labels = ReadLabels(args.labels);
  if (!labels.ok()) return labels.status();
  options.labels = *std::move(labels);
  options.reconnect_for = args.reconnect_for.value_or(options.reconnect_for);
  return options;
}

// Whether the server keeps an upload that ended so.
bool CanGoOn(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsResourceExhausted(status);
}

std::string HowToGoOn(const DatasetArgs& args, const std::string& upload) {
  std::string command = "fnn dataset upload";
  for (const std::string& file : args.data) absl::StrAppend(&command, " ", ShellWord(file));
  return absl::StrCat("'", command, " --resume ", ShellWord(upload), "' goes on where it stopped");
}

absl::StatusOr<v1::Dataset> Send(Context& context, const DatasetArgs& args,
                                 const UploadOptions& options) {
  if (args.data.at(0) == "-") return context.client.UploadDataset(context.env.in, options);
  return context.client.UploadDatasetFiles({args.data.begin(), args.data.end()}, options);
}

// What the error is called at the command line.
absl::Status Explain(const absl::Status& status, const DatasetArgs& args, const std::string& upload,
                     bool interrupted) {
  if (!upload.empty() && CanGoOn(status)) {
    const std::string message = absl::StrCat(status.message(), "\n", HowToGoOn(args, upload));
    return interrupted ? InterruptedError(message) : WithMessage(status, message);
  }
  // Only files that can't be opened are refused so.
  if (absl::IsPermissionDenied(status)) return UsageError(status.message());
  if (!absl::IsInvalidArgument(status)) return status;
  const std::string file =
      args.data.at(0) == "-" ? "standard input" : absl::StrJoin(args.data, " and ");
  return WithMessage(status, absl::StrCat(file, ": ", status.message()));
}

}  // namespace

absl::StatusOr<v1::Dataset> UploadData(Context& context, const DatasetArgs& args) {
  if (absl::Status status = CheckFiles(args.data); !status.ok()) return status;
  absl::StatusOr<UploadOptions> options = MakeUploadOptions(args);
  if (!options.ok()) return options.status();
  LiveLine line(context.env);
  std::string upload;
  std::optional<InterruptScope> interrupt;
  options->on_upload = [&](const v1::Upload& begun) {
    upload = begun.name();
    interrupt.emplace("\nStopping the upload; press Ctrl-C again to leave at once.\n", [] {});
  };
  options->stop = [&] { return interrupt.has_value() && interrupt->interrupted(); };
  options->on_reconnect = [&](const ReconnectWait& wait) { ShowWait(line, wait); };
  options->on_progress = [&](const TransferProgress& progress) {
    line.Show(absl::StrCat("uploading: ", ProgressText(progress)));
  };
  absl::StatusOr<v1::Dataset> dataset = Send(context, args, *options);
  if (dataset.ok()) return dataset;
  return Explain(dataset.status(), args, upload, options->stop());
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

absl::Status DeleteTemporary(Context& context, const DatasetArgs& args,
                             const std::string& dataset) {
  if (IsOnServer(args) || !args.dataset_id.empty()) return absl::OkStatus();
  return context.client.DeleteDataset(dataset);
}

}  // namespace fnn::cli
