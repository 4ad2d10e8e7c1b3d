#include "server/storage/memory_file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace fnn::server {
namespace {

// Bytes of malloc: for large ones realloc moves pages instead of copying them.
struct Block {
  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { std::free(data); }

  bool Grow(size_t size) {
    if (size <= capacity) return true;
    // What is not touched takes no memory.
    const size_t wanted = std::max({size, capacity + capacity / 2, size_t{64}});
    void* const grown = std::realloc(data, wanted);
    if (grown == nullptr) return false;
    data = static_cast<std::byte*>(grown);
    capacity = wanted;
    return true;
  }

  std::byte* data = nullptr;
  size_t capacity = 0;
};

}  // namespace

// What a file holds, whatever it is called. Safe from any thread.
class MemoryFileSystem::Contents {
 public:
  absl::Status Write(uint64_t offset, std::span<const std::byte> bytes, absl::string_view path) {
    core::MutexLock lock(mutex_);
    if (!Own() || !block_->Grow(offset + bytes.size())) return DiskError(ENOSPC, "write", path);
    if (!bytes.empty()) std::memcpy(block_->data + offset, bytes.data(), bytes.size());
    size_ = std::max<uint64_t>(size_, offset + bytes.size());
    return absl::OkStatus();
  }

  absl::Status Truncate(uint64_t size, absl::string_view path) {
    core::MutexLock lock(mutex_);
    if (size > size_) return DiskError(EINVAL, "cut", path);
    size_ = size;
    return Own() ? absl::OkStatus() : DiskError(ENOSPC, "cut", path);
  }

  size_t ReadAt(uint64_t offset, std::span<std::byte> out) const {
    core::MutexLock lock(mutex_);
    if (offset >= size_) return 0;
    const size_t size = std::min<uint64_t>(out.size(), size_ - offset);
    if (size > 0) std::memcpy(out.data(), block_->data + offset, size);
    return size;
  }

  uint64_t size() const {
    core::MutexLock lock(mutex_);
    return size_;
  }

  core::Storage Map() {
    core::MutexLock lock(mutex_);
    mapped_ = true;
    return {block_, {block_->data, size_}, /*mapped=*/false};
  }

 private:
  // Has a block that nobody else looks at.
  bool Own() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!mapped_) return true;
    auto block = std::make_shared<Block>();
    if (!block->Grow(size_)) return false;
    if (size_ > 0) std::memcpy(block->data, block_->data, size_);
    block_ = std::move(block);
    mapped_ = false;
    return true;
  }

  mutable core::Mutex mutex_;
  std::shared_ptr<Block> block_ ABSL_GUARDED_BY(mutex_) = std::make_shared<Block>();
  uint64_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  bool mapped_ ABSL_GUARDED_BY(mutex_) = false;  // The block may be in use elsewhere.
};

class MemoryFileSystem::Writer final : public WritableFile {
 public:
  Writer(absl::string_view path, std::shared_ptr<Contents> contents)
      : path_(path), contents_(std::move(contents)), size_(contents_->size()) {}

  absl::Status Append(std::span<const std::byte> bytes) override {
    absl::Status status = contents_->Write(size_, bytes, path_);
    if (status.ok()) size_ += bytes.size();
    return status;
  }
  absl::Status Overwrite(uint64_t offset, std::span<const std::byte> bytes) override {
    if (offset > size_ || bytes.size() > size_ - offset) return DiskError(EINVAL, "write", path_);
    return contents_->Write(offset, bytes, path_);
  }
  absl::Status Sync() override { return absl::OkStatus(); }
  absl::Status Truncate(uint64_t size) override {
    absl::Status status = contents_->Truncate(size, path_);
    if (status.ok()) size_ = size;
    return status;
  }
  uint64_t size() const override { return size_; }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  const std::string path_;
  const std::shared_ptr<Contents> contents_;
  uint64_t size_;
};

class MemoryFileSystem::Reader final : public ReadableFile {
 public:
  explicit Reader(std::shared_ptr<const Contents> contents) : contents_(std::move(contents)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<std::byte> out) const override {
    return contents_->ReadAt(offset, out);
  }
  absl::StatusOr<uint64_t> size() const override { return contents_->size(); }

