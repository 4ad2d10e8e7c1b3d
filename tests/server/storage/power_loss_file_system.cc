#include "tests/server/storage/power_loss_file_system.h"

#include <cerrno>
#include <utility>

namespace fnn::testing {
namespace {

using server::DirectoryOf;
using server::DiskError;

absl::Status ToStatus(int error, absl::string_view doing, absl::string_view path) {
  return error == 0 ? absl::OkStatus() : DiskError(error, doing, path);
}

class SimulatedWritableFile final : public server::WritableFile {
 public:
  SimulatedWritableFile(PowerLossDisk* disk, absl::string_view path,
                        PowerLossDisk::NodePointer file)
      : disk_(disk), path_(path), file_(std::move(file)) {}

  absl::Status Append(std::span<const std::byte> bytes) override {
    return ToStatus(disk_->Write(file_, path_, size(), bytes), "write", path_);
  }
  absl::Status Overwrite(uint64_t offset, std::span<const std::byte> bytes) override {
    if (offset + bytes.size() > size()) return DiskError(EINVAL, "write", path_);
    return ToStatus(disk_->Write(file_, path_, offset, bytes), "write", path_);
  }
  absl::Status Sync() override { return ToStatus(disk_->Sync(file_, path_), "sync", path_); }
  absl::Status Truncate(uint64_t size) override {
    return ToStatus(disk_->Truncate(file_, path_, size), "cut", path_);
  }
  uint64_t size() const override { return disk_->Size(file_); }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  PowerLossDisk* const disk_;
  const std::string path_;
  const PowerLossDisk::NodePointer file_;
};

class SimulatedReadableFile final : public server::ReadableFile {
 public:
  SimulatedReadableFile(const PowerLossDisk* disk, absl::string_view path,
                        PowerLossDisk::NodePointer file)
      : disk_(disk), path_(path), file_(std::move(file)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<std::byte> out) const override {
    size_t size = 0;
    const int error = disk_->Read(file_, offset, out, &size);
    if (error != 0) return DiskError(error, "read", path_);
    return size;
  }
  absl::StatusOr<uint64_t> size() const override { return disk_->Size(file_); }

 private:
  const PowerLossDisk* const disk_;
  const std::string path_;
  const PowerLossDisk::NodePointer file_;
};

}  // namespace

absl::Status PowerLossFileSystem::CreateDirectory(absl::string_view path) {
  const int error = disk_->MakeDirectory(path);
  if (error != 0 && error != EEXIST) return DiskError(error, "make", path);
  return SyncDirectory(DirectoryOf(path));
}

absl::StatusOr<std::unique_ptr<server::WritableFile>> PowerLossFileSystem::Create(
    absl::string_view path) {
  PowerLossDisk::NodePointer file;
  const int error = disk_->Create(path, /*truncate=*/true, &file);
  if (error != 0) return DiskError(error, "create", path);
  return std::make_unique<SimulatedWritableFile>(disk_, path, std::move(file));
}

absl::StatusOr<std::unique_ptr<server::WritableFile>> PowerLossFileSystem::OpenForAppend(
    absl::string_view path) {
  PowerLossDisk::NodePointer file;
  const int error = disk_->Find(path, &file);
  if (error != 0) return DiskError(error, "open", path);
  return std::make_unique<SimulatedWritableFile>(disk_, path, std::move(file));
}

absl::StatusOr<std::unique_ptr<server::ReadableFile>> PowerLossFileSystem::Open(
    absl::string_view path) const {
  PowerLossDisk::NodePointer file;
  const int error = disk_->Find(path, &file);
  if (error != 0) return DiskError(error, "open", path);
  return std::make_unique<SimulatedReadableFile>(disk_, path, std::move(file));
}

absl::Status PowerLossFileSystem::Rename(absl::string_view from, absl::string_view to) {
  return ToStatus(disk_->Rename(from, to), "rename", from);
}

absl::Status PowerLossFileSystem::Remove(absl::string_view path) {
  return ToStatus(disk_->Remove(path), "remove", path);
}

absl::Status PowerLossFileSystem::SyncDirectory(absl::string_view path) {
  return ToStatus(disk_->SyncDirectory(path, path), "sync", path);
}

absl::StatusOr<std::vector<std::string>> PowerLossFileSystem::List(
    absl::string_view directory) const {
  std::vector<std::string> names;
  const int error = disk_->List(directory, &names);
  if (error != 0) return DiskError(error, "list", directory);
  return names;
}

absl::StatusOr<bool> PowerLossFileSystem::Exists(absl::string_view path) const {
  PowerLossDisk::NodePointer node;
  const int error = disk_->Find(path, &node);
  if (error != 0 && error != ENOENT) return DiskError(error, "look for", path);
  return error == 0;
}

}  // namespace fnn::testing
