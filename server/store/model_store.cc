#include "server/store/model_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/base/timestamp.h"
#include "server/store/model_file.h"
#include "server/store/record.h"

namespace fnn::server {
namespace {

constexpr int kMostAliases = 100;

int64_t Width(const v1::Network& network) {
  return network.inputs_size() == 1 && network.inputs(0).shape_size() == 1
             ? network.inputs(0).shape(0)
             : 0;
}

}  // namespace

// What is cached gives way to all else that the budget is for.
ModelStore::ModelStore(Options options, Catalogue* catalogue, FileSystem* files,
                       MemoryBudget* budget)
    : catalogue_(catalogue), files_(files), budget_(budget), cache_(options.cache_bytes) {
  budget_->SetReclaim([this] { return cache_.Reclaim(); });
}

ModelStore::~ModelStore() { budget_->SetReclaim(nullptr); }

// ---- Changing -----------------------------------------------------------------------------------

absl::StatusOr<PinnedModel> ModelStore::Create(const NewModel& model) {
  return Create(model, [](const v1::Model&, CatalogueBatch&) {});
}

storage::v1::ModelRecord ModelStore::MakeRecord(const NewModel& model) {
  storage::v1::ModelRecord record;
  v1::Model& message = *record.mutable_model();
  message.set_name(MakeName(Collection::kModels, model.id.empty() ? MakeId("model") : model.id));
  message.set_uid(MakeUid());
  *message.mutable_network() = model.network;
  message.set_parameter_count(model.parameter_count);
  message.set_description(model.description);
  *message.mutable_labels() = model.labels;
  *message.mutable_create_time() = CurrentTimestamp();
  return record;
}

absl::StatusOr<PinnedModel> ModelStore::Create(const NewModel& model, WithModel also) {
  storage::v1::ModelRecord record = MakeRecord(model);
  const std::string name = record.model().name();
  const KeyedLock changing(changing_, name);
  if (absl::Status status = CheckFree(name); !status.ok()) return status;
  CatalogueBatch batch;
  also(record.model(), batch);
  ModelPin pin;
  absl::StatusOr<v1::Model> made = Replace(name, std::move(record), std::move(batch),
                                           [&pin](Entry& entry) { pin = entry.pins; });
  if (!made.ok()) return made.status();
  return PinnedModel{*std::move(made), std::move(pin)};
}

absl::StatusOr<v1::Model> ModelStore::Replace(const std::string& name,
                                              storage::v1::ModelRecord record, CatalogueBatch batch,
                                              absl::FunctionRef<void(Entry&)> apply) {
  record.set_revision(record.revision() + 1);
  *record.mutable_model()->mutable_update_time() = CurrentTimestamp();
  Reservation memory;
  if (absl::Status status = budget_->Resize(RecordBytes(record), memory); !status.ok())
    return status;
  batch.Put(RecordKind::kModel, record.model().uid(), record.SerializeAsString());
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
  auto shared = std::make_shared<const storage::v1::ModelRecord>(std::move(record));
  ModelView view;
  {
    MutexLock lock(mutex_);
    Entry& entry = models_[name];
    entry.record.swap(shared);
    std::swap(entry.memory, memory);
    apply(entry);
    view = View(entry);
  }
  return Message(view);
}

absl::StatusOr<v1::Model> ModelStore::Update(const std::string& name, const ModelUpdate& update) {
  const KeyedLock changing(changing_, name);
  const absl::StatusOr<ModelView> view = FindView(name);
  if (!view.ok()) return view.status();
  const std::string etag = Message(*view).etag();
  if (!update.etag.empty() && update.etag != etag) {
    return core::MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                           absl::StrCat(name, " has changed since: its etag is ", core::Echo(etag),
                                        ", not ", core::Echo(update.etag), "; read it again"));
  }
  storage::v1::ModelRecord record = *view->record;
  if (update.description.has_value()) record.mutable_model()->set_description(*update.description);
  if (update.labels.has_value()) *record.mutable_model()->mutable_labels() = *update.labels;
  return Replace(name, std::move(record), {}, [](Entry&) {});
}

