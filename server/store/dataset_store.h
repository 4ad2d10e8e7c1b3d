// The catalogue of datasets.

#ifndef FNN_SERVER_STORE_DATASET_STORE_H_
#define FNN_SERVER_STORE_DATASET_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/data/table.h"
#include "core/data/table_writer.h"
#include "fnn/v1/dataset.pb.h"
#include "server/base/memory_budget.h"
#include "server/store/page.h"

namespace fnn::server {

// Safe from any thread. Names given to it have been validated (names.h).
class DatasetStore {
 public:
  virtual ~DatasetStore() = default;

  // Begins a table for Create, of `rows` rows, where its values will lie; `memory` grows by what it
  // takes. RESOURCE_EXHAUSTED and UNAVAILABLE as there.
  virtual absl::StatusOr<core::TableWriter> NewTable(std::vector<std::string> names,
                                                     core::ElementType type, int64_t rows,
                                                     Reservation& memory) = 0;

  // Keeps `table` as `name`; `memory` is what it has been accounted with so far. ALREADY_EXISTS,
  // RESOURCE_EXHAUSTED where the budget or the disk has no room for it, UNAVAILABLE where the disk
  // is at fault.
  virtual absl::StatusOr<v1::Dataset> Create(const std::string& name,
                                             std::shared_ptr<const core::Table> table,
                                             Reservation memory) = 0;

  // ALREADY_EXISTS where `name` is taken.
  virtual absl::Status CheckFree(const std::string& name) const = 0;

  // NOT_FOUND.
  virtual absl::StatusOr<v1::Dataset> Get(const std::string& name) const = 0;
  virtual Page<v1::Dataset> List(const PageRequest& page) const = 0;

  // The values. NOT_FOUND. They live, and stay accounted for, as long as the pointer, also when the
  // dataset has been deleted.
  virtual absl::StatusOr<std::shared_ptr<const core::Table>> GetTable(
      const std::string& name) const = 0;

  // NOT_FOUND.
  virtual absl::Status Delete(const std::string& name) = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_DATASET_STORE_H_
