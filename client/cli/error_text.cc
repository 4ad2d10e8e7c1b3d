#include "client/cli/error_text.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/text.h"
#include "fnn/error_details.h"

namespace fnn::cli {
namespace {

// Several lines, each without control characters.
std::string PrintableLines(absl::string_view text) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) lines.push_back(Printable(line));
  return absl::StrJoin(lines, "\n");
}

// What to do about it; empty where the message itself has to do.
std::string NextStep(const absl::Status& status) {
  if (const auto delay = GetRetryDelay(status)) {
    return absl::StrCat("Try again in ", absl::FormatDuration(*delay), ".");
  }
  switch (status.code()) {
    case absl::StatusCode::kNotFound: {
      const auto resource = GetResourceInfo(status);
      if (!resource.has_value()) return "";
      const std::pair<const char*, const char*> kinds[] = {
          {"Model", "'fnn model list' shows what there is."},
          {"ModelVersion", "'fnn model versions MODEL' shows what there is."},
          {"ModelAlias", "'fnn model versions MODEL' shows what there is."},
          {"Dataset", "'fnn dataset list' shows what there is."},
          {"Run", "'fnn run list' shows what there is."},
          {"Upload", "Begin a new upload, without --resume."}};
      for (const auto& [type, step] : kinds) {
        if (resource->resource_type == absl::StrCat("fnn.v1.", type)) return step;
      }
      return "";
    }
    case absl::StatusCode::kUnavailable:
      return GetErrorInfo(status).has_value() ? ""
                                              : "Is fnn-server running there? Another address: "
                                                "--server HOST:PORT or FNN_SERVER.";
    case absl::StatusCode::kAlreadyExists:
      return "Choose another id, or leave it out and the server makes one.";
    case absl::StatusCode::kUnimplemented:
      return "The server may be of another version: 'fnn info' shows which.";
    default:
      return "";
  }
}

}  // namespace

std::string ErrorText(const absl::Status& status, const std::string& server) {
  std::string text;
  if (absl::IsUnavailable(status) && !GetErrorInfo(status).has_value()) {
    text = absl::StrCat("can't reach the server at ", server, ": ");
  } else if (absl::IsDeadlineExceeded(status)) {
    text = absl::StrCat("no answer from the server at ", server, " in time: ");
  }
  absl::StrAppend(&text,
                  PrintableLines(status.message().empty() ? absl::StatusCodeToString(status.code())
                                                          : status.message()),
                  "\n");
  for (const FieldViolation& violation : GetFieldViolations(status)) {
    // A message may already say it where there is only one.
    if (absl::StrContains(status.message(), violation.description) &&
        absl::StrContains(status.message(), violation.field)) {
      continue;
    }
    absl::StrAppend(&text, "  ", Printable(violation.field), ": ", Printable(violation.description),
                    "\n");
  }
  if (const std::string next = NextStep(status); !next.empty()) absl::StrAppend(&text, next, "\n");
  return text;
}

}  // namespace fnn::cli