 private:
  const std::shared_ptr<const Contents> contents_;
};

absl::Status MemoryFileSystem::CheckDirectory(absl::string_view path) const {
  if (path.empty() || directories_.contains(path)) return absl::OkStatus();
  return DiskError(ENOENT, "open", path);
}

absl::StatusOr<std::shared_ptr<MemoryFileSystem::Contents>> MemoryFileSystem::Find(
    absl::string_view path) const {
  core::MutexLock lock(mutex_);
  const auto it = files_.find(path);
  if (it == files_.end()) return DiskError(ENOENT, "open", path);
  return it->second;
}

absl::Status MemoryFileSystem::CreateDirectory(absl::string_view path) {
  core::MutexLock lock(mutex_);
  absl::Status status = CheckDirectory(DirectoryOf(path));
  if (status.ok()) directories_.emplace(path);
  return status;
}

absl::StatusOr<std::unique_ptr<WritableFile>> MemoryFileSystem::Create(absl::string_view path) {
  auto contents = std::make_shared<Contents>();
  core::MutexLock lock(mutex_);
  if (absl::Status status = CheckDirectory(DirectoryOf(path)); !status.ok()) return status;
  files_.insert_or_assign(std::string(path), contents);
  return std::make_unique<Writer>(path, std::move(contents));
}

absl::StatusOr<std::unique_ptr<WritableFile>> MemoryFileSystem::OpenForAppend(
    absl::string_view path) {
  absl::StatusOr<std::shared_ptr<Contents>> contents = Find(path);
  if (!contents.ok()) return contents.status();
  return std::make_unique<Writer>(path, *std::move(contents));
}

absl::StatusOr<std::unique_ptr<ReadableFile>> MemoryFileSystem::Open(absl::string_view path) const {
  absl::StatusOr<std::shared_ptr<Contents>> contents = Find(path);
  if (!contents.ok()) return contents.status();
  return std::make_unique<Reader>(*std::move(contents));
}

absl::Status MemoryFileSystem::Rename(absl::string_view from, absl::string_view to) {
  core::MutexLock lock(mutex_);
  const auto it = files_.find(from);
  if (it == files_.end()) return DiskError(ENOENT, "rename", from);
  if (absl::Status status = CheckDirectory(DirectoryOf(to)); !status.ok()) return status;
  std::shared_ptr<Contents> contents = std::move(it->second);
  files_.erase(it);
  files_.insert_or_assign(std::string(to), std::move(contents));
  return absl::OkStatus();
}

absl::Status MemoryFileSystem::Remove(absl::string_view path) {
  std::shared_ptr<Contents> removed;  // Destroyed after the lock is left.
  core::MutexLock lock(mutex_);
  const auto it = files_.find(path);
  if (it == files_.end()) return DiskError(ENOENT, "remove", path);
  removed = std::move(it->second);
  files_.erase(it);
  return absl::OkStatus();
}

absl::Status MemoryFileSystem::SyncDirectory(absl::string_view path) {
  core::MutexLock lock(mutex_);
  return CheckDirectory(path);
}

absl::StatusOr<std::vector<std::string>> MemoryFileSystem::List(absl::string_view directory) const {
  core::MutexLock lock(mutex_);
  if (absl::Status status = CheckDirectory(directory); !status.ok()) return status;
  std::vector<std::string> names;
  const auto add = [&](absl::string_view path) {
    if (DirectoryOf(path) != directory) return;
    names.emplace_back(directory.empty() ? path : path.substr(directory.size() + 1));
  };
  for (const std::string& path : directories_) add(path);
  for (const auto& [path, contents] : files_) add(path);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<bool> MemoryFileSystem::Exists(absl::string_view path) const {
  core::MutexLock lock(mutex_);
  return path.empty() || files_.contains(path) || directories_.contains(path);
}

absl::StatusOr<core::Storage> MemoryFileSystem::Map(absl::string_view path) const {
  const absl::StatusOr<std::shared_ptr<Contents>> contents = Find(path);
  if (!contents.ok()) return contents.status();
  return (*contents)->Map();
}

}  // namespace fnn::server
