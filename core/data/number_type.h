// The types that files keep numbers in, and how they become floats.

#ifndef FNN_CORE_DATA_NUMBER_TYPE_H_
#define FNN_CORE_DATA_NUMBER_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace fnn::core {

enum class NumberKind : uint8_t { kBool, kUnsigned, kSigned, kFloat };

// bool of 1 byte, integers of 1, 2, 4, 8, floats of 2, 4, 8; nothing else.
struct NumberType {
  NumberKind kind = NumberKind::kUnsigned;
  uint8_t size = 1;  // In bytes.
  bool big_endian = false;
};

// Rounds out.size() numbers, `bytes` of type.size each, to floats. What is too large for a float
// becomes infinite; a bool is 0 or 1.
void DecodeNumbers(NumberType type, std::span<const std::byte> bytes, std::span<float> out);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_NUMBER_TYPE_H_
