#include "server/storage/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::server {
namespace {

// `call` until no signal interrupts it.
template <typename Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// Closed when destroyed.
class Descriptor {
 public:
  explicit Descriptor(int file) : file_(file) {}
  Descriptor(Descriptor&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { Close(); }

  // 0, or an errno. Not repeated when interrupted: Linux has closed it then.
  int Close() {
    const int file = std::exchange(file_, -1);
    return file < 0 || close(file) == 0 || errno == EINTR ? 0 : errno;
  }
  int get() const { return file_; }
  bool ok() const { return file_ >= 0; }

 private:
  int file_;
};

// The system's path of `path`.
std::string SystemPath(absl::string_view path) { return path.empty() ? "." : std::string(path); }

Descriptor OpenAt(int root, absl::string_view path, int flags) {
  const std::string name = SystemPath(path);
  return Descriptor(
      Uninterrupted([&] { return openat(root, name.c_str(), flags | O_CLOEXEC, 0600); }));
}

absl::StatusOr<uint64_t> SizeOf(int file, absl::string_view path) {
  struct stat info;
  if (fstat(file, &info) != 0) return DiskError(errno, "look at", path);
  return static_cast<uint64_t>(info.st_size);
}

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(absl::string_view path, Descriptor file, uint64_t size)
      : path_(path), file_(std::move(file)), size_(size) {}

  absl::Status Append(std::span<const std::byte> bytes) override { return Write(size_, bytes); }

  absl::Status Overwrite(uint64_t offset, std::span<const std::byte> bytes) override {
    if (offset > size_ || bytes.size() > size_ - offset) return DiskError(EINVAL, "write", path_);
    return Write(offset, bytes);
  }

  absl::Status Sync() override {
    if (Uninterrupted([&] { return fsync(file_.get()); }) != 0) {
      return DiskError(errno, "sync", path_);
    }
    return absl::OkStatus();
  }

  absl::Status Truncate(uint64_t size) override {
    if (size > size_) return DiskError(EINVAL, "cut", path_);
    if (Uninterrupted([&] { return ftruncate(file_.get(), static_cast<off_t>(size)); }) != 0) {
      return DiskError(errno, "cut", path_);
    }
    size_ = size;
    return absl::OkStatus();
  }

  uint64_t size() const override { return size_; }

  absl::Status Close() override {
    const int error = file_.Close();
    return error == 0 ? absl::OkStatus() : DiskError(error, "close", path_);
  }

