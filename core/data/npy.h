// The headers of NPY files (numpy.lib.format): a magic string, a version, the length of a Python
// dictionary, the dictionary with type, order and shape, then the values.

#ifndef FNN_CORE_DATA_NPY_H_
#define FNN_CORE_DATA_NPY_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_source.h"
#include "core/data/array_header.h"

namespace fnn::core {

// Whether `bytes` begin as an NPY array does.
bool IsNpy(absl::string_view bytes);

// Reads a header, and leaves `source` at the first value; nothing where `source` is at its end.
// INVALID_ARGUMENT where it is no header, is cut off or longer than 64 KiB, or has a version, a
// type or a shape that fnn.v1.Npy does not name.
absl::StatusOr<std::optional<ArrayHeader>> ReadNpyHeader(ByteSource& source, const ArrayId& id);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_NPY_H_
