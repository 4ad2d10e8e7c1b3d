// The types that the values of a table may be kept in.

#ifndef FNN_CORE_DATA_ELEMENT_H_
#define FNN_CORE_DATA_ELEMENT_H_

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace fnn::core {

enum class ElementType : uint8_t { kFloat32, kUint8 };

// Calls visit(const E*) with `values` as the type that they are; returns what it does. The one
// place that knows which C++ type a value of ElementType is.
template <typename Visit>
decltype(auto) VisitElements(ElementType type, const std::byte* values, const Visit& visit) {
  if (type == ElementType::kUint8) return visit(reinterpret_cast<const uint8_t*>(values));
  return visit(reinterpret_cast<const float*>(values));
}

// In bytes.
constexpr int64_t ElementSize(ElementType type) { return type == ElementType::kUint8 ? 1 : 4; }

// Whether a byte holds `value` exactly.
inline bool FitsUint8(float value) {
  return value >= 0 && value <= 255 && value == std::trunc(value) && !std::signbit(value);
}

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_ELEMENT_H_
