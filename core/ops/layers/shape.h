// The shape of one sample's values, without the batch dimension.

#ifndef FNN_CORE_OPS_LAYERS_SHAPE_H_
#define FNN_CORE_OPS_LAYERS_SHAPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fnn::core {

using Shape = std::vector<int64_t>;

// The number of values in a shape.
inline int64_t Size(const Shape& shape) {
  int64_t size = 1;
  for (const int64_t n : shape) size *= n;
  return size;
}

// `[28, 28, 1]`.
inline std::string ToText(const Shape& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_SHAPE_H_
