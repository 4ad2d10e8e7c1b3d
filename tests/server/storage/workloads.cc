#include "tests/server/storage/workloads.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <span>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/storage/checked_file.h"
#include "server/storage/record_log.h"
#include "server/storage/sqlite_catalogue.h"
#include "tests/server/storage/power_loss_file_system.h"
#include "tests/server/storage/power_loss_vfs.h"

namespace fnn::testing {
namespace {

using server::CheckedFileReader;
using server::CheckedFileWriter;
using server::FileKind;
using server::RecordKind;
using server::RecordLog;
using server::SqliteCatalogue;

absl::Status Wrong(absl::string_view what, int found, int acknowledged) {
  return absl::InternalError(
      absl::StrCat(what, ": found ", found, ", acknowledged ", acknowledged));
}

// Bytes that tell their step, a few sectors long.
std::string Bytes(int step) {
  std::string bytes;
  while (bytes.size() < 1700) absl::StrAppend(&bytes, step, " ");
  return bytes;
}

// Step i writes tables/a as version i.
class FileWorkload final : public Workload {
 public:
  explicit FileWorkload(PowerLossDisk* disk) : fs_(disk) {}

  absl::Status Open() override { return fs_.CreateDirectory("tables"); }

  absl::Status Step() override {
    const std::string bytes = Bytes(acknowledged_ + 1);
    const auto writer = CheckedFileWriter::Create(&fs_, "tables/a", FileKind::kTable);
    if (!writer.ok()) return writer.status();
    absl::Status status = (*writer)->Append(std::as_bytes(std::span(bytes)));
    if (status.ok()) status = (*writer)->Commit();
    if (status.ok()) ++acknowledged_;
    return status;
  }

  void Close() override {}

  absl::Status Check() override {
    const auto reader = CheckedFileReader::Open(&fs_, "tables/a", FileKind::kTable);
    if (absl::IsNotFound(reader.status())) {
      return acknowledged_ == 0 ? absl::OkStatus() : Wrong("no file", 0, acknowledged_);
    }
    if (!reader.ok()) return reader.status();
    std::string bytes((*reader)->size(), '\0');
    const auto size = (*reader)->Read(std::as_writable_bytes(std::span(bytes)));
    if (!size.ok()) return size.status();
    const int step = std::atoi(bytes.c_str());
    if ((step != acknowledged_ && step != acknowledged_ + 1) || bytes != Bytes(step)) {
      return Wrong("file", step, acknowledged_);
    }
    return absl::OkStatus();
  }

 private:
  PowerLossFileSystem fs_;
};

// Step i appends kBatch records and syncs them.
class LogWorkload final : public Workload {
 public:
  explicit LogWorkload(PowerLossDisk* disk) : fs_(disk) {}

  absl::Status Open() override {
    auto log = RecordLog::Open(&fs_, "log", FileKind::kEventLog);
    if (!log.ok()) return log.status();
    log_ = *std::move(log);
    return absl::OkStatus();
  }

  absl::Status Step() override {
    // What an earlier try appended is still in the log's memory.
    const int64_t all = int64_t{kBatch} * (acknowledged_ + 1);
    for (int64_t i = log_->size() + log_->unsynced(); i < all; ++i) {
      if (absl::Status status = log_->Append(Record(i)); !status.ok()) return status;
    }
    absl::Status status = log_->Sync();
    if (status.ok()) ++acknowledged_;
    return status;
  }

  void Close() override { log_.reset(); }

  absl::Status Check() override {
    if (log_->size() < int64_t{kBatch} * acknowledged_ ||
        log_->size() > int64_t{kBatch} * (acknowledged_ + 1)) {
      return Wrong("records of the log", static_cast<int>(log_->size()), kBatch * acknowledged_);
    }
    const auto records = log_->ReadRange(0, log_->size(), int64_t{1} << 40);
    if (!records.ok()) return records.status();
    if (static_cast<int64_t>(records->size()) != log_->size()) {
      return absl::InternalError("records are missing");
    }
    for (size_t i = 0; i < records->size(); ++i) {
      if ((*records)[i] != Record(static_cast<int64_t>(i))) {
        return absl::InternalError(absl::StrCat("record ", i, " is another one"));
      }
    }
    acknowledged_ = static_cast<int>(log_->size()) / kBatch;
    return absl::OkStatus();
  }

 private:
  static constexpr int kBatch = 5;

  static std::string Record(int64_t i) {
    return absl::StrCat(i, ":", std::string(static_cast<size_t>(i * 37 % 300), 'x'));
  }

  PowerLossFileSystem fs_;
  std::unique_ptr<RecordLog> log_;
};

// Step i sets "step" and "copy" to i, and one of a few large records.
class CatalogueWorkload final : public Workload {
 public:
  explicit CatalogueWorkload(PowerLossDisk* disk) : fs_(disk), vfs_(disk) {}

