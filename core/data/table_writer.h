// Makes a table in one pass, of any size and with little memory beside what keeps its values.
//
//   TableWriter writer(std::make_unique<MemoryStorageWriter>(), {"x", "y"}, ElementType::kUint8);
//   ... writer.Append(values) ...
//   absl::StatusOr<std::shared_ptr<const Table>> table = std::move(writer).Finish();

#ifndef FNN_CORE_DATA_TABLE_WRITER_H_
#define FNN_CORE_DATA_TABLE_WRITER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/digest.h"
#include "core/data/storage_writer.h"
#include "core/data/table.h"

namespace fnn::core {

// Not safe from several threads at once. After an error it can only be destroyed.
class TableWriter {
 public:
  // A table with columns `names`, at least one, distinct, whose values go to `values` as `type`.
  TableWriter(std::unique_ptr<StorageWriter> values, std::vector<std::string> names,
              ElementType type);

  // What the whole numbers of each column stand for, as TableDescription has it.
  void SetCategories(std::vector<std::vector<std::string>> categories);

  // Appends values, row-major, in any portions. INVALID_ARGUMENT (WRONG_VALUE) names the row and
  // the column (both from 0) of a value that `type` can't hold exactly or that is not finite;
  // otherwise as StorageWriter.
  absl::Status Append(std::span<const float> values);

  // The table. INVALID_ARGUMENT (WRONG_LENGTH) unless there are whole rows, at least one; otherwise
  // as StorageWriter.
  absl::StatusOr<std::shared_ptr<const Table>> Finish() &&;

 private:
  absl::Status Store(std::span<const float> block);

  std::unique_ptr<StorageWriter> values_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> categories_;
  ElementType type_;
  int64_t count_ = 0;  // Values appended.
  StatisticsBuilder statistics_;
  Digester digester_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TABLE_WRITER_H_
