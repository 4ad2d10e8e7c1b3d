// What becomes of files that are not what they should be.

#ifndef FNN_SERVER_STORE_QUARANTINE_H_
#define FNN_SERVER_STORE_QUARANTINE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Makes `directory` and quarantine/ where they are not there, and removes what `named` does not
// know from the first: what an earlier process left incomplete, or did not come to remove. Before
// files are written there.
absl::Status OpenDirectory(FileSystem* files, absl::string_view directory,
                           absl::FunctionRef<bool(absl::string_view name)> named);

// Where `path` goes: quarantine/ and the rest of its names, joined by `-`.
std::string QuarantinePath(absl::string_view path);

// `damage`, what was found of the file `path`, as what to answer who asks for `resource`, such as
// datasets/digits. A NOT_FOUND becomes DATA_LOSS: FILE_MISSING, or FILE_QUARANTINED where the file
// was damaged when the server ran before. OK, and errors that say nothing of the file, such as
// DISK_FAULT, stay as they are. Where the file is lost, logs that.
absl::Status JudgeDamage(const FileSystem& files, absl::string_view path,
                         absl::string_view resource, const absl::Status& damage);

// Moves a damaged file to quarantine/, where there is one. Logs where it can't.
void QuarantineFile(FileSystem* files, absl::string_view path);

// Removes the file of a deleted resource, or what of it is in quarantine. Logs where it can't: what
// stays is removed by OpenDirectory.
void RemoveFile(FileSystem* files, absl::string_view path);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_QUARANTINE_H_
