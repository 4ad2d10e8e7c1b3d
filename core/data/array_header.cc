#include "core/data/array_header.h"

#include "absl/strings/str_cat.h"

namespace fnn::core {

absl::Status ArrayId::Fault(absl::string_view reason, absl::string_view description) const {
  return InvalidField(path, reason, absl::StrCat(label, ": ", description));
}

SaturatingSize ArrayHeader::columns() const {
  SaturatingSize out = 1;
  for (size_t i = 1; i < shape.size(); ++i) out = out * shape[i];
  return out;
}

int64_t ArrayHeader::PlaceOfColumn(int64_t column) const {
  if (!fortran_order) return column;
  // The digits of `column`, the last dimension's first, are its indices.
  int64_t step = rows() * columns().value();
  int64_t place = 0;
  for (size_t i = shape.size() - 1; i > 0; --i) {
    step /= shape[i];
    place += column % shape[i] * step;
    column /= shape[i];
  }
  return place;
}

absl::Status ValidateShape(const ArrayHeader& header, const ArrayId& id) {
  const size_t dimensions = header.shape.size();
  if (dimensions < 1 || dimensions > ArrayHeader::kMostDimensions) {
    return id.Fault("WRONG_SHAPE",
                    absl::StrCat("must have 1 to ", ArrayHeader::kMostDimensions,
                                 " dimensions, of which the first is the rows, not ", dimensions));
  }
  for (size_t i = 0; i < dimensions; ++i) {
    if (header.shape[i] < 1) {
      return id.Fault("EMPTY", absl::StrCat("dimension ", i, " (from 0) is ", header.shape[i],
                                            ", but must be at least 1"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadHeaderPart(ByteSource& source, std::span<std::byte> out, const ArrayId& id) {
  const absl::StatusOr<size_t> size = source.Read(out);
  if (!size.ok()) return size.status();
  if (*size == out.size()) return absl::OkStatus();
  return id.Fault("TRUNCATED", "the file ends within its header; send all of it");
}

}  // namespace fnn::core
