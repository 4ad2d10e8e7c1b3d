#include "core/data/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace fnn::core {
namespace {

constexpr size_t kMostMembers = 65'536;

absl::Status Damaged(const FieldPath& path, absl::string_view why) {
  return InvalidField(
      path, "BAD_ZIP",
      absl::StrCat("the zip archive can't be read: ", why, "; make and send it again"));
}

// libzip describes every member in memory before it can be asked how many there are. Each has an
// entry that begins so; bytes that look like one by chance are too rare to matter.
bool HasTooManyMembers(absl::string_view bytes) {
  constexpr absl::string_view kEntry = "PK\1\2";
  size_t count = 0;
  for (size_t at = bytes.find(kEntry); at != absl::string_view::npos;
       at = bytes.find(kEntry, at + kEntry.size())) {
    if (++count > kMostMembers) return true;
  }
  return false;
}

// What a member holds, decompressed by libzip as it is read.
class MemberSource final : public ByteSource {
 public:
  MemberSource(std::shared_ptr<zip> archive, size_t place, FieldPath path)
      : archive_(std::move(archive)), place_(place), path_(std::move(path)) {}
  ~MemberSource() override {
    if (file_ != nullptr) zip_fclose(file_);
  }
  MemberSource(const MemberSource&) = delete;
  MemberSource& operator=(const MemberSource&) = delete;

  absl::Status Open() {
    file_ = zip_fopen_index(archive_.get(), place_, 0);
    return file_ != nullptr ? absl::OkStatus() : Damaged(path_, zip_strerror(archive_.get()));
  }

  absl::StatusOr<size_t> Read(std::span<std::byte> out) override {
    size_t filled = 0;
    while (filled < out.size()) {
      const zip_int64_t size = zip_fread(file_, out.data() + filled, out.size() - filled);
      if (size < 0) return Damaged(path_, zip_error_strerror(zip_file_get_error(file_)));
      if (size == 0) break;
      filled += static_cast<size_t>(size);
    }
    read_ += filled;
    return filled;
  }

  // libzip can't copy a reader: this one reads what was read before again. So it is for the
  // beginnings of members.
  absl::StatusOr<std::unique_ptr<ByteSource>> Clone() const override {
    auto clone = std::make_unique<MemberSource>(archive_, place_, path_);
    if (absl::Status status = clone->Open(); !status.ok()) return status;
    std::array<std::byte, 4096> passed;
    while (clone->read_ < read_) {
      const size_t part = std::min<size_t>(passed.size(), read_ - clone->read_);
      const absl::StatusOr<size_t> size = clone->Read(std::span(passed).first(part));
      if (!size.ok()) return size.status();
      if (*size < part) return Damaged(path_, "a member became shorter");
    }
    return clone;
  }

 private:
  const std::shared_ptr<zip> archive_;
  const size_t place_;
  const FieldPath path_;
  zip_file_t* file_ = nullptr;
  size_t read_ = 0;
};

}  // namespace

bool IsZip(absl::string_view bytes) {
  // With a member, and without any.
  return absl::StartsWith(bytes, "PK\3\4") || absl::StartsWith(bytes, "PK\5\6");
}

absl::StatusOr<ZipArchive> ZipArchive::Open(absl::string_view bytes, const FieldPath& path) {
  if (HasTooManyMembers(bytes)) {
    return InvalidField(path, "TOO_MANY_ARRAYS",
                        absl::StrCat("a zip archive may have at most ", kMostMembers, " members"));
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  const std::string why = archive == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (archive == nullptr) {
    zip_source_free(source);
    return Damaged(path, why);
  }
  return ZipArchive(std::shared_ptr<zip>(archive, &zip_discard), path);
}

ZipArchive::ZipArchive(std::shared_ptr<zip> zip, FieldPath path)
    : zip_(std::move(zip)), path_(std::move(path)) {
  const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    names_.emplace_back(name == nullptr ? "" : name);
  }
}

absl::StatusOr<std::unique_ptr<ByteSource>> ZipArchive::Member(size_t place) const {
  zip_stat_t stat;
  if (zip_stat_index(zip_.get(), place, 0, &stat) != 0) {
    return Damaged(path_, zip_strerror(zip_.get()));
  }
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    return InvalidField(path_, "UNSUPPORTED_COMPRESSION",
                        absl::StrCat("a member of the zip archive is compressed by method ",
                                     stat.comp_method, "; save it with numpy.savez_compressed"));
  }
  if (stat.encryption_method != ZIP_EM_NONE) {
    return InvalidField(path_, "UNSUPPORTED_COMPRESSION",
                        "a member of the zip archive is encrypted; send it as it is");
  }
  auto member = std::make_unique<MemberSource>(zip_, place, path_);
  if (absl::Status status = member->Open(); !status.ok()) return status;
  return member;
}

}  // namespace fnn::core
