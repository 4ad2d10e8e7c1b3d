// What the server knows, as a durable map from (kind, key) to bytes.
//
//   CatalogueBatch batch;
//   batch.Put(RecordKind::kRun, run.uid(), run.SerializeAsString());
//   batch.Delete(RecordKind::kUpload, upload.uid());
//   if (absl::Status status = catalogue->Commit(batch); !status.ok()) return status;

#ifndef FNN_SERVER_STORAGE_CATALOGUE_H_
#define FNN_SERVER_STORAGE_CATALOGUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace fnn::server {

// The numbers are in databases: they never change meaning.
enum class RecordKind : int {
  kModel = 1,
  kModelVersion = 2,
  kDataset = 3,
  kUpload = 4,
  kRun = 5,
  kRequest = 6,  // A request id, and what it was answered with.
  kCheckpoint = 7,
  kSetting = 8,  // What the server itself remembers.
};

// Changes that happen together or not at all, in order.
class CatalogueBatch {
 public:
  struct Change {
    RecordKind kind;
    std::string key;
    std::optional<std::string> value;  // None deletes.
  };

  // Sets what is under `key`, whether or not there is something.
  void Put(RecordKind kind, absl::string_view key, std::string value) {
    changes_.push_back({kind, std::string(key), std::move(value)});
  }
  // Nothing happens where there is nothing under `key`.
  void Delete(RecordKind kind, absl::string_view key) {
    changes_.push_back({kind, std::string(key), std::nullopt});
  }

  const std::vector<Change>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::vector<Change> changes_;
};

// Safe from any thread.
class Catalogue {
 public:
  using RecordFunction =
      absl::FunctionRef<absl::Status(absl::string_view key, absl::string_view value)>;

  virtual ~Catalogue() = default;

  // Makes all changes of `batch`, durably, or after an error none. RESOURCE_EXHAUSTED (DISK_FULL)
  // while the disk is full, UNAVAILABLE (DISK_FAULT) where it fails: the catalogue stays usable.
  // Only a power failure right after such an error may bring the changes back.
  virtual absl::Status Commit(const CatalogueBatch& batch) = 0;

  // Calls `function` for each record of `kind`, by key in the order of bytes, and stops at its
  // first error, which it returns. `function` may use the catalogue; what is committed meanwhile it
  // sees or not. DATA_LOSS where a record is damaged.
  virtual absl::Status ForEachRecord(RecordKind kind, RecordFunction function) const = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_CATALOGUE_H_
