#include "core/data/table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/digest.h"

namespace fnn::core {
namespace {

// One pass with Welford's update, which loses no accuracy where the mean is large.
std::vector<ColumnStatistics> Statistics(std::span<const float> values, int64_t columns) {
  std::vector<ColumnStatistics> out(columns);
  std::vector<double> squares(columns, 0);
  const int64_t rows = static_cast<int64_t>(values.size()) / columns;
  for (int64_t c = 0; c < columns; ++c) out[c].min = out[c].max = values[c];
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      const double x = values[r * columns + c];
      ColumnStatistics& column = out[c];
      column.min = std::min(column.min, x);
      column.max = std::max(column.max, x);
      column.integral = column.integral && x == std::trunc(x);
      const double before = x - column.mean;
      column.mean += before / static_cast<double>(r + 1);
      squares[c] += before * (x - column.mean);
    }
  }
  for (int64_t c = 0; c < columns; ++c) {
    out[c].standard_deviation = std::sqrt(squares[c] / static_cast<double>(rows));
  }
  return out;
}

int64_t SizeBytes(const std::vector<std::string>& names, const std::vector<float>& values) {
  size_t bytes = values.capacity() * sizeof(float);
  for (const std::string& name : names) {
    bytes += sizeof(std::string) + sizeof(ColumnStatistics);
    // A short name lies inside the string itself.
    if (name.capacity() > std::string().capacity()) bytes += name.capacity() + 1;
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace

std::shared_ptr<const Table> Table::Create(std::vector<std::string> names,
                                           std::vector<float> values) {
  return std::shared_ptr<const Table>(new Table(std::move(names), std::move(values)));
}

Table::Table(std::vector<std::string> names, std::vector<float> values)
    : names_(std::move(names)),
      values_(std::move(values)),
      rows_(static_cast<int64_t>(values_.size() / names_.size())),
      statistics_(Statistics(values_, columns())),
      digest_(Digest(std::as_bytes(std::span(values_)))),
      size_bytes_(SizeBytes(names_, values_)) {}

std::span<const float> Table::row(int64_t i) const {
  return values().subspan(i * columns(), columns());
}

}  // namespace fnn::core
