#include "server/store/dataset_store.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/base/timestamp.h"
#include "server/store/names.h"
#include "server/store/quarantine.h"
#include "server/store/record.h"
#include "server/store/stored_table.h"

namespace fnn::server {
namespace {

// What an entry takes beside what it holds, about.
constexpr int64_t kOverhead = 1024;

using DatasetPtr = std::shared_ptr<const v1::Dataset>;

const Listing<DatasetPtr>& DatasetListing() {
  static const auto& listing = *new Listing<DatasetPtr>(
      "name",
      {{{"name", FieldType::kText, true},
        [](const DatasetPtr& d, absl::string_view) { return FieldValue(d->name()); }},
       {{"rows", FieldType::kInteger, true},
        [](const DatasetPtr& d, absl::string_view) { return FieldValue(int64_t{d->rows()}); }},
       {{"create_time", FieldType::kTime, true},
        [](const DatasetPtr& d, absl::string_view) { return TimeValue(d->create_time()); }},
       {{"labels", FieldType::kLabels},
        [](const DatasetPtr& d, absl::string_view key) { return LabelValue(d->labels(), key); }}});
  return listing;
}

}  // namespace

struct DatasetStore::Entry {
  explicit Entry(storage::v1::DatasetRecord from) : record(std::move(from)) {}

  const std::string& name() const { return record.dataset().name(); }

  const storage::v1::DatasetRecord record;
  Reservation memory;
  const std::shared_ptr<int> pins =
      std::make_shared<int>(0);  // Counted by its owners; one is this.

