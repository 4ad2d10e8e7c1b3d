// The headers of IDX files, the format of MNIST (http://yann.lecun.com/exdb/mnist): two zero bytes,
// the type, the number of dimensions, each dimension in 32 bits, then the values, everything
// big-endian.

#ifndef FNN_CORE_DATA_IDX_H_
#define FNN_CORE_DATA_IDX_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_source.h"
#include "core/data/array_header.h"

namespace fnn::core {

// Whether `bytes` begin as an IDX array does, be its type known or not.
bool IsIdx(absl::string_view bytes);

// Reads a header, and leaves `source` at the first value; nothing where `source` is at its end.
// INVALID_ARGUMENT where it is no header, is cut off, or has a type or a shape that it can't have.
absl::StatusOr<std::optional<ArrayHeader>> ReadIdxHeader(ByteSource& source, const ArrayId& id);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_IDX_H_