absl::StatusOr<DeletedModel> ModelStore::Delete(const std::string& name) {
  const KeyedLock changing(changing_, name);
  DeletedModel deleted;
  std::vector<std::string> files;
  CatalogueBatch batch;
  {
    MutexLock lock(mutex_);
    const Entry* entry = FindEntry(name);
    if (entry == nullptr) return ModelNotFound(name);
    // Pins are made while the model's key is held, so a count of one can't grow meanwhile.
    if (entry->pins.use_count() > 1) {
      return core::MakeError(absl::StatusCode::kFailedPrecondition, "MODEL_IN_USE",
                             absl::StrCat("a run trains ", name,
                                          " or starts from it; cancel the run or wait for its "
                                          "end, then delete"));
    }
    const std::string& uid = entry->record->model().uid();
    batch.Delete(RecordKind::kModel, uid);
    for (const auto& [number, version] : entry->versions) {
      batch.Delete(RecordKind::kModelVersion, ModelVersionKey(uid, number));
      files.push_back(version.file);
    }
    deleted.versions = static_cast<int64_t>(files.size());
    for (const auto& [alias, number] : entry->record->model().aliases()) {
      deleted.aliases.push_back(alias);
    }
  }
  std::sort(deleted.aliases.begin(), deleted.aliases.end());
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
  std::map<std::string, Entry>::node_type dropped;  // Destroyed after the lock is left.
  {
    MutexLock lock(mutex_);
    dropped = models_.extract(name);
  }
  for (const std::string& file : files) RemoveFile(file);
  return deleted;
}

absl::StatusOr<v1::ModelVersion> ModelStore::Publish(const std::string& model, NewVersion version) {
  return Publish(model, std::move(version), [](const v1::ModelVersion&, CatalogueBatch&) {});
}

absl::StatusOr<v1::ModelVersion> ModelStore::Publish(const std::string& model, NewVersion version,
                                                     WithVersion also) {
  const KeyedLock changing(changing_, model);
  absl::StatusOr<std::shared_ptr<const storage::v1::ModelRecord>> old = RecordOf(model);
  if (!old.ok()) return old.status();
  return Add(**old, std::move(version), also);
}

absl::StatusOr<v1::ModelVersion> ModelStore::PublishNew(const NewModel& model, NewVersion version,
                                                        WithVersion also) {
  storage::v1::ModelRecord record = MakeRecord(model);
  const KeyedLock changing(changing_, record.model().name());
  if (absl::Status status = CheckFree(record.model().name()); !status.ok()) return status;
  return Add(std::move(record), std::move(version), also);
}

absl::StatusOr<v1::ModelVersion> ModelStore::Add(storage::v1::ModelRecord record,
                                                 NewVersion version, WithVersion also) {
  const std::string model = record.model().name();
  const core::Plan& plan = version.network.plan();
  if (const int64_t width = Width(record.model().network());
      width != 0 && width != plan.input_width()) {
    return core::MakeError(
        absl::StatusCode::kFailedPrecondition, "MODEL_CHANGED",
        absl::StrCat("another run has made the model's input ", width, " wide, this one trained ",
                     plan.input_width(), " features"));
  }
  if (record.last_version() == 0) {
    *record.mutable_model()->mutable_network() = plan.network();
    record.mutable_model()->set_parameter_count(plan.parameter_count());
  }
  const int64_t number = record.last_version() + 1;
  record.set_last_version(number);

  storage::v1::ModelVersionRecord stored;
  stored.set_model_uid(record.model().uid());
  stored.set_number(number);
  stored.set_file(MakeUid());
  v1::ModelVersion& message = *stored.mutable_version();
  message.set_name(MakeVersionName(model, number));
  if (version.provenance.imported_from().empty()) message.set_run(version.provenance.run());
  *message.mutable_epoch() = std::move(version.epoch);
  *message.mutable_create_time() = CurrentTimestamp();
  *message.mutable_provenance() = std::move(version.provenance);
  message.set_size_bytes(plan.parameter_count() * static_cast<int64_t>(sizeof(float)));

  ModelFilePayload payload(message, version.network);
  // Where files are memory, the version's goes to its file: the network can be read from there.
  const bool in_memory = files_->in_memory();
  Reservation kept = in_memory ? std::move(version.memory) : Reservation();
  const int64_t bytes =
      RecordBytes(message) + (in_memory ? static_cast<int64_t>(payload.size()) : 0);
  if (absl::Status status = budget_->Resize(bytes, kept); !status.ok()) return status;
  if (absl::Status status = WriteFile(stored.file(), payload); !status.ok()) return status;

  CatalogueBatch batch;
  batch.Put(RecordKind::kModelVersion, ModelVersionKey(stored.model_uid(), number),
            stored.SerializeAsString());
  also(message, batch);
  const auto shared = std::make_shared<const v1::ModelVersion>(message);
  VersionView view;
  const absl::StatusOr<v1::Model> replaced =
      Replace(model, std::move(record), std::move(batch), [&](Entry& entry) {
        const auto it = entry.versions.emplace(
            number, Version{.message = shared, .file = stored.file(), .memory = std::move(kept)});
        entry.best = Best(entry.versions);
        view = View(entry, number, it.first->second);
      });
  if (!replaced.ok()) {
    RemoveFile(stored.file());
    return replaced.status();
  }
  // It is likely to be used next; but nothing fails where there is no room for it.
  if (budget_->Resize(version.network.memory_bytes(), version.memory).ok()) {
    cache_.Insert(stored.file(),
                  {ModelVersion{*shared, std::move(version.network)}, std::move(version.memory)});
  }
  return Message(view);
}

