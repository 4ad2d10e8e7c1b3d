#include "server/runs/backup.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "fnn/storage/v1/dataset_record.pb.h"
#include "fnn/storage/v1/model_record.pb.h"
#include "fnn/storage/v1/run_record.pb.h"
#include "server/base/log.h"
#include "server/runs/run_state.h"
#include "server/storage/posix_file_system.h"
#include "server/storage/record_log.h"
#include "server/store/model_store.h"
#include "server/store/stored_table.h"

namespace fnn::server {
namespace {

constexpr int kMostTries = 20;
constexpr size_t kPiece = size_t{1} << 20;

// What a catalogue names.
struct NamedFiles {
  std::vector<std::string> all;   // Which are there as long as what they belong to is.
  std::vector<std::string> some;  // Which may be there.
  std::vector<std::string> logs;  // Likewise: of runs that have not ended.
};

template <typename Record>
absl::Status ForEach(const Catalogue& catalogue, RecordKind kind,
                     absl::FunctionRef<void(const Record&)> f) {
  return catalogue.ForEachRecord(kind, [&](absl::string_view key, absl::string_view bytes) {
    Record record;
    if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return core::MakeError(absl::StatusCode::kDataLoss, "CATALOGUE_CORRUPT",
                             absl::StrCat("the record ", key, " of the catalogue is damaged"));
    }
    f(record);
    return absl::OkStatus();
  });
}

absl::StatusOr<NamedFiles> FilesOf(const std::string& path, FileSystem* files) {
  absl::StatusOr<std::unique_ptr<SqliteCatalogue>> catalogue =
      SqliteCatalogue::Open({.path = path, .create = false});
  if (!catalogue.ok()) return catalogue.status();
  NamedFiles named;
  absl::Status status = ForEach<storage::v1::ModelVersionRecord>(
      **catalogue, RecordKind::kModelVersion,
      [&](const auto& record) { named.all.push_back(ModelFilePath(record.file())); });
  if (status.ok()) {
    status = ForEach<storage::v1::DatasetRecord>(
        **catalogue, RecordKind::kDataset,
        [&](const auto& record) { named.all.push_back(TablePath(record.dataset().uid())); });
  }
  if (status.ok()) {
    status = ForEach<storage::v1::RunRecord>(
        **catalogue, RecordKind::kRun, [&](const storage::v1::RunRecord& record) {
          const std::string stem = absl::StrCat("runs/", record.run().uid());
          if (IsFinal(record.run().state())) {
            named.some.push_back(stem + ".log");
            return;
          }
          if (record.has_data()) named.all.push_back(stem + ".data");
          // Before the log: a checkpoint is never ahead of it.
          named.some.push_back(stem + ".checkpoint");
          named.logs.push_back(stem + ".log");
        });
  }
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<std::string>> uploads = files->List("uploads");
  if (!uploads.ok()) return uploads.status();
  for (const std::string& upload : *uploads) named.some.push_back(absl::StrCat("uploads/", upload));
  return named;
}

// False where there is no such file.
absl::StatusOr<bool> Copy(const FileSystem& from, FileSystem& to, const std::string& path) {
  absl::StatusOr<std::unique_ptr<ReadableFile>> in = from.Open(path);
  if (absl::IsNotFound(in.status())) return false;
  if (!in.ok()) return in.status();
  absl::StatusOr<std::unique_ptr<WritableFile>> out = to.Create(path);
  if (!out.ok()) return out.status();
  std::vector<std::byte> piece(kPiece);
  for (uint64_t at = 0;;) {
    absl::StatusOr<size_t> read = (*in)->ReadAt(at, piece);
    if (!read.ok()) return read.status();
    if (*read == 0) break;
    if (absl::Status status = (*out)->Append(std::span(piece).first(*read)); !status.ok()) {
      return status;
    }
    at += *read;
  }
  if (absl::Status status = (*out)->Sync(); !status.ok()) return status;
  return true;
}

// Whether `event` begins an end that the catalogue does not know.
bool Ends(const v1::RunEvent& event) {
  const v1::RunState to = event.state_changed().to();
  return event.has_finished() || to == v1::RUN_STATE_CANCELLING || IsFinal(to);
}

// Cuts the log of a run that has not ended before its end.
absl::Status CutEnd(FileSystem& files, const std::string& path) {
  absl::StatusOr<std::unique_ptr<RecordLog>> log =
      RecordLog::Open(&files, path, FileKind::kEventLog);
  if (!log.ok()) return log.status();
  std::vector<std::string> kept;
  const int64_t size = (*log)->size();
  for (bool ended = false; !ended && static_cast<int64_t>(kept.size()) < size;) {
    absl::StatusOr<std::vector<std::string>> records =
        (*log)->ReadRange(static_cast<int64_t>(kept.size()), 1024, kPiece);
    if (!records.ok()) return records.status();
    for (std::string& record : *records) {
      v1::RunEvent event;
      event.ParseFromString(record);
      ended = Ends(event);
      if (ended) break;
      kept.push_back(std::move(record));
    }
  }
  if (static_cast<int64_t>(kept.size()) == size) return absl::OkStatus();
  if (absl::Status status = files.Remove(path); !status.ok()) return status;
  log = RecordLog::Open(&files, path, FileKind::kEventLog);
  if (!log.ok()) return log.status();
  for (const std::string& record : kept) {
    if (absl::Status status = (*log)->Append(record); !status.ok()) return status;
  }
  return (*log)->Sync();
}

// One try. `missing` gets what the catalogue names and is not there; what was in it before is taken
// for lost.
absl::Status TryBackUp(const SqliteCatalogue& catalogue, FileSystem* files, const std::string& to,
                       std::set<std::string>& missing) {
  absl::StatusOr<std::unique_ptr<PosixFileSystem>> copy = PosixFileSystem::OpenRoot(to);
  if (!copy.ok()) return copy.status();
  if (absl::Status status = catalogue.BackupTo(to + "/catalogue.db"); !status.ok()) return status;
  absl::StatusOr<NamedFiles> named = FilesOf(to + "/catalogue.db", files);
  if (!named.ok()) return named.status();
  std::set<std::string> folders;
  for (const auto* paths : {&named->all, &named->some, &named->logs}) {
    for (const std::string& path : *paths) folders.emplace(DirectoryOf(path));
  }
  for (const std::string& folder : folders) {
    if (absl::Status status = (*copy)->CreateDirectory(folder); !status.ok()) return status;
  }
  bool complete = true;
  for (const std::string& path : named->all) {
    absl::StatusOr<bool> copied = Copy(*files, **copy, path);
    if (!copied.ok()) return copied.status();
    if (!*copied && missing.insert(path).second) complete = false;
  }
  if (!complete) return core::MakeError(absl::StatusCode::kUnavailable, "BACKUP_OVERTAKEN", "");
  for (const auto* paths : {&named->some, &named->logs}) {
    for (const std::string& path : *paths) {
      absl::StatusOr<bool> copied = Copy(*files, **copy, path);
      if (!copied.ok()) return copied.status();
      if (!*copied || paths != &named->logs) continue;
      if (absl::Status status = CutEnd(**copy, path); !status.ok()) return status;
    }
  }
  for (const std::string& folder : folders) {
    if (absl::Status status = (*copy)->SyncDirectory(folder); !status.ok()) return status;
  }
  return (*copy)->SyncDirectory("");
}

}  // namespace

absl::Status BackUp(const SqliteCatalogue& catalogue, FileSystem* files, const std::string& to) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored)) {
    return core::MakeError(absl::StatusCode::kAlreadyExists, "BACKUP_EXISTS",
                           "the folder of the backup is there already; take another");
  }
  std::set<std::string> missing;
  for (int i = 0; i < kMostTries; ++i) {
    const absl::Status status = TryBackUp(catalogue, files, to, missing);
    if (status.ok()) return status;
    std::filesystem::remove_all(to, ignored);
    if (!absl::IsUnavailable(status)) return status;
  }
  return core::MakeError(absl::StatusCode::kUnavailable, "BACKUP_OVERTAKEN",
                         "what there is changes faster than it can be copied; try again");
}

}  // namespace fnn::server
