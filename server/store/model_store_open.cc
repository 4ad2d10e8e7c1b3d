// Opening: from the catalogue and the files to the maps in memory.

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/storage/checked_file.h"
#include "server/store/model_store.h"
#include "server/store/quarantine.h"
#include "server/store/record.h"

namespace fnn::server {

std::string ModelVersionKey(absl::string_view model_uid, int64_t number) {
  return absl::StrCat(model_uid, "/", number);
}

std::string ModelFilePath(absl::string_view file) { return absl::StrCat(kModelFolder, "/", file); }

absl::StatusOr<std::unique_ptr<ModelStore>> ModelStore::Open(Options options, Catalogue* catalogue,
                                                             FileSystem* files,
                                                             MemoryBudget* budget) {
  std::unique_ptr<ModelStore> store(new ModelStore(options, catalogue, files, budget));
  if (absl::Status status = store->Load(); !status.ok()) return status;
  if (absl::Status status = store->CheckFiles(); !status.ok()) return status;
  return store;
}

absl::Status ModelStore::Load() {
  absl::Status status = catalogue_->ForEachRecord(
      RecordKind::kModel,
      [this](absl::string_view key, absl::string_view bytes) { return LoadModel(key, bytes); });
  if (!status.ok()) return status;
  std::map<std::string, std::string> names;  // By uid.
  {
    MutexLock lock(mutex_);
    for (const auto& [name, entry] : models_) names.emplace(entry.record->model().uid(), name);
  }
  status = catalogue_->ForEachRecord(RecordKind::kModelVersion,
                                     [&](absl::string_view key, absl::string_view bytes) {
                                       return LoadVersion(key, bytes, names);
                                     });
  if (!status.ok()) return status;
  MutexLock lock(mutex_);
  for (auto& [name, entry] : models_) entry.best = Best(entry.versions);
  return absl::OkStatus();
}

absl::Status ModelStore::LoadModel(absl::string_view key, absl::string_view bytes) {
  auto record = std::make_shared<storage::v1::ModelRecord>();
  if (absl::Status status = ParseRecord(RecordKind::kModel, key, bytes, *record); !status.ok()) {
    return status;
  }
  absl::StatusOr<Reservation> memory = budget_->Reserve(RecordBytes(*record));
  if (!memory.ok()) return memory.status();
  const std::string name = record->model().name();
  MutexLock lock(mutex_);
  const bool added =
      models_.emplace(name, Entry{.record = std::move(record), .memory = *std::move(memory)})
          .second;
  return added ? absl::OkStatus() : RecordDamaged(RecordKind::kModel, key);
}

absl::Status ModelStore::LoadVersion(absl::string_view key, absl::string_view bytes,
                                     const std::map<std::string, std::string>& names) {
  constexpr RecordKind kKind = RecordKind::kModelVersion;
  storage::v1::ModelVersionRecord record;
  if (absl::Status status = ParseRecord(kKind, key, bytes, record); !status.ok()) return status;
  const auto name = names.find(record.model_uid());
  if (name == names.end()) return RecordDamaged(kKind, key);
  auto message = std::make_shared<v1::ModelVersion>(std::move(*record.mutable_version()));
  absl::StatusOr<Reservation> memory =
      budget_->Reserve(RecordBytes(*message) + (files_->in_memory() ? message->size_bytes() : 0));
  if (!memory.ok()) return memory.status();
  MutexLock lock(mutex_);
  Versions& versions = models_.at(name->second).versions;
  const bool added = versions
                         .emplace(record.number(), Version{.message = std::move(message),
                                                           .file = record.file(),
                                                           .memory = *std::move(memory)})
                         .second;
  return added ? absl::OkStatus() : RecordDamaged(kKind, key);
}

// Only the beginning and the length of each file are looked at, so that a server with thousands
// starts at once; the rest is verified when the version is used first.
absl::Status ModelStore::CheckFiles() {
  std::set<std::string> named;
  MutexLock lock(mutex_);  // Nobody else has the store yet.
  for (auto& [name, entry] : models_) {
    for (auto& [number, version] : entry.versions) {
      named.insert(version.file);
      const std::string path = ModelFilePath(version.file);
      const absl::Status status = JudgeDamage(*files_, path, version.message->name(),
                                              CheckFileFrame(*files_, path, FileKind::kParameters));
      if (status.ok()) continue;
      if (!absl::IsDataLoss(status)) return status;
      QuarantineFile(files_, path);
      version.damage = status;
    }
  }
  return OpenDirectory(files_, kModelFolder,
                       [&](absl::string_view file) { return named.contains(std::string(file)); });
}

}  // namespace fnn::server
