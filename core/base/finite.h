// Whether a float is a number: by its bits, so that loops over many are vectorised.

#ifndef FNN_CORE_BASE_FINITE_H_
#define FNN_CORE_BASE_FINITE_H_

#include <bit>
#include <cstdint>

namespace fnn::core {

inline bool IsFinite(float x) { return (std::bit_cast<uint32_t>(x) & 0x7F800000U) != 0x7F800000U; }

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_FINITE_H_