 private:
  // A write may be short, for a signal or a disk that is almost full: the next one tells which.
  absl::Status Write(uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = Uninterrupted([&] {
        return pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      });
      if (written <= 0) return DiskError(written < 0 ? errno : ENOSPC, "write", path_);
      offset += static_cast<uint64_t>(written);
      size_ = std::max(size_, offset);
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  const std::string path_;
  Descriptor file_;
  uint64_t size_;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(absl::string_view path, Descriptor file)
      : path_(path), file_(std::move(file)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<std::byte> out) const override {
    size_t filled = 0;
    while (filled < out.size()) {
      const ssize_t size = Uninterrupted([&] {
        return pread(file_.get(), out.data() + filled, out.size() - filled,
                     static_cast<off_t>(offset + filled));
      });
      if (size < 0) return DiskError(errno, "read", path_);
      if (size == 0) break;
      filled += static_cast<size_t>(size);
    }
    return filled;
  }

  absl::StatusOr<uint64_t> size() const override { return SizeOf(file_.get(), path_); }

 private:
  const std::string path_;
  const Descriptor file_;
};

// Syncs the directory `path`, as seen from `root`.
int SyncDirectoryAt(int root, absl::string_view path) {
  const Descriptor directory = OpenAt(root, path, O_RDONLY | O_DIRECTORY);
  if (!directory.ok()) return errno;
  return Uninterrupted([&] { return fsync(directory.get()); }) == 0 ? 0 : errno;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PosixFileSystem>> PosixFileSystem::OpenRoot(
    const std::string& root) {
  if (mkdir(root.c_str(), 0700) != 0 && errno != EEXIST) return DiskError(errno, "make", "");
  const int file =
      Uninterrupted([&] { return open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (file < 0) return DiskError(errno, "open", "");
  std::unique_ptr<PosixFileSystem> fs(new PosixFileSystem(file));
  // Also where it was there: an earlier process may have made it and not come to this. Someone else
  // has made it where the parent can't be opened.
  const int error = SyncDirectoryAt(file, "..");
  if (error != 0 && error != EACCES) return DiskError(error, "sync the parent of", "");
  return fs;
}

PosixFileSystem::~PosixFileSystem() { close(root_); }

absl::Status PosixFileSystem::CreateDirectory(absl::string_view path) {
  if (mkdirat(root_, SystemPath(path).c_str(), 0700) != 0) {
    if (errno != EEXIST) return DiskError(errno, "make", path);
    if (!OpenAt(root_, path, O_RDONLY | O_DIRECTORY).ok()) return DiskError(errno, "open", path);
  }
  return SyncDirectory(DirectoryOf(path));
}

absl::StatusOr<std::unique_ptr<WritableFile>> PosixFileSystem::Create(absl::string_view path) {
  Descriptor file = OpenAt(root_, path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.ok()) return DiskError(errno, "create", path);
  return std::make_unique<PosixWritableFile>(path, std::move(file), 0);
}

absl::StatusOr<std::unique_ptr<WritableFile>> PosixFileSystem::OpenForAppend(
    absl::string_view path) {
  Descriptor file = OpenAt(root_, path, O_WRONLY);
  if (!file.ok()) return DiskError(errno, "open", path);
  const absl::StatusOr<uint64_t> size = SizeOf(file.get(), path);
  if (!size.ok()) return size.status();
  return std::make_unique<PosixWritableFile>(path, std::move(file), *size);
}

absl::StatusOr<std::unique_ptr<ReadableFile>> PosixFileSystem::Open(absl::string_view path) const {
  Descriptor file = OpenAt(root_, path, O_RDONLY);
  if (!file.ok()) return DiskError(errno, "open", path);
  return std::make_unique<PosixReadableFile>(path, std::move(file));
}

absl::Status PosixFileSystem::Rename(absl::string_view from, absl::string_view to) {
  if (renameat(root_, SystemPath(from).c_str(), root_, SystemPath(to).c_str()) != 0) {
    return DiskError(errno, "rename", from);
  }
  return absl::OkStatus();
}

absl::Status PosixFileSystem::Remove(absl::string_view path) {
  if (unlinkat(root_, SystemPath(path).c_str(), 0) != 0) return DiskError(errno, "remove", path);
  return absl::OkStatus();
}

absl::Status PosixFileSystem::SyncDirectory(absl::string_view path) {
  const int error = SyncDirectoryAt(root_, path);
  return error == 0 ? absl::OkStatus() : DiskError(error, "sync", path);
}

absl::StatusOr<std::vector<std::string>> PosixFileSystem::List(absl::string_view directory) const {
  const int file = Uninterrupted([&] {
    return openat(root_, SystemPath(directory).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  });
  if (file < 0) return DiskError(errno, "list", directory);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(file), closedir);
  if (stream == nullptr) {
    const int error = errno;
    close(file);
    return DiskError(error, "list", directory);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return DiskError(errno, "list", directory);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<bool> PosixFileSystem::Exists(absl::string_view path) const {
  if (faccessat(root_, SystemPath(path).c_str(), F_OK, 0) == 0) return true;
  if (errno == ENOENT) return false;
  return DiskError(errno, "look for", path);
}

absl::StatusOr<core::Storage> PosixFileSystem::Map(absl::string_view path) const {
  const Descriptor file = OpenAt(root_, path, O_RDONLY);
  if (!file.ok()) return DiskError(errno, "open", path);
  const absl::StatusOr<uint64_t> size = SizeOf(file.get(), path);
  if (!size.ok()) return size.status();
  if (*size == 0) return core::Storage();
  void* const start = mmap(nullptr, *size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (start == MAP_FAILED) {
    return core::MakeError(absl::StatusCode::kResourceExhausted, "MAP_FAILED",
                           absl::StrCat("can't map ", path, ", ", *size,
                                        " bytes: ", std::generic_category().message(errno)));
  }
  std::shared_ptr<const void> owner(
      start, [size = *size](const void* at) { munmap(const_cast<void*>(at), size); });
  return core::Storage(std::move(owner), {static_cast<const std::byte*>(start), *size},
                       /*mapped=*/true);
}

}  // namespace fnn::server