  Mutex mutex;
  std::shared_ptr<const core::Table> table ABSL_GUARDED_BY(mutex);  // Null until it is used.
  absl::Status damage ABSL_GUARDED_BY(mutex);                       // Not OK: out of service.
};

absl::StatusOr<std::unique_ptr<DatasetStore>> DatasetStore::Open(Catalogue* catalogue,
                                                                 FileSystem* files,
                                                                 MemoryBudget* budget) {
  std::unique_ptr<DatasetStore> store(new DatasetStore(catalogue, files, budget));
  absl::Status status = catalogue->ForEachRecord(
      RecordKind::kDataset,
      [&](absl::string_view key, absl::string_view value) { return store->Load(key, value); });
  if (!status.ok()) return status;
  std::vector<std::shared_ptr<Entry>> entries;
  std::set<std::string, std::less<>> uids;
  {
    MutexLock lock(store->mutex_);
    for (const auto& [name, entry] : store->datasets_) {
      entries.push_back(entry);
      uids.insert(entry->record.dataset().uid());
    }
  }
  status = OpenDirectory(files, kDatasetDirectory,
                         [&](absl::string_view name) { return uids.contains(name); });
  if (!status.ok()) return status;
  for (const std::shared_ptr<Entry>& entry : entries) {
    const absl::Status damage = CheckTableFile(*files, entry->record);
    if (!damage.ok()) store->TakeOutOfService(*entry, damage).IgnoreError();
  }
  return store;
}

absl::Status DatasetStore::Load(absl::string_view key, absl::string_view value) {
  storage::v1::DatasetRecord record;
  absl::Status status = ParseRecord(RecordKind::kDataset, key, value, record);
  if (!status.ok()) return status;
  if (record.dataset().uid() != key || record.dataset().rows() < 1 ||
      record.dataset().columns().empty() ||
      record.element_type() == storage::v1::ELEMENT_TYPE_UNSPECIFIED) {
    return RecordDamaged(RecordKind::kDataset, key);
  }
  auto entry = std::make_shared<Entry>(std::move(record));
  absl::StatusOr<Reservation> memory = budget_->Reserve(MemoryBytes(*entry));
  if (!memory.ok()) return memory.status();
  entry->memory = *std::move(memory);
  MutexLock lock(mutex_);
  const bool added = datasets_.try_emplace(entry->name(), entry).second;
  return added ? absl::OkStatus() : RecordDamaged(RecordKind::kDataset, key);
}

// The description twice: of the table too.
int64_t DatasetStore::MemoryBytes(const Entry& entry) const {
  const v1::Dataset& dataset = entry.record.dataset();
  return 2 * static_cast<int64_t>(entry.record.SpaceUsedLong()) + kOverhead +
         (files_->in_memory() ? dataset.size_bytes() : 0);
}

absl::StatusOr<std::shared_ptr<DatasetStore::Entry>> DatasetStore::Find(
    const std::string& name) const {
  MutexLock lock(mutex_);
  const auto it = datasets_.find(name);
  if (it == datasets_.end()) return core::NotFound(ResourceType(Collection::kDatasets), name);
  return it->second;
}

absl::StatusOr<std::unique_ptr<DatasetDraft>> DatasetStore::NewDraft(int64_t max_bytes) const {
  absl::StatusOr<Reservation> memory = budget_->Reserve(0);
  if (!memory.ok()) return memory.status();
  return std::make_unique<DatasetDraft>(files_, max_bytes, *std::move(memory));
}

absl::StatusOr<v1::Dataset> DatasetStore::Create(const NewDataset& dataset,
                                                 std::unique_ptr<DatasetDraft> draft,
                                                 std::shared_ptr<const core::Table> table) {
  return Create(dataset, std::move(draft), std::move(table),
                [](const v1::Dataset&, CatalogueBatch&) {});
}

absl::StatusOr<v1::Dataset> DatasetStore::Create(const NewDataset& dataset,
                                                 std::unique_ptr<DatasetDraft> draft,
                                                 std::shared_ptr<const core::Table> table,
                                                 WithDataset also) {
  v1::Dataset message;
  message.set_name(dataset.name);
  message.set_uid(draft->uid_);
  message.set_description(dataset.description);
  *message.mutable_labels() = dataset.labels;
  *message.mutable_create_time() = CurrentTimestamp();
  DescribeTable(*table, message);
  auto entry = std::make_shared<Entry>(MakeRecord(std::move(message), table->type()));
  if (absl::Status status = draft->memory_.Resize(MemoryBytes(*entry)); !status.ok()) {
    return status;
  }

  const KeyedLock changing(changing_, dataset.name);
  if (absl::Status status = CheckFree(dataset.name); !status.ok()) return status;
  CatalogueBatch batch;
  batch.Put(RecordKind::kDataset, draft->uid_, entry->record.SerializeAsString());
  also(entry->record.dataset(), batch);
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
  draft->kept_ = true;
  entry->memory = std::move(draft->memory_);
  {
    MutexLock lock(entry->mutex);
    entry->table = std::move(table);
  }
  MutexLock lock(mutex_);
  datasets_.emplace(dataset.name, entry);
  return entry->record.dataset();
}

absl::Status DatasetStore::CheckFree(const std::string& name) const {
  MutexLock lock(mutex_);
  return datasets_.contains(name) ? core::AlreadyExists(ResourceType(Collection::kDatasets), name)
                                  : absl::OkStatus();
}

absl::StatusOr<v1::Dataset> DatasetStore::Get(const std::string& name) const {
  const absl::StatusOr<std::shared_ptr<Entry>> entry = Find(name);
  if (!entry.ok()) return entry.status();
  MutexLock lock((*entry)->mutex);
  if (!(*entry)->damage.ok()) return (*entry)->damage;
  return (*entry)->record.dataset();
}

absl::StatusOr<Page<v1::Dataset>> DatasetStore::List(const ListRequest& request) const {
  std::vector<DatasetPtr> datasets;
  {
    MutexLock lock(mutex_);
    for (const auto& [name, entry] : datasets_) {
      MutexLock entry_lock(entry->mutex);
      if (entry->damage.ok()) datasets.emplace_back(entry, &entry->record.dataset());
    }
  }
  return DatasetListing().List(request, "datasets", datasets,
                               [](const DatasetPtr& dataset) { return *dataset; });
}

absl::StatusOr<std::shared_ptr<const core::Table>> DatasetStore::GetTable(
    const std::string& name) const {
  const absl::StatusOr<std::shared_ptr<Entry>> entry = Find(name);
  if (!entry.ok()) return entry.status();
  return OpenTable(*entry);
}

absl::StatusOr<PinnedDataset> DatasetStore::Pin(const std::string& name) const {
  PinnedDataset out;
  std::shared_ptr<Entry> entry;
  {
    const KeyedLock changing(changing_, name);
    absl::StatusOr<std::shared_ptr<Entry>> found = Find(name);
    if (!found.ok()) return found.status();
    entry = *std::move(found);
    out.pin = entry->pins;
  }
  absl::StatusOr<std::shared_ptr<const core::Table>> table = OpenTable(entry);
  if (!table.ok()) return table.status();
  out.dataset = entry->record.dataset();
  out.table = *std::move(table);
  return out;
}

absl::StatusOr<std::shared_ptr<const core::Table>> DatasetStore::OpenTable(
    const std::shared_ptr<Entry>& entry) const {
  // What is returned owns the entry, and with it the reservation.
  const auto opened = [&]() -> absl::StatusOr<std::shared_ptr<const core::Table>> {
    MutexLock lock(entry->mutex);
    if (!entry->damage.ok()) return entry->damage;
    return std::shared_ptr<const core::Table>(entry, entry->table.get());
  };
  if (auto table = opened(); !table.ok() || *table != nullptr) return table;
  const KeyedLock changing(changing_, entry->name());
  if (auto table = opened(); !table.ok() || *table != nullptr) return table;
  if (absl::Status status = VerifyTableFile(*files_, entry->record); !status.ok()) {
    return TakeOutOfService(*entry, status);
  }
  absl::StatusOr<std::shared_ptr<const core::Table>> table = MapTable(*files_, entry->record);
  if (!table.ok()) return table.status();
  {
    MutexLock lock(entry->mutex);
    entry->table = *std::move(table);
  }
  return opened();
}

absl::Status DatasetStore::TakeOutOfService(Entry& entry, const absl::Status& damage) const {
  const std::string path = TablePath(entry.record.dataset().uid());
  absl::Status judged = JudgeDamage(*files_, path, entry.name(), damage);
  if (!absl::IsDataLoss(judged)) return judged;
  QuarantineFile(files_, path);
  MutexLock lock(entry.mutex);
  entry.damage = judged;
  return judged;
}

absl::Status DatasetStore::Delete(const std::string& name) {
  const KeyedLock changing(changing_, name);
  const absl::StatusOr<std::shared_ptr<Entry>> found = Find(name);
  if (!found.ok()) return found.status();
  const Entry& entry = **found;
  if (entry.pins.use_count() > 1) {
    return core::MakeError(
        absl::StatusCode::kFailedPrecondition, "DATASET_IN_USE",
        absl::StrCat(name, " is used by a run that has not ended; cancel it first, or wait"));
  }
  const std::string& uid = entry.record.dataset().uid();
  CatalogueBatch batch;
  batch.Delete(RecordKind::kDataset, uid);
  if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
  {
    MutexLock lock(mutex_);
    datasets_.erase(name);
  }
  RemoveFile(files_, TablePath(uid));
  return absl::OkStatus();
}

}  // namespace fnn::server
