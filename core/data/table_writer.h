// Makes a table in one pass, in a file, of any size and with little memory, or in memory.
//
//   absl::StatusOr<TableWriter> writer = TableWriter::Create(path, {"x", "y"},
//   ElementType::kUint8);
//   ... writer->Append(values) ...
//   absl::StatusOr<std::shared_ptr<const Table>> table = std::move(*writer).Finish();

#ifndef FNN_CORE_DATA_TABLE_WRITER_H_
#define FNN_CORE_DATA_TABLE_WRITER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/digest.h"
#include "core/data/file_storage.h"
#include "core/data/table.h"

namespace fnn::core {

// Not safe from several threads at once. After an error it can only be destroyed.
class TableWriter {
 public:
  // A table with columns `names`, at least one, distinct, whose values are kept as `type`. The file
  // is FileStorage's.
  static absl::StatusOr<TableWriter> Create(const std::string& path, std::vector<std::string> names,
                                            ElementType type);
  // The same in memory, taken once for `rows` rows: as many as will come.
  static TableWriter InMemory(std::vector<std::string> names, ElementType type, int64_t rows);

  // What the whole numbers of each column stand for, as TableDescription has it.
  void SetCategories(std::vector<std::vector<std::string>> categories);

  // Appends values, row-major, in any portions. INVALID_ARGUMENT (WRONG_VALUE) names the row and
  // the column (both from 0) of a value that `type` can't hold exactly or that is not finite;
  // otherwise as FileStorage::Append.
  absl::Status Append(std::span<const float> values);

  // The table, mapped where it is in a file. INVALID_ARGUMENT (WRONG_LENGTH) unless there are whole
  // rows, at least one; otherwise as FileStorage::Map.
  absl::StatusOr<std::shared_ptr<const Table>> Finish() &&;

 private:
  TableWriter(std::optional<FileStorage> file, std::vector<std::string> names, ElementType type);

  absl::Status Store(std::span<const float> block);
  absl::StatusOr<Storage> Stored();

  std::optional<FileStorage> file_;
  // Where there is no file, the values as the type has them; the other is empty.
  std::vector<uint8_t> bytes_;
  std::vector<float> floats_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> categories_;
  ElementType type_;
  int64_t count_ = 0;  // Values appended.
  StatisticsBuilder statistics_;
  Digester digester_;
};

// `table` with its values moved to a new file at `path`, the FileStorage's, and mapped.
absl::StatusOr<std::shared_ptr<const Table>> MapTable(const Table& table, const std::string& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TABLE_WRITER_H_
