#include "client/cli/model_file_commands.h"

#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/live_line.h"
#include "client/cli/model_name.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

// An error that begins with the file's name speaks of it: it is one of the command line.
absl::Status Explain(const absl::Status& status, const std::string& file) {
  return absl::StartsWith(status.message(), file) ? UsageError(status.message()) : status;
}

}  // namespace

absl::Status ModelExport(Context& context, const ModelExportArgs& args) {
  const std::string name = ModelVersionName(args.name);
  LiveLine line(context.env);
  const auto show = [&line](const TransferProgress& progress) {
    line.Show(absl::StrCat("exporting: ", ProgressText(progress)));
  };
  if (args.file == "-") {
    const auto write = [&context](absl::string_view bytes) {
      context.env.out << bytes;
      return context.env.out ? absl::OkStatus()
                             : absl::UnknownError("can't write to standard output");
    };
    return context.client.ExportModel(name, write, show).status();
  }
  const absl::StatusOr<ExportedModel> exported =
      context.client.ExportModelFile(name, args.file, show);
  if (!exported.ok()) return Explain(exported.status(), args.file);
  line.Clear();
  if (context.format == Format::kTable) {
    context.env.out << Printable(exported->model_version) << " is in " << Printable(args.file)
                    << " (" << Bytes(exported->bytes) << ")\n";
  } else {
    PrintJson(context, Json::Object({{"modelVersion", Json::String(exported->model_version)},
                                     {"file", Json::String(args.file)},
                                     {"sizeBytes", Json::Number(exported->bytes)}}));
  }
  return absl::OkStatus();
}

absl::Status ModelImport(Context& context, const ModelImportArgs& args) {
  LiveLine line(context.env);
  ImportOptions options;
  options.model_id = args.id;
  options.request_id = args.request_id;
  options.on_progress = [&line](const TransferProgress& progress) {
    line.Show(absl::StrCat("importing: ", ProgressText(progress)));
  };
  const absl::StatusOr<v1::ImportModelResponse> imported =
      args.file == "-" ? context.client.ImportModel(context.env.in, options)
                       : context.client.ImportModelFile(args.file, options);
  if (!imported.ok()) return Explain(imported.status(), args.file);
  line.Clear();
  if (context.format == Format::kTable) {
    context.env.out << "model    " << Printable(imported->model_version().name()) << "\n";
  } else {
    PrintJson(context, *imported);
  }
  return absl::OkStatus();
}

}  // namespace fnn::cli
