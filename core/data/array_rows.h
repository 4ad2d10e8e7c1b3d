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
#include "core/data/storage.h"

namespace fnn::core {

// Reads an array in C order from its beginning to its end, a few rows at once; of one in Fortran
// order, where a row lies all over the file, it needs all bytes at hand.
class ArrayRows {
 public:
  // Values in C order: `values` is at the first, of as many as `header` says, which has been
  // validated.
  ArrayRows(ArrayHeader header, std::unique_ptr<ByteSource> values);
  // Values in Fortran order: all of them, as the file has them.
  ArrayRows(ArrayHeader header, Storage values);

  // What reading an array takes in bytes, at most; header.bytes() is not saturated.
  static SaturatingSize MemoryBytes(const ArrayHeader& header);
  int64_t columns() const { return columns_; }

  // Gives the next row as floats: out.size() is columns(). At most as often as there are rows.
  absl::Status Next(std::span<float> out);

 private:
  absl::Status FillBlock();
  void NextOfFortran(std::span<float> out);

  ArrayHeader header_;
  std::unique_ptr<ByteSource> source_;  // In C order.
  Storage stored_;                      // In Fortran order.
  int64_t columns_;
  int64_t block_rows_;
  int64_t row_ = 0;  // The next one.
  std::vector<std::byte> bytes_;
  std::vector<float> block_;     // The rows that bytes_ has.
  std::vector<int64_t> places_;  // In Fortran order: of each column, see PlaceOfColumn.
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_ARRAY_ROWS_H_
