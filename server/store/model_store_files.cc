// The files of versions: writing, reading, and what becomes of damaged ones.

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/storage/checked_file.h"
#include "server/store/model_file.h"
#include "server/store/model_store.h"
#include "server/store/quarantine.h"

namespace fnn::server {

absl::Status ModelStore::WriteFile(const std::string& file, ModelFilePayload& payload) {
  absl::StatusOr<std::unique_ptr<CheckedFileWriter>> writer =
      CheckedFileWriter::Create(files_, ModelFilePath(file), FileKind::kParameters);
  if (!writer.ok()) return writer.status();
  if (absl::Status status = payload.WriteTo(**writer); !status.ok()) return status;
  return (*writer)->Commit();
}

absl::StatusOr<std::shared_ptr<const ModelVersion>> ModelStore::LoadNetwork(const Found& found) {
  const auto load = [&]() -> absl::StatusOr<VersionCache::Loaded> {
    absl::StatusOr<std::unique_ptr<CheckedFileReader>> reader =
        CheckedFileReader::Open(files_, ModelFilePath(found.file), FileKind::kParameters);
    if (!reader.ok()) return reader.status();
    absl::StatusOr<ModelFile> file =
        ReadModelFile(**reader, (*reader)->size(), core::FieldPath(ModelFilePath(found.file)),
                      [this](int64_t bytes) { return budget_->Reserve(bytes); });
    if (absl::IsInvalidArgument(file.status())) {  // Whole, but not what this server understands.
      return FileDamaged(FileDamage::kForeign, ModelFilePath(found.file), file.status().message());
    }
    if (!file.ok()) return file.status();
    return VersionCache::Loaded{ModelVersion{*found.view.message, std::move(file->network)},
                                std::move(file->memory)};
  };
  absl::StatusOr<std::shared_ptr<const ModelVersion>> version = cache_.FindOrLoad(found.file, load);
  if (absl::IsDataLoss(version.status()) || absl::IsNotFound(version.status())) {
    return Quarantine(found, version.status());
  }
  return version;
}

absl::Status ModelStore::Quarantine(const Found& found, const absl::Status& damage) {
  const absl::string_view name = found.view.message->name();
  const std::string model(name.substr(0, name.find("/versions/")));
  const std::string path = ModelFilePath(found.file);
  {
    MutexLock lock(mutex_);
    const Version* version = FindFile(model, found.view.number, found.file);
    if (version == nullptr) return core::NotFound("fnn.v1.ModelVersion", name);  // Deleted since.
    if (!version->damage.ok()) return version->damage;  // Another reader was first.
  }
  const absl::Status lost = JudgeDamage(*files_, path, name, damage);
  if (!absl::IsDataLoss(lost)) return lost;
  QuarantineFile(files_, path);
  MutexLock lock(mutex_);
  if (Version* version = FindFile(model, found.view.number, found.file)) version->damage = lost;
  return lost;
}

ModelStore::Version* ModelStore::FindFile(const std::string& model, int64_t number,
                                          const std::string& file) {
  const auto entry = models_.find(model);
  if (entry == models_.end()) return nullptr;
  const auto version = entry->second.versions.find(number);
  if (version == entry->second.versions.end() || version->second.file != file) return nullptr;
  return &version->second;
}

void ModelStore::RemoveFile(const std::string& file) {
  cache_.Erase(file);
  server::RemoveFile(files_, ModelFilePath(file));
}

}  // namespace fnn::server
