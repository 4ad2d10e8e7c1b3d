#include "server/store/quarantine.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/errors.h"
#include "server/base/log.h"

namespace fnn::server {
namespace {

constexpr absl::string_view kQuarantine = "quarantine";

}  // namespace

absl::Status OpenDirectory(FileSystem* files, absl::string_view directory,
                           absl::FunctionRef<bool(absl::string_view name)> named) {
  for (const absl::string_view path : {directory, kQuarantine}) {
    if (absl::Status status = files->CreateDirectory(path); !status.ok()) return status;
  }
  const absl::StatusOr<std::vector<std::string>> names = files->List(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (named(name)) continue;
    const absl::Status status = files->Remove(absl::StrCat(directory, "/", name));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string QuarantinePath(absl::string_view path) {
  return absl::StrCat(kQuarantine, "/", absl::StrReplaceAll(path, {{"/", "-"}}));
}

absl::Status JudgeDamage(const FileSystem& files, absl::string_view path,
                         absl::string_view resource, const absl::Status& damage) {
  absl::Status lost = damage;
  if (absl::IsNotFound(damage)) {
    const std::string moved = QuarantinePath(path);
    const absl::StatusOr<bool> quarantined = files.Exists(moved);
    if (!quarantined.ok()) return quarantined.status();
    lost = core::MakeError(
        absl::StatusCode::kDataLoss, *quarantined ? "FILE_QUARANTINED" : "FILE_MISSING",
        absl::StrCat(*quarantined ? moved : path,
                     *quarantined ? " was found damaged before" : " is missing",
                     "; restore the data directory from a backup, or delete what it belongs to"));
  }
  if (!absl::IsDataLoss(lost)) return lost;
  absl::Status named(lost.code(), absl::StrCat(resource, " is lost: ", lost.message()));
  lost.ForEachPayload(
      [&named](absl::string_view url, const absl::Cord& value) { named.SetPayload(url, value); });
  LogError(named.message());
  return named;
}

void QuarantineFile(FileSystem* files, absl::string_view path) {
  const absl::Status status = files->Rename(path, QuarantinePath(path));
  if (!status.ok() && !absl::IsNotFound(status)) LogWarning(status.message());
}

void RemoveFile(FileSystem* files, absl::string_view path) {
  for (const std::string& at : {std::string(path), QuarantinePath(path)}) {
    const absl::Status status = files->Remove(at);
    if (!status.ok() && !absl::IsNotFound(status)) LogWarning(status.message());
  }
}

}  // namespace fnn::server
