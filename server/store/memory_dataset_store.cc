#include "server/store/memory_dataset_store.h"

#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "core/base/saturating.h"
#include "core/data/table_writer.h"
#include "google/protobuf/util/time_util.h"
#include "server/store/names.h"

namespace fnn::server {
namespace {

// What an entry takes beside what it holds, about.
constexpr int64_t kOverhead = 1024;

v1::Dataset Describe(const std::string& name, const core::Table& table) {
  v1::Dataset message;
  message.set_name(name);
  message.set_uid(MakeUid());
  message.set_rows(table.rows());
  for (size_t i = 0; i < table.names().size(); ++i) {
    const core::ColumnStatistics& statistics = table.statistics()[i];
    v1::Column& column = *message.add_columns();
    column.set_name(table.names()[i]);
    column.set_min(statistics.min);
    column.set_max(statistics.max);
    column.set_mean(statistics.mean);
    column.set_standard_deviation(statistics.standard_deviation);
    column.set_integral(statistics.integral);
    const std::span<const std::string> categories = table.categories(static_cast<int64_t>(i));
    column.mutable_categories()->Assign(categories.begin(), categories.end());
  }
  message.set_size_bytes(table.size_bytes());
  message.set_digest(table.digest());
  *message.mutable_create_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  return message;
}

absl::Status DatasetNotFound(const std::string& name) {
  return core::NotFound(ResourceType(Collection::kDatasets), name);
}

}  // namespace

std::shared_ptr<const MemoryDatasetStore::Entry> MemoryDatasetStore::Find(
    const std::string& name) const {
  MutexLock lock(mutex_);
  const auto it = datasets_.find(name);
  return it == datasets_.end() ? nullptr : it->second;
}

std::string MemoryDatasetStore::NewPath() const { return absl::StrCat(directory_, "/", MakeUid()); }

absl::StatusOr<core::TableWriter> MemoryDatasetStore::NewTable(std::vector<std::string> names,
                                                               core::ElementType type, int64_t rows,
                                                               Reservation& memory) {
  if (!directory_.empty()) return core::TableWriter::Create(NewPath(), std::move(names), type);
  const core::SaturatingSize bytes =
      core::SaturatingSize(rows) * static_cast<int64_t>(names.size()) * core::ElementSize(type);
  if (absl::Status status = memory.Resize((bytes + memory.bytes()).value()); !status.ok()) {
    return status;
  }
  return core::TableWriter::InMemory(std::move(names), type, rows);
}

absl::StatusOr<v1::Dataset> MemoryDatasetStore::Create(const std::string& name,
                                                       std::shared_ptr<const core::Table> table,
                                                       Reservation memory) {
  auto entry = std::make_shared<Entry>();
  if (!directory_.empty() && !table->mapped()) {
    auto mapped = core::MapTable(*table, NewPath());
    if (!mapped.ok()) return mapped.status();
    table = *std::move(mapped);
  }
  entry->message = Describe(name, *table);
  const auto described = static_cast<int64_t>(entry->message.SpaceUsedLong());
  if (absl::Status status = memory.Resize(table->memory_bytes() + described + kOverhead);
      !status.ok()) {
    return status;
  }
  entry->table = std::move(table);
  entry->memory = std::move(memory);
  MutexLock lock(mutex_);
  if (!datasets_.try_emplace(name, entry).second) {
    return core::AlreadyExists(ResourceType(Collection::kDatasets), name);
  }
  return entry->message;
}

absl::Status MemoryDatasetStore::CheckFree(const std::string& name) const {
  return Find(name) == nullptr ? absl::OkStatus()
                               : core::AlreadyExists(ResourceType(Collection::kDatasets), name);
}

absl::StatusOr<v1::Dataset> MemoryDatasetStore::Get(const std::string& name) const {
  const std::shared_ptr<const Entry> entry = Find(name);
  if (entry == nullptr) return DatasetNotFound(name);
  return entry->message;
}

Page<v1::Dataset> MemoryDatasetStore::List(const PageRequest& page) const {
  MutexLock lock(mutex_);
  return ListPage(datasets_, page,
                  [](const std::shared_ptr<const Entry>& entry) { return entry->message; });
}

absl::StatusOr<std::shared_ptr<const core::Table>> MemoryDatasetStore::GetTable(
    const std::string& name) const {
  const std::shared_ptr<const Entry> entry = Find(name);
  if (entry == nullptr) return DatasetNotFound(name);
  // The pointer owns the entry, and with it the reservation.
  return std::shared_ptr<const core::Table>(entry, entry->table.get());
}

absl::Status MemoryDatasetStore::Delete(const std::string& name) {
  std::shared_ptr<const Entry> dropped;  // Destroyed after the lock is left.
  MutexLock lock(mutex_);
  const auto it = datasets_.find(name);
  if (it == datasets_.end()) return DatasetNotFound(name);
  dropped = std::move(it->second);
  datasets_.erase(it);
  return absl::OkStatus();
}

}  // namespace fnn::server
