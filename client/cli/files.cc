#include "client/cli/files.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {
namespace {

absl::Status FileError(const std::string& path, const char* what) {
  const std::error_code code(errno != 0 ? errno : EIO, std::generic_category());
  return UsageError(absl::StrCat("can't ", what, " '", path, "': ", code.message()));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(Environment& env, const std::string& path) {
  const auto rest = [](std::istream& in) {
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  if (path == "-") return rest(env.in);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return UsageError(absl::StrCat("can't read '", path, "': it is a directory"));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return FileError(path, "read");
  std::string content = rest(file);
  if (file.bad()) return FileError(path, "read");
  return content;
}

absl::Status WriteFile(Environment& env, const std::string& path, absl::string_view content) {
  if (path == "-") {
    env.out << content;
    return absl::OkStatus();
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (!file) return FileError(path, "write");
  return absl::OkStatus();
}

}  // namespace fnn::cli
