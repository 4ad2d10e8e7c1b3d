// A table of finite numbers with named columns: what a dataset is once it has been read.

#ifndef FNN_CORE_DATA_TABLE_H_
#define FNN_CORE_DATA_TABLE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace fnn::core {

struct ColumnStatistics {
  double min = 0;
  double max = 0;
  double mean = 0;
  double standard_deviation = 0;  // Biased: divided by the number of rows.
  bool integral = true;           // Every value is a whole number.
};

// Immutable, shared between runs by shared_ptr.
class Table {
 public:
  // `values` is row-major [rows, names.size()], every one finite, at least one row and one column,
  // names distinct; the caller has checked that (readers do, naming line and column).
  static std::shared_ptr<const Table> Create(std::vector<std::string> names,
                                             std::vector<float> values);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return static_cast<int64_t>(names_.size()); }
  const std::vector<std::string>& names() const { return names_; }
  std::span<const float> values() const { return values_; }  // [rows, columns]
  std::span<const float> row(int64_t i) const;               // [columns]
  const std::vector<ColumnStatistics>& statistics() const { return statistics_; }
  // XXH3-128 of the values, little-endian row-major, as 32 hexadecimal digits.
  const std::string& digest() const { return digest_; }
  // What it takes in memory, names and statistics included.
  int64_t size_bytes() const { return size_bytes_; }

 private:
  Table(std::vector<std::string> names, std::vector<float> values);

  std::vector<std::string> names_;
  std::vector<float> values_;
  int64_t rows_;
  std::vector<ColumnStatistics> statistics_;
  std::string digest_;
  int64_t size_bytes_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TABLE_H_
