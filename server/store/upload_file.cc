#include "server/store/upload_file.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/timestamp.h"
#include "server/storage/file_header.h"
#include "server/store/quarantine.h"

namespace fnn::server {
namespace {

// Bytes read at once.
constexpr int64_t kBlock = int64_t{1} << 18;

// The place of byte `at` in the file.
uint64_t PlaceOf(int64_t at) { return FileHeader::kSize + static_cast<uint64_t>(at); }

}  // namespace

UploadFile::UploadFile(Catalogue* catalogue, FileSystem* files, std::string uid,
                       storage::v1::UploadRecord record, bool fresh)
    : catalogue_(catalogue),
      files_(files),
      uid_(std::move(uid)),
      path_(absl::StrCat(kUploadDirectory, "/", uid_)),
      record_(std::move(record)),
      received_(record_.upload().received_bytes()),
      verified_(fresh || record_.upload().finished()),
      named_(received_ > 0) {}

void UploadFile::SetExpireTime(absl::Time time) {
  *record_.mutable_upload()->mutable_expire_time() = ToTimestamp(time);
}

absl::Status UploadFile::Ready() {
  if (!damage_.ok()) return damage_;
  if (verified_) return absl::OkStatus();
  const absl::Status found = Verify();
  absl::Status judged = JudgeDamage(*files_, path_, upload().name(), found);
  if (absl::IsDataLoss(judged)) {
    QuarantineFile(files_, path_);
    damage_ = judged;
  }
  return judged;
}

absl::Status UploadFile::Verify() {
  const int64_t durable = upload().received_bytes();
  Checksum checksum;
  if (durable > 0) {
    const absl::StatusOr<std::unique_ptr<ReadableFile>> file = files_->Open(path_);
    if (!file.ok()) return file.status();
    std::vector<std::byte> block(static_cast<size_t>(kBlock));
    const absl::StatusOr<size_t> head =
        (*file)->ReadAt(0, std::span(block).first(FileHeader::kSize));
    if (!head.ok()) return head.status();
    const absl::StatusOr<FileHeader> header =
        DecodeFileHeader(std::span(block).first(*head), FileKind::kUpload, path_);
    if (!header.ok()) return header.status();
    for (int64_t at = 0; at < durable;) {
      const auto part = std::span(block).first(static_cast<size_t>(std::min(kBlock, durable - at)));
      const absl::StatusOr<size_t> read = (*file)->ReadAt(PlaceOf(at), part);
      if (!read.ok()) return read.status();
      checksum.Update(part.first(*read));
      at += static_cast<int64_t>(*read);
      if (*read < part.size()) {
        return FileDamaged(FileDamage::kTruncated, path_,
                           absl::StrCat("has ", at, " bytes of ", durable));
      }
    }
    if (checksum.value() != upload().received_checksum()) {
      return FileDamaged(FileDamage::kCorrupt, path_, "is not as it was written");
    }
    if (absl::Status status = OpenAtEnd(); !status.ok()) return status;
  }
  checksum_ = std::move(checksum);
  verified_ = true;
  return absl::OkStatus();
}

// Without what the file has behind the end: nobody was told of it.
absl::Status UploadFile::OpenAtEnd() {
  absl::StatusOr<std::unique_ptr<WritableFile>> file = files_->OpenForAppend(path_);
  if (!file.ok()) return file.status();
  const uint64_t end = PlaceOf(received_);
  if ((*file)->size() < end) {
    return FileDamaged(FileDamage::kTruncated, path_, "became shorter");
  }
  if (absl::Status status = (*file)->Truncate(end); !status.ok()) return status;
  file_ = *std::move(file);
  return absl::OkStatus();
}

absl::Status UploadFile::Append(absl::string_view data) {
  absl::Status status;
  if (file_ == nullptr && received_ > 0) {
    if (status = OpenAtEnd(); !status.ok()) return status;
  } else if (file_ == nullptr) {
    absl::StatusOr<std::unique_ptr<WritableFile>> file = files_->Create(path_);
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
    named_ = false;
    status = file_->Append(EncodeFileHeader({.kind = FileKind::kUpload}));
  }
  if (status.ok()) status = file_->Append(data);
  if (status.ok()) {
    checksum_.Update(std::as_bytes(std::span(data.data(), data.size())));
    received_ += static_cast<int64_t>(data.size());
    return absl::OkStatus();
  }
  // A part of it may be there; the next Append cuts it off.
  Close();
  return status;
}

absl::Status UploadFile::Sync() {
  if (received_ == upload().received_bytes()) return absl::OkStatus();
  if (file_ == nullptr) {
    if (absl::Status status = OpenAtEnd(); !status.ok()) return status;
  }
  if (absl::Status status = file_->Sync(); !status.ok()) {
    Rewind();  // The system may have dropped what it could not write.
    return status;
  }
  if (!named_) {
    if (absl::Status status = files_->SyncDirectory(kUploadDirectory); !status.ok()) return status;
    named_ = true;
  }
  storage::v1::UploadRecord record = record_;
  record.mutable_upload()->set_received_bytes(received_);
  record.mutable_upload()->set_received_checksum(checksum_.value());
  CatalogueBatch batch;
  batch.Put(RecordKind::kUpload, uid_, record.SerializeAsString());
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
  record_ = std::move(record);
  return absl::OkStatus();
}

void UploadFile::Rewind() {
  Close();
  received_ = upload().received_bytes();
  verified_ = false;
}

absl::StatusOr<core::Storage> UploadFile::Map() const {
  if (received_ == 0) return core::Storage();
  const absl::StatusOr<core::Storage> file = files_->Map(path_);
  if (!file.ok()) return file.status();
  if (file->bytes().size() < PlaceOf(received_)) {
    return FileDamaged(FileDamage::kTruncated, path_, "became shorter");
  }
  return file->After(FileHeader::kSize);
}

void UploadFile::AddEnd(const v1::Dataset& dataset, absl::Time expires, CatalogueBatch& batch) {
  end_ = record_;
  v1::Upload& upload = *end_.mutable_upload();
  upload.set_received_bytes(received_);
  upload.set_received_checksum(checksum_.value());
  upload.set_finished(true);
  *upload.mutable_expire_time() = ToTimestamp(expires);
  end_.set_dataset_uid(dataset.uid());
  batch.Put(RecordKind::kUpload, uid_, end_.SerializeAsString());
}

void UploadFile::Finished() {
  record_ = std::move(end_);
  Close();
  RemoveFile(files_, path_);
}

absl::Status UploadFile::Delete() {
  CatalogueBatch batch;
  batch.Delete(RecordKind::kUpload, uid_);
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
  Close();
  RemoveFile(files_, path_);
  return absl::OkStatus();
}

}  // namespace fnn::server
