// The values of an array of a file, row by row.

#ifndef FNN_CORE_DATA_ARRAY_ROWS_H_
#define FNN_CORE_DATA_ARRAY_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "core/base/byte_source.h"
#include "core/data/array_header.h"

namespace fnn::core {

// Reads an array in the order of its file, of which it keeps a few rows; an array in Fortran order,
// where a row lies all over the file, it keeps whole as the file has it.
class ArrayRows {
 public:
  // `values` is at the first value, of as many as `header` says, which has been validated.
  ArrayRows(ArrayHeader header, std::unique_ptr<ByteSource> values);

  // What reading takes in bytes, at most.
  SaturatingSize MemoryBytes() const;
  int64_t columns() const { return columns_; }

  // Gives the next row as floats: out.size() is columns(). At most as often as there are rows.
  absl::Status Next(std::span<float> out);

 private:
  absl::Status Fill(std::span<std::byte> bytes);
  absl::Status FillBlock();
  absl::Status NextOfFortran(std::span<float> out);

  ArrayHeader header_;
  std::unique_ptr<ByteSource> source_;
  int64_t columns_;
  int64_t block_rows_;
  int64_t row_ = 0;  // The next one.
  std::vector<std::byte> bytes_;
  std::vector<float> block_;     // The rows that bytes_ has, unless it has all in Fortran order.
  std::vector<int64_t> places_;  // In Fortran order: of each column, see PlaceOfColumn.
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_ARRAY_ROWS_H_
