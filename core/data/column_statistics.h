// What the values of a column are like.

#ifndef FNN_CORE_DATA_COLUMN_STATISTICS_H_
#define FNN_CORE_DATA_COLUMN_STATISTICS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace fnn::core {

struct ColumnStatistics {
  double min = 0;
  double max = 0;
  double mean = 0;
  double standard_deviation = 0;  // Biased: divided by the number of rows.
  bool integral = true;           // Every value is a whole number.
};

// Gathers the statistics of every column in one pass over the values.
class StatisticsBuilder {
 public:
  explicit StatisticsBuilder(int64_t columns) : columns_(columns), squares_(columns, 0) {}

  // The values that follow, row-major; they may end within a row.
  void Add(std::span<const float> values);
  // Once whole rows, at least one, have been added.
  std::vector<ColumnStatistics> Finish() const;

 private:
  std::vector<ColumnStatistics> columns_;
  std::vector<double> squares_;
  int64_t row_ = 0;
  size_t column_ = 0;  // Of the next value.
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_COLUMN_STATISTICS_H_
