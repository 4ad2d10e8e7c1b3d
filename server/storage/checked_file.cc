#include "server/storage/checked_file.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace fnn::server {

CheckedFileWriter::CheckedFileWriter(FileSystem* fs, absl::string_view path, FileKind kind)
    : fs_(fs), path_(path), temporary_(absl::StrCat(path, kTemporarySuffix)), kind_(kind) {}

absl::StatusOr<std::unique_ptr<CheckedFileWriter>> CheckedFileWriter::Create(FileSystem* fs,
                                                                             absl::string_view path,
                                                                             FileKind kind) {
  auto writer = std::unique_ptr<CheckedFileWriter>(new CheckedFileWriter(fs, path, kind));
  absl::StatusOr<std::unique_ptr<WritableFile>> file = fs->Create(writer->temporary_);
  if (!file.ok()) return file.status();
  writer->file_ = *std::move(file);
  // In the place of the header, whose length and checksum are known at the end.
  writer->buffer_.resize(FileHeader::kSize);
  return writer;
}

CheckedFileWriter::~CheckedFileWriter() {
  if (file_ == nullptr || renamed_) return;
  file_.reset();
  // What stays because this fails is removed when its directory is opened again (quarantine.h).
  fs_->Remove(temporary_).IgnoreError();
}

absl::Status CheckedFileWriter::Append(std::span<const std::byte> bytes) {
  digester_.Update(bytes);
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBuffer) {
    if (absl::Status status = Flush(); !status.ok()) return status;
  }
  if (bytes.size() >= kBuffer) return file_->Append(bytes);
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return absl::OkStatus();
}

absl::Status CheckedFileWriter::Flush() {
  if (absl::Status status = file_->Append(buffer_); !status.ok()) return status;
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status CheckedFileWriter::Commit() {
  if (absl::Status status = Flush(); !status.ok()) return status;
  const auto header = EncodeFileHeader({kind_, size_, digester_.Finish()});
  if (absl::Status status = file_->Overwrite(0, header); !status.ok()) return status;
  // Before the rename: a name must never stand for bytes that may yet be lost.
  if (absl::Status status = file_->Sync(); !status.ok()) return status;
  if (absl::Status status = file_->Close(); !status.ok()) return status;
  if (absl::Status status = fs_->Rename(temporary_, path_); !status.ok()) return status;
  renamed_ = true;
  return fs_->SyncDirectory(DirectoryOf(path_));
}

namespace {

// The header of `file`, which is as long as that says.
absl::StatusOr<FileHeader> ReadFrame(const ReadableFile& file, absl::string_view path,
                                     FileKind kind) {
  std::array<std::byte, FileHeader::kSize> bytes{};
  const absl::StatusOr<size_t> filled = file.ReadAt(0, bytes);
  if (!filled.ok()) return filled.status();
  absl::StatusOr<FileHeader> header = DecodeFileHeader(std::span(bytes).first(*filled), kind, path);
  if (!header.ok()) return header.status();
  const absl::StatusOr<uint64_t> size = file.size();
  if (!size.ok()) return size.status();
  const uint64_t length = *size - FileHeader::kSize;
  if (length == header->length) return header;
  return FileDamaged(length < header->length ? FileDamage::kTruncated : FileDamage::kCorrupt, path,
                     absl::StrCat("has ", length, " bytes of ", header->length));
}

}  // namespace

absl::Status CheckFileFrame(const FileSystem& fs, absl::string_view path, FileKind kind) {
  const absl::StatusOr<std::unique_ptr<ReadableFile>> file = fs.Open(path);
  if (!file.ok()) return file.status();
  return ReadFrame(**file, path, kind).status();
}

absl::StatusOr<std::unique_ptr<CheckedFileReader>> CheckedFileReader::Open(FileSystem* fs,
                                                                           absl::string_view path,
                                                                           FileKind kind) {
  absl::StatusOr<std::unique_ptr<ReadableFile>> file = fs->Open(path);
  if (!file.ok()) return file.status();
  const absl::StatusOr<FileHeader> header = ReadFrame(**file, path, kind);
  if (!header.ok()) return header.status();
  auto reader =
      std::unique_ptr<CheckedFileReader>(new CheckedFileReader(*std::move(file), header->length));
  std::vector<std::byte> buffer(size_t{1} << 18);
  core::Digester digester;
  while (true) {
    const absl::StatusOr<size_t> read = reader->Read(buffer);
    if (!read.ok()) return read.status();
    if (*read == 0) break;
    digester.Update(std::span(buffer).first(*read));
  }
  if (reader->position_ != reader->size_ || digester.Finish() != header->checksum) {
    return FileDamaged(FileDamage::kCorrupt, path, "is not as it was written");
  }
  reader->position_ = 0;
  return reader;
}

absl::StatusOr<size_t> CheckedFileReader::Read(std::span<std::byte> out) {
  const auto part = out.first(std::min<uint64_t>(out.size(), size_ - position_));
  const absl::StatusOr<size_t> read = file_->ReadAt(FileHeader::kSize + position_, part);
  if (read.ok()) position_ += *read;
  return read;
}

absl::StatusOr<std::unique_ptr<core::ByteSource>> CheckedFileReader::Clone() const {
  auto clone = std::unique_ptr<CheckedFileReader>(new CheckedFileReader(file_, size_));
  clone->position_ = position_;
  return clone;
}

}  // namespace fnn::server
