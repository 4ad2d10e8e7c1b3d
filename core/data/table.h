// A table of finite numbers with named columns: what a dataset is once it has been read.

#ifndef FNN_CORE_DATA_TABLE_H_
#define FNN_CORE_DATA_TABLE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/data/column_statistics.h"
#include "core/data/element.h"
#include "core/data/storage.h"

namespace fnn::core {

// What a table is beside its values.
struct TableDescription {
  std::vector<std::string> names;
  std::vector<ColumnStatistics> statistics;
  std::string digest;
  // Of each column, what its whole numbers from 0 on stand for, or nothing; none where that is so
  // for all columns.
  std::vector<std::vector<std::string>> categories{};
};

// Immutable, shared between runs by shared_ptr.
class Table {
 public:
  // `values` is row-major [rows, names.size()], every one finite, at least one row and one column,
  // names distinct; the caller has checked that (readers do, naming line and column). They are kept
  // in the smallest type that holds every one of them exactly.
  static std::shared_ptr<const Table> Create(std::vector<std::string> names,
                                             std::vector<float> values);
  // Of values that are stored and described already, as above.
  static std::shared_ptr<const Table> Create(TableDescription description, ElementType type,
                                             Storage storage);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return static_cast<int64_t>(names().size()); }
  const TableDescription& description() const { return description_; }
  const std::vector<std::string>& names() const { return description_.names; }
  const std::vector<ColumnStatistics>& statistics() const { return description_.statistics; }
  // What was text: what each whole number of the column stands for; else nothing.
  std::span<const std::string> categories(int64_t column) const;
  // XXH3-128 of the values as 32-bit floats, little-endian row-major, as 32 hexadecimal digits:
  // whatever type they are kept in.
  const std::string& digest() const { return description_.digest; }

  // The values, row-major [rows, columns]; VisitElements tells what they are.
  ElementType type() const { return type_; }
  std::span<const std::byte> bytes() const { return storage_.bytes(); }
  float at(int64_t row, int64_t column) const {
    return VisitElements(type_, bytes().data(), [&](const auto* values) {
      return static_cast<float>(values[row * columns() + column]);
    });
  }

  // Names, categories, statistics and values, in bytes.
  int64_t size_bytes() const { return memory_bytes_ + (storage_.mapped() ? ValueBytes() : 0); }
  // Whether the values are a file's, mapped.
  bool mapped() const { return storage_.mapped(); }
  // What of size_bytes() is this process's memory: all but values that are mapped from a file.
  int64_t memory_bytes() const { return memory_bytes_; }

 private:
  Table(TableDescription description, ElementType type, Storage storage);
  int64_t ValueBytes() const { return static_cast<int64_t>(bytes().size()); }

  TableDescription description_;
  ElementType type_;
  Storage storage_;
  int64_t rows_;
  int64_t memory_bytes_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TABLE_H_
