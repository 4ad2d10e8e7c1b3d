#include "core/data/column_statistics.h"

#include <algorithm>
#include <cmath>

namespace fnn::core {

// Welford's update, which loses no accuracy where the mean is large.
void StatisticsBuilder::Add(std::span<const float> values) {
  for (const double x : values) {
    ColumnStatistics& column = columns_[column_];
    if (row_ == 0) column.min = column.max = x;
    column.min = std::min(column.min, x);
    column.max = std::max(column.max, x);
    column.integral = column.integral && x == std::trunc(x);
    const double before = x - column.mean;
    column.mean += before / static_cast<double>(row_ + 1);
    squares_[column_] += before * (x - column.mean);
    if (++column_ == columns_.size()) {
      column_ = 0;
      ++row_;
    }
  }
}

std::vector<ColumnStatistics> StatisticsBuilder::Finish() const {
  std::vector<ColumnStatistics> out = columns_;
  for (size_t c = 0; c < out.size(); ++c) {
    out[c].standard_deviation = std::sqrt(squares_[c] / static_cast<double>(row_));
  }
  return out;
}

}  // namespace fnn::core
