// What the reader of a file asks of whoever will keep the table.

#ifndef FNN_CORE_DATA_TABLE_SINK_H_
#define FNN_CORE_DATA_TABLE_SINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/data/storage_writer.h"
#include "core/data/table_writer.h"

namespace fnn::core {

class TableSink {
 public:
  // What a column takes beside its values and its name, about: while the table is made and
  // described, and in messages.
  static constexpr int64_t kColumnBytes = 512;

  virtual ~TableSink() = default;

  // The most bytes that a file may be, once it is decompressed.
  virtual int64_t max_bytes() const = 0;

  // Says that reading is about to take `bytes` of memory in all, beside the file, the table and
  // scratch. RESOURCE_EXHAUSTED where there are less.
  virtual absl::Status Reserve(int64_t bytes) = 0;

  // A place for `bytes` that reading has to put somewhere, in an order of its own, and that may be
  // more than the memory holds. RESOURCE_EXHAUSTED where it has no room.
  virtual absl::StatusOr<std::unique_ptr<StorageWriter>> Scratch(int64_t bytes) = 0;

  // Begins the table, of `rows` rows: names as TableWriter's. Its values are counted beside what
  // has been reserved. RESOURCE_EXHAUSTED where it has no room.
  virtual absl::StatusOr<TableWriter> Begin(std::vector<std::string> names, ElementType type,
                                            int64_t rows) = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TABLE_SINK_H_
