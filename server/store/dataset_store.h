// The datasets: a record of each in the catalogue, and its values in a file, mapped while used.

#ifndef FNN_SERVER_STORE_DATASET_STORE_H_
#define FNN_SERVER_STORE_DATASET_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/data/table.h"
#include "fnn/v1/dataset.pb.h"
#include "server/base/keyed_mutex.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"
#include "server/store/dataset_draft.h"
#include "server/store/labels.h"
#include "server/store/page.h"

namespace fnn::server {

// What a client says of a dataset; all of it has been validated.
struct NewDataset {
  std::string name;  // `datasets/{dataset}`
  std::string description{};
  Labels labels{};
};

// Holds a dataset for a run that has not ended: while a copy of it lives, the dataset is not
// deleted.
using DatasetPin = std::shared_ptr<const void>;

struct PinnedDataset {
  v1::Dataset dataset;
  std::shared_ptr<const core::Table> table;
  DatasetPin pin;
};

// Safe from any thread. Names given to it have been validated (names.h).
//
// A file that turns out to be damaged, truncated, foreign or missing is moved to quarantine/, and
// its dataset is out of service: DATA_LOSS (FILE_CORRUPT, FILE_TRUNCATED, FILE_FOREIGN,
// FILE_MISSING) from Get, GetTable and Pin until it is deleted, and it is not listed. Open looks at
// the header and the length of each file, so that many datasets don't make it slow; every byte is
// checked at the first GetTable or Pin, before a value is used.
class DatasetStore {
 public:
  // What else is to be committed with a new dataset, in the same commit.
  using WithDataset = absl::FunctionRef<void(const v1::Dataset& dataset, CatalogueBatch& batch)>;

  // The datasets of the catalogue. Files that no record names are removed. All that it is given
  // outlives it; `budget` counts what is in memory. RESOURCE_EXHAUSTED where that is more than
  // there is; DATA_LOSS where a record can't be read.
  static absl::StatusOr<std::unique_ptr<DatasetStore>> Open(Catalogue* catalogue, FileSystem* files,
                                                            MemoryBudget* budget);

  // Begins a dataset: a sink for the table of a file of at most `max_bytes`.
  absl::StatusOr<std::unique_ptr<DatasetDraft>> NewDraft(int64_t max_bytes) const;

  // Keeps `table`, which was written to `draft`, durably. ALREADY_EXISTS; RESOURCE_EXHAUSTED where
  // the budget or the disk has no room for it, UNAVAILABLE where the disk is at fault: nothing is
  // kept then.
  absl::StatusOr<v1::Dataset> Create(const NewDataset& dataset, std::unique_ptr<DatasetDraft> draft,
                                     std::shared_ptr<const core::Table> table);
  absl::StatusOr<v1::Dataset> Create(const NewDataset& dataset, std::unique_ptr<DatasetDraft> draft,
                                     std::shared_ptr<const core::Table> table, WithDataset also);

  // ALREADY_EXISTS where `name` is taken.
  absl::Status CheckFree(const std::string& name) const;

  // NOT_FOUND, DATA_LOSS.
  absl::StatusOr<v1::Dataset> Get(const std::string& name) const;
  // INVALID_ARGUMENT (page.h).
  absl::StatusOr<Page<v1::Dataset>> List(const ListRequest& request) const;

  // The values. They live, and stay accounted for, as long as the pointer, also when the dataset
  // has been deleted. The first call for a dataset reads its whole file. NOT_FOUND, DATA_LOSS;
  // UNAVAILABLE where the disk is at fault.
  absl::StatusOr<std::shared_ptr<const core::Table>> GetTable(const std::string& name) const;

  // The same, and the dataset stays until the pin is gone. May wait for a change of the dataset.
  absl::StatusOr<PinnedDataset> Pin(const std::string& name) const;

  // NOT_FOUND; FAILED_PRECONDITION (DATASET_IN_USE) while it is pinned; RESOURCE_EXHAUSTED and
  // UNAVAILABLE, and it stays, where the disk does not take it.
  absl::Status Delete(const std::string& name);

 private:
  struct Entry;

  DatasetStore(Catalogue* catalogue, FileSystem* files, MemoryBudget* budget)
      : catalogue_(catalogue), files_(files), budget_(budget) {}

  absl::Status Load(absl::string_view key, absl::string_view value);
  absl::StatusOr<std::shared_ptr<Entry>> Find(const std::string& name) const;
  // What `entry` takes of memory.
  int64_t MemoryBytes(const Entry& entry) const;
  absl::StatusOr<std::shared_ptr<const core::Table>> OpenTable(
      const std::shared_ptr<Entry>& entry) const;
  // What `damage` of its file means for `entry`, which is out of service then.
  absl::Status TakeOutOfService(Entry& entry, const absl::Status& damage) const;

  Catalogue* const catalogue_;
  FileSystem* const files_;
  MemoryBudget* const budget_;
  mutable KeyedMutex
      changing_;  // By name; taken before mutex_, and held while a disk is waited for.
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> datasets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_DATASET_STORE_H_