  absl::Status Open() override {
    auto catalogue = SqliteCatalogue::Open(
        {.path = "catalogue.db", .directory = &fs_, .vfs = vfs_.name(), .checkpoint_pages = 12});
    if (!catalogue.ok()) return catalogue.status();
    catalogue_ = *std::move(catalogue);
    return absl::OkStatus();
  }

  absl::Status Step() override {
    const int step = acknowledged_ + 1;
    server::CatalogueBatch batch;
    batch.Put(RecordKind::kRun, "step", absl::StrCat(step));
    batch.Put(RecordKind::kRun, Key(step), std::string(3000, static_cast<char>('a' + step % 26)));
    batch.Delete(RecordKind::kRun, Key(step - kKept));
    batch.Put(RecordKind::kModel, "copy", absl::StrCat(step));
    absl::Status status = catalogue_->Commit(batch);
    if (status.ok()) ++acknowledged_;
    return status;
  }

  void Close() override { catalogue_.reset(); }

  absl::Status Check() override {
    std::map<std::string, std::string> found;
    const auto read = [&found](absl::string_view key, absl::string_view value) {
      found.emplace(key, value);
      return absl::OkStatus();
    };
    for (const RecordKind kind : {RecordKind::kRun, RecordKind::kModel}) {
      if (absl::Status status = catalogue_->ForEachRecord(kind, read); !status.ok()) return status;
    }
    const int step = std::atoi(found["step"].c_str());
    if (step == 0) found.erase("step");
    if ((step != acknowledged_ && step != acknowledged_ + 1) || found != State(step)) {
      return Wrong("catalogue", step, acknowledged_);
    }
    acknowledged_ = step;
    return absl::OkStatus();
  }

 private:
  static constexpr int kKept = 4;

  static std::string Key(int step) { return absl::StrCat("large ", step); }

  // What all steps up to `step` make.
  static std::map<std::string, std::string> State(int step) {
    std::map<std::string, std::string> state;
    if (step == 0) return state;
    state["step"] = state["copy"] = absl::StrCat(step);
    for (int i = std::max(1, step - kKept + 1); i <= step; ++i) {
      state[Key(i)] = std::string(3000, static_cast<char>('a' + i % 26));
    }
    return state;
  }

  PowerLossFileSystem fs_;
  PowerLossVfs vfs_;
  std::unique_ptr<SqliteCatalogue> catalogue_;
};

// The only step backs up a catalogue, with an operator who deletes what an earlier try left.
class BackupWorkload final : public Workload {
 public:
  explicit BackupWorkload(PowerLossDisk* disk) : disk_(disk), vfs_(disk) {}

  absl::Status Open() override {
    auto catalogue = SqliteCatalogue::Open({.path = "catalogue.db", .vfs = vfs_.name()});
    if (!catalogue.ok()) return catalogue.status();
    catalogue_ = *std::move(catalogue);
    server::CatalogueBatch batch;
    for (int i = 0; i < kRecords; ++i) batch.Put(RecordKind::kRun, absl::StrCat(i), Bytes(i));
    return catalogue_->Commit(batch);
  }

  absl::Status Step() override {
    for (const char* path : {"backup.db-journal", "backup.db"}) {
      const int error = disk_->Remove(path);
      if (error != 0 && error != ENOENT) return server::DiskError(error, "remove", path);
    }
    absl::Status status = catalogue_->BackupTo("backup.db");
    if (status.ok()) ++acknowledged_;
    return status;
  }

  void Close() override { catalogue_.reset(); }

  absl::Status Check() override {
    if (acknowledged_ == 0) return absl::OkStatus();
    const auto backup = SqliteCatalogue::Open(
        {.path = "backup.db", .name = "backup.db", .vfs = vfs_.name(), .create = false});
    if (!backup.ok()) return backup.status();
    int found = 0;
    const auto count = [&found](absl::string_view key, absl::string_view value) {
      int i = 0;
      if (absl::SimpleAtoi(key, &i) && value == Bytes(i)) ++found;
      return absl::OkStatus();
    };
    if (absl::Status status = (*backup)->ForEachRecord(RecordKind::kRun, count); !status.ok()) {
      return status;
    }
    return found == kRecords ? absl::OkStatus() : Wrong("records of the backup", found, kRecords);
  }

 private:
  static constexpr int kRecords = 10;

  PowerLossDisk* const disk_;
  PowerLossVfs vfs_;
  std::unique_ptr<SqliteCatalogue> catalogue_;
};

template <typename Kind>
std::unique_ptr<Workload> Make(PowerLossDisk* disk) {
  return std::make_unique<Kind>(disk);
}

}  // namespace

const std::vector<WorkloadKind>& WorkloadKinds() {
  static const auto& kinds = *new std::vector<WorkloadKind>{
      {"File", Make<FileWorkload>, 3},
      {"Log", Make<LogWorkload>, 4},
      {"Catalogue", Make<CatalogueWorkload>, 8},
      {"Backup", Make<BackupWorkload>, 1},
  };
  return kinds;
}

}  // namespace fnn::testing
