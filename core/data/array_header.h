// What a file says of an array before its values.

#ifndef FNN_CORE_DATA_ARRAY_HEADER_H_
#define FNN_CORE_DATA_ARRAY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_source.h"
#include "core/base/errors.h"
#include "core/base/saturating.h"
#include "core/data/number_type.h"

namespace fnn::core {

// Which array of which field an error is about.
struct ArrayId {
  FieldPath path;
  std::string label;  // Such as `array 1`, from 0, or `array "x"`.

  // INVALID_ARGUMENT for the field, the array named.
  absl::Status Fault(absl::string_view reason, absl::string_view description) const;
};

// The first dimension is the rows; the others are flattened to columns, the last one fastest.
struct ArrayHeader {
  static constexpr size_t kMostDimensions = 64;

  NumberType type;
  std::vector<int64_t> shape;
  // The first dimension lies fastest in the file, instead of the last one.
  bool fortran_order = false;

  int64_t rows() const { return shape[0]; }
  SaturatingSize columns() const;
  // What the values take in the file.
  SaturatingSize bytes() const { return columns() * rows() * type.size; }
  // The place in the file, counted in values, of row 0 of column `column`. The other rows follow
  // after row_step() values each. `column` < columns(), which is not saturated.
  int64_t PlaceOfColumn(int64_t column) const;
  int64_t row_step() const { return fortran_order ? 1 : columns().value(); }
};

// INVALID_ARGUMENT where there are no dimensions, or too many, or one is less than 1.
absl::Status ValidateShape(const ArrayHeader& header, const ArrayId& id);

// Reads a part of a header, whole. INVALID_ARGUMENT (TRUNCATED) where the bytes end in it.
absl::Status ReadHeaderPart(ByteSource& source, std::span<std::byte> out, const ArrayId& id);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_ARRAY_HEADER_H_
