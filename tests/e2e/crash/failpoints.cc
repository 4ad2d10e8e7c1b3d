#include "tests/e2e/crash/failpoints.h"

#include <csignal>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fnn::e2e {
namespace {

using server::FileSystem;
using server::ReadableFile;
using server::WritableFile;

class File final : public WritableFile {
 public:
  File(std::unique_ptr<WritableFile> file, Failpoint* failpoint)
      : file_(std::move(file)), failpoint_(failpoint) {}

  absl::Status Append(std::span<const std::byte> bytes) override {
    return failpoint_->At("write", [&] { return file_->Append(bytes); });
  }
  absl::Status Overwrite(uint64_t offset, std::span<const std::byte> bytes) override {
    return failpoint_->At("write", [&] { return file_->Overwrite(offset, bytes); });
  }
  absl::Status Sync() override {
    return failpoint_->At("sync", [&] { return file_->Sync(); });
  }
  absl::Status Truncate(uint64_t size) override {
    return failpoint_->At("truncate", [&] { return file_->Truncate(size); });
  }
  uint64_t size() const override { return file_->size(); }
  absl::Status Close() override { return file_->Close(); }

 private:
  const std::unique_ptr<WritableFile> file_;
  Failpoint* const failpoint_;
};

class Files final : public FileSystem {
 public:
  Files(FileSystem* files, Failpoint* failpoint) : files_(files), failpoint_(failpoint) {}

  absl::Status CreateDirectory(absl::string_view path) override {
    return failpoint_->At("create", [&] { return files_->CreateDirectory(path); });
  }
  absl::StatusOr<std::unique_ptr<WritableFile>> Create(absl::string_view path) override {
    return Wrap(failpoint_->At("create", [&] { return files_->Create(path); }));
  }
  absl::StatusOr<std::unique_ptr<WritableFile>> OpenForAppend(absl::string_view path) override {
    return Wrap(failpoint_->At("open", [&] { return files_->OpenForAppend(path); }));
  }
  absl::StatusOr<std::unique_ptr<ReadableFile>> Open(absl::string_view path) const override {
    return files_->Open(path);
  }
  absl::Status Rename(absl::string_view from, absl::string_view to) override {
    return failpoint_->At("rename", [&] { return files_->Rename(from, to); });
  }
  absl::Status Remove(absl::string_view path) override {
    return failpoint_->At("remove", [&] { return files_->Remove(path); });
  }
  absl::Status SyncDirectory(absl::string_view path) override {
    return failpoint_->At("sync_directory", [&] { return files_->SyncDirectory(path); });
  }
  absl::StatusOr<std::vector<std::string>> List(absl::string_view directory) const override {
    return files_->List(directory);
  }
  absl::StatusOr<bool> Exists(absl::string_view path) const override {
    return files_->Exists(path);
  }
  absl::StatusOr<core::Storage> Map(absl::string_view path) const override {
    return files_->Map(path);
  }
  bool in_memory() const override { return files_->in_memory(); }

 private:
  absl::StatusOr<std::unique_ptr<WritableFile>> Wrap(
      absl::StatusOr<std::unique_ptr<WritableFile>> file) {
    if (!file.ok()) return file.status();
    return std::make_unique<File>(*std::move(file), failpoint_);
  }

  FileSystem* const files_;
  Failpoint* const failpoint_;
};

class Commits final : public server::Catalogue {
 public:
  Commits(server::Catalogue* catalogue, Failpoint* failpoint)
      : catalogue_(catalogue), failpoint_(failpoint) {}

  absl::Status Commit(const server::CatalogueBatch& batch) override {
    return failpoint_->At("commit", [&] { return catalogue_->Commit(batch); });
  }
  absl::Status ForEachRecord(server::RecordKind kind, RecordFunction function) const override {
    return catalogue_->ForEachRecord(kind, function);
  }

 private:
  server::Catalogue* const catalogue_;
  Failpoint* const failpoint_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Failpoint>> Failpoint::Parse(absl::string_view text) {
  auto failpoint = std::make_unique<Failpoint>();
  if (text.empty()) return failpoint;
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  if (parts.size() != 3 || (parts[0] != "before" && parts[0] != "after") ||
      !absl::SimpleAtoi(parts[2], &failpoint->number_)) {
    return absl::InvalidArgumentError(
        absl::StrCat("FNN_FAILPOINT must be like before:sync:3, not ", text));
  }
  failpoint->before_ = parts[0] == "before";
  failpoint->name_ = parts[1];
  return failpoint;
}

void Failpoint::Die() {
  raise(SIGKILL);
  std::abort();
}

std::unique_ptr<FileSystem> FailpointFiles(FileSystem* files, Failpoint* failpoint) {
  return std::make_unique<Files>(files, failpoint);
}

std::unique_ptr<server::Catalogue> FailpointCatalogue(server::Catalogue* catalogue,
                                                      Failpoint* failpoint) {
  return std::make_unique<Commits>(catalogue, failpoint);
}

}  // namespace fnn::e2e
