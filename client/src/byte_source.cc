#include "client/src/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fnn::internal {
namespace {

// A stream with where in it the source began; -1 where it can't be told.
struct Part {
  std::istream* stream;
  std::streampos begin;
};

class Streams final : public ByteSource {
 public:
  Streams(std::string name, std::vector<std::unique_ptr<std::ifstream>> owned,
          const std::vector<std::istream*>& streams, std::optional<int64_t> size)
      : name_(std::move(name)), owned_(std::move(owned)), size_(size) {
    for (std::istream* stream : streams) {
      parts_.push_back({stream, stream->tellg()});
      // What has no place, such as a pipe, has failed at being asked; reading it goes well.
      stream->clear();
    }
  }

  const std::string& name() const override { return name_; }
  std::optional<int64_t> size() const override { return size_; }

  absl::Status Read(int64_t most, std::string* chunk) override {
    chunk->resize(static_cast<size_t>(most));
    size_t filled = 0;
    while (filled < chunk->size() && at_ < parts_.size()) {
      std::istream& stream = *parts_[at_].stream;
      stream.read(chunk->data() + filled, static_cast<std::streamsize>(chunk->size() - filled));
      filled += static_cast<size_t>(stream.gcount());
      if (stream.bad()) {
        return absl::DataLossError(absl::StrCat(name_, ": can't be read to its end"));
      }
      if (filled < chunk->size()) ++at_;
    }
    chunk->resize(filled);
    return absl::OkStatus();
  }

  absl::Status Rewind() override {
    for (const Part& part : parts_) {
      part.stream->clear();
      if (part.begin == std::streampos(-1) || !part.stream->seekg(part.begin)) {
        return absl::FailedPreconditionError(
            absl::StrCat(name_, ": can't be read once more from its start"));
      }
    }
    at_ = 0;
    return absl::OkStatus();
  }

 private:
  const std::string name_;
  const std::vector<std::unique_ptr<std::ifstream>> owned_;
  const std::optional<int64_t> size_;
  std::vector<Part> parts_;
  size_t at_ = 0;
};

class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string_view bytes) : bytes_(bytes) {}

  const std::string& name() const override { return name_; }
  std::optional<int64_t> size() const override { return static_cast<int64_t>(bytes_.size()); }
  absl::Status Read(int64_t most, std::string* chunk) override {
    *chunk = std::string(bytes_.substr(at_, static_cast<size_t>(most)));
    at_ += chunk->size();
    return absl::OkStatus();
  }
  absl::Status Rewind() override {
    at_ = 0;
    return absl::OkStatus();
  }

 private:
  const std::string name_ = "the bytes";
  const std::string_view bytes_;
  size_t at_ = 0;
};

absl::StatusOr<std::unique_ptr<std::ifstream>> Open(const std::filesystem::path& file) {
  // A folder can be opened like a file; only reading it would fail.
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(file.string(), ": is a directory"));
  }
  errno = 0;
  auto stream = std::make_unique<std::ifstream>(file, std::ios::binary);
  if (!*stream) return absl::ErrnoToStatus(errno != 0 ? errno : EIO, file.string());
  return stream;
}

// All files together; nothing where one has no size, as pipes have none.
std::optional<int64_t> SizeOf(const std::vector<std::filesystem::path>& files) {
  int64_t total = 0;
  for (const std::filesystem::path& file : files) {
    std::error_code error;
    const uintmax_t size = std::filesystem::file_size(file, error);
    if (error) return std::nullopt;
    total += static_cast<int64_t>(size);
  }
  return total;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFiles(
    const std::vector<std::filesystem::path>& files) {
  std::vector<std::unique_ptr<std::ifstream>> owned;
  std::vector<std::istream*> streams;
  std::vector<std::string> names;
  for (const std::filesystem::path& file : files) {
    absl::StatusOr<std::unique_ptr<std::ifstream>> stream = Open(file);
    if (!stream.ok()) return stream.status();
    streams.push_back(stream->get());
    owned.push_back(*std::move(stream));
    names.push_back(file.string());
  }
  return std::make_unique<Streams>(absl::StrJoin(names, " and "), std::move(owned), streams,
                                   SizeOf(files));
}

std::unique_ptr<ByteSource> BytesOf(std::istream& stream) {
  return std::make_unique<Streams>("the stream", std::vector<std::unique_ptr<std::ifstream>>(),
                                   std::vector<std::istream*>{&stream}, std::nullopt);
}

std::unique_ptr<ByteSource> BytesOf(std::string_view bytes) {
  return std::make_unique<StringSource>(bytes);
}

}  // namespace fnn::internal
