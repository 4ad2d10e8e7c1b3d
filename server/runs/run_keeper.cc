#include "server/runs/run_keeper.h"

#include <optional>
#include <set>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "server/base/log.h"

namespace fnn::server {
namespace {

constexpr absl::string_view kFolder = "runs";
constexpr absl::string_view kLog = ".log";
constexpr absl::string_view kCheckpoint = ".checkpoint";
constexpr absl::string_view kData = ".data";

std::string Path(absl::string_view uid, absl::string_view kind) {
  return absl::StrCat(kFolder, "/", uid, kind);
}

}  // namespace

absl::StatusOr<std::vector<storage::v1::RunRecord>> RunKeeper::Load() {
  if (absl::Status status = files_->CreateDirectory(kFolder); !status.ok()) return status;
  std::vector<storage::v1::RunRecord> records;
  std::set<std::string> named;
  const absl::Status read = catalogue_->ForEachRecord(
      RecordKind::kRun, [&](absl::string_view, absl::string_view bytes) -> absl::Status {
        storage::v1::RunRecord record;
        if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return core::MakeError(absl::StatusCode::kDataLoss, "CATALOGUE_CORRUPT",
                                 "a run's record in the catalogue is damaged; restore a backup");
        }
        for (const absl::string_view kind : {kLog, kCheckpoint, kData}) {
          named.insert(absl::StrCat(record.run().uid(), kind));
        }
        records.push_back(std::move(record));
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  absl::StatusOr<std::vector<std::string>> files = files_->List(kFolder);
  if (!files.ok()) return files.status();
  for (const std::string& file : *files) {
    if (named.contains(file)) continue;
    LogDebug(absl::StrCat("removing ", kFolder, "/", file, ", of no run"));
    files_->Remove(absl::StrCat(kFolder, "/", file)).IgnoreError();
  }
  return records;
}

void RunKeeper::Put(const storage::v1::RunRecord& record, CatalogueBatch& batch) {
  batch.Put(RecordKind::kRun, record.run().name(), record.SerializeAsString());
}

void RunKeeper::Forget(const std::string& name, CatalogueBatch& batch) {
  batch.Delete(RecordKind::kRun, name);
}

absl::Status RunKeeper::WriteData(const std::string& uid, const storage::v1::RunData& data) {
  absl::StatusOr<std::unique_ptr<CheckedFileWriter>> file =
      CheckedFileWriter::Create(files_, Path(uid, kData), FileKind::kRunData);
  if (!file.ok()) return file.status();
  const std::string bytes = data.SerializeAsString();
  if (absl::Status status = (*file)->Append(std::as_bytes(std::span(bytes))); !status.ok()) {
    return status;
  }
  return (*file)->Commit();
}

absl::StatusOr<storage::v1::RunData> RunKeeper::ReadData(const std::string& uid) {
  absl::StatusOr<std::unique_ptr<CheckedFileReader>> file =
      CheckedFileReader::Open(files_, Path(uid, kData), FileKind::kRunData);
  if (!file.ok()) return file.status();
  std::string bytes(static_cast<size_t>((*file)->size()), '\0');
  absl::StatusOr<size_t> read = (*file)->Read(std::as_writable_bytes(std::span(bytes)));
  if (!read.ok()) return read.status();
  storage::v1::RunData data;
  if (*read != bytes.size() || !data.ParseFromString(bytes)) {
    return core::MakeError(absl::StatusCode::kDataLoss, "FILE_CORRUPT",
                           absl::StrCat(Path(uid, kData), " holds no run's data"));
  }
  return data;
}

absl::StatusOr<int64_t> RunKeeper::SaveCheckpoint(
    const std::string& uid, absl::FunctionRef<absl::Status(core::ByteSink&)> write) {
  absl::StatusOr<std::unique_ptr<CheckedFileWriter>> file =
      CheckedFileWriter::Create(files_, Path(uid, kCheckpoint), FileKind::kCheckpoint);
  if (!file.ok()) return file.status();
  if (absl::Status status = write(**file); !status.ok()) return status;
  if (absl::Status status = (*file)->Commit(); !status.ok()) return status;
  return static_cast<int64_t>((*file)->size());
}

absl::StatusOr<std::unique_ptr<CheckedFileReader>> RunKeeper::OpenCheckpoint(
    const std::string& uid) {
  const std::string path = Path(uid, kCheckpoint);
  absl::StatusOr<bool> exists = files_->Exists(path);
  if (!exists.ok()) return exists.status();
  if (!*exists) return nullptr;
  return CheckedFileReader::Open(files_, path, FileKind::kCheckpoint);
}

EventLog::Opener RunKeeper::LogOpener(const std::string& uid, int64_t known) {
  return [files = files_, path = Path(uid, kLog), known] {
    return RecordLog::Open(files, path, FileKind::kEventLog, known);
  };
}

void RunKeeper::RemoveWork(const std::string& uid) {
  for (const absl::string_view kind : {kCheckpoint, kData}) {
    files_->Remove(Path(uid, kind)).IgnoreError();
  }
}

void RunKeeper::RemoveAll(const std::string& uid) {
  RemoveWork(uid);
  files_->Remove(Path(uid, kLog)).IgnoreError();
}

}  // namespace fnn::server