absl::Status ModelStore::DeleteVersion(const std::string& model, int64_t version) {
  const KeyedLock changing(changing_, model);
  storage::v1::ModelRecord record;
  std::string file;
  {
    MutexLock lock(mutex_);
    const Entry* entry = FindEntry(model);
    if (entry == nullptr) return ModelNotFound(model);
    const auto it = entry->versions.find(version);
    if (it == entry->versions.end()) return VersionNotFound(model, version);
    record = *entry->record;
    for (const auto& [alias, number] : record.model().aliases()) {
      if (number == version) {
        return core::MakeError(absl::StatusCode::kFailedPrecondition, "VERSION_HAS_ALIAS",
                               absl::StrCat(MakeVersionName(model, version), " is what the alias ",
                                            alias, " stands for; set or delete the alias first"));
      }
    }
    if (it->second.pins.use_count() > 1) {  // As in Delete.
      return core::MakeError(absl::StatusCode::kFailedPrecondition, "VERSION_IN_USE",
                             absl::StrCat("a run starts from ", MakeVersionName(model, version),
                                          "; cancel the run or wait for its end, then delete"));
    }
    file = it->second.file;
  }
  CatalogueBatch batch;
  batch.Delete(RecordKind::kModelVersion, ModelVersionKey(record.model().uid(), version));
  Versions::node_type dropped;
  absl::StatusOr<v1::Model> replaced =
      Replace(model, std::move(record), std::move(batch), [&](Entry& entry) {
        dropped = entry.versions.extract(version);
        entry.best = Best(entry.versions);
      });
  if (!replaced.ok()) return replaced.status();
  RemoveFile(file);
  return absl::OkStatus();
}

absl::StatusOr<v1::Model> ModelStore::SetAlias(const std::string& model, const std::string& alias,
                                               int64_t version) {
  const KeyedLock changing(changing_, model);
  storage::v1::ModelRecord record;
  {
    MutexLock lock(mutex_);
    const Entry* entry = FindEntry(model);
    if (entry == nullptr) return ModelNotFound(model);
    if (!entry->versions.contains(version)) return VersionNotFound(model, version);
    record = *entry->record;
  }
  auto& aliases = *record.mutable_model()->mutable_aliases();
  aliases[alias] = version;
  if (aliases.size() > kMostAliases) {
    return core::LimitExceeded("TOO_MANY_ALIASES", "aliases of a model", kMostAliases + 1,
                               kMostAliases);
  }
  return Replace(model, std::move(record), {}, [](Entry&) {});
}

absl::StatusOr<v1::Model> ModelStore::DeleteAlias(const std::string& model,
                                                  const std::string& alias) {
  const KeyedLock changing(changing_, model);
  absl::StatusOr<std::shared_ptr<const storage::v1::ModelRecord>> old = RecordOf(model);
  if (!old.ok()) return old.status();
  storage::v1::ModelRecord record = **old;
  if (record.mutable_model()->mutable_aliases()->erase(alias) == 0) {
    return core::NotFound("fnn.v1.ModelAlias", absl::StrCat(model, "/aliases/", alias));
  }
  return Replace(model, std::move(record), {}, [](Entry&) {});
}

}  // namespace fnn::server
