// Datasets whose catalogue is in memory, and whose values are there too or in files.

#ifndef FNN_SERVER_STORE_MEMORY_DATASET_STORE_H_
#define FNN_SERVER_STORE_MEMORY_DATASET_STORE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/base/mutex.h"
#include "server/store/dataset_store.h"

namespace fnn::server {

class MemoryDatasetStore final : public DatasetStore {
 public:
  // Values are kept in files of `directory`, which is there, and mapped: they are the page cache's
  // then, and only names and statistics count against the budget. The files have no names, and end
  // with the process. Values are kept in memory where `directory` is empty.
  explicit MemoryDatasetStore(std::string directory = "") : directory_(std::move(directory)) {}

  absl::StatusOr<core::TableWriter> NewTable(std::vector<std::string> names, core::ElementType type,
                                             int64_t rows, Reservation& memory) override;
  absl::StatusOr<v1::Dataset> Create(const std::string& name,
                                     std::shared_ptr<const core::Table> table,
                                     Reservation memory) override;
  absl::Status CheckFree(const std::string& name) const override;
  absl::StatusOr<v1::Dataset> Get(const std::string& name) const override;
  Page<v1::Dataset> List(const PageRequest& page) const override;
  absl::StatusOr<std::shared_ptr<const core::Table>> GetTable(
      const std::string& name) const override;
  absl::Status Delete(const std::string& name) override;

 private:
  // Immutable.
  struct Entry {
    v1::Dataset message;
    std::shared_ptr<const core::Table> table;
    Reservation memory;
  };

  std::shared_ptr<const Entry> Find(const std::string& name) const;
  std::string NewPath() const;

  const std::string directory_;
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<const Entry>> datasets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MEMORY_DATASET_STORE_H_
