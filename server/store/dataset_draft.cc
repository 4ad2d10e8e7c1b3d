#include "server/store/dataset_draft.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/storage/file_storage.h"
#include "server/store/names.h"
#include "server/store/quarantine.h"
#include "server/store/stored_table.h"

namespace fnn::server {

DatasetDraft::DatasetDraft(FileSystem* files, int64_t max_bytes, Reservation memory)
    : files_(files), max_bytes_(max_bytes), uid_(MakeUid()), memory_(std::move(memory)) {}

DatasetDraft::~DatasetDraft() {
  if (begun_ && !kept_) RemoveFile(files_, TablePath(uid_));
}

absl::Status DatasetDraft::Account() {
  return memory_.Resize((reading_ + scratch_ + values_).value());
}

absl::Status DatasetDraft::Reserve(int64_t bytes) {
  reading_ = std::max(reading_.value(), bytes);
  return Account();
}

absl::StatusOr<std::unique_ptr<core::StorageWriter>> DatasetDraft::Scratch(int64_t bytes) {
  if (files_->in_memory()) scratch_ = scratch_ + bytes;
  if (absl::Status status = Account(); !status.ok()) return status;
  return NewScratchStorage(files_, absl::StrCat(TablePath(uid_), "-", scratches_++));
}

absl::StatusOr<core::TableWriter> DatasetDraft::Begin(std::vector<std::string> names,
                                                      core::ElementType type, int64_t rows) {
  if (files_->in_memory()) {
    values_ =
        core::SaturatingSize(rows) * static_cast<int64_t>(names.size()) * core::ElementSize(type);
  }
  if (absl::Status status = Account(); !status.ok()) return status;
  begun_ = true;
  absl::StatusOr<std::unique_ptr<core::StorageWriter>> values =
      NewCheckedStorage(files_, TablePath(uid_), FileKind::kTable);
  if (!values.ok()) return values.status();
  return core::TableWriter(*std::move(values), std::move(names), type);
}

}  // namespace fnn::server
