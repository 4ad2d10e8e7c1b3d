#include "core/data/number_type.h"

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace fnn::core {
namespace {

static_assert(std::endian::native == std::endian::little);

uint8_t Reversed(uint8_t bits) { return bits; }
uint16_t Reversed(uint16_t bits) { return __builtin_bswap16(bits); }
uint32_t Reversed(uint32_t bits) { return __builtin_bswap32(bits); }
uint64_t Reversed(uint64_t bits) { return __builtin_bswap64(bits); }

// T from its bits.
template <typename T, typename Bits>
float ToFloat(Bits bits) {
  if constexpr (std::is_same_v<T, bool>) {
    return bits != 0 ? 1.0F : 0.0F;
  } else if constexpr (std::is_same_v<T, double>) {
    const auto value = std::bit_cast<double>(bits);
    // Converting what a float can't hold is undefined.
    constexpr double kMost = std::numeric_limits<float>::max();
    if (std::abs(value) > kMost) return std::numeric_limits<float>::infinity();
    return static_cast<float>(value);
  } else {
    return static_cast<float>(std::bit_cast<T>(bits));
  }
}

template <typename T, typename Bits>
void Decode(bool reversed, const std::byte* bytes, std::span<float> out) {
  static_assert(sizeof(T) == sizeof(Bits));
  for (size_t i = 0; i < out.size(); ++i) {
    Bits bits;
    std::memcpy(&bits, bytes + i * sizeof(Bits), sizeof(Bits));
    out[i] = ToFloat<T>(reversed ? Reversed(bits) : bits);
  }
}

// Of the three types of this size.
template <typename Unsigned, typename Signed, typename Float>
void DecodeAs(NumberType type, const std::byte* bytes, std::span<float> out) {
  switch (type.kind) {
    case NumberKind::kSigned:
      return Decode<Signed, Unsigned>(type.big_endian, bytes, out);
    case NumberKind::kFloat:
      return Decode<Float, Unsigned>(type.big_endian, bytes, out);
    default:
      return Decode<Unsigned, Unsigned>(type.big_endian, bytes, out);
  }
}

}  // namespace

void DecodeNumbers(NumberType type, std::span<const std::byte> bytes, std::span<float> out) {
  switch (type.size) {
    case 1:
      if (type.kind == NumberKind::kBool) return Decode<bool, uint8_t>(false, bytes.data(), out);
      return DecodeAs<uint8_t, int8_t, uint8_t>(type, bytes.data(), out);
    case 2:
      return DecodeAs<uint16_t, int16_t, Eigen::half>(type, bytes.data(), out);
    case 4:
      return DecodeAs<uint32_t, int32_t, float>(type, bytes.data(), out);
    default:
      return DecodeAs<uint64_t, int64_t, double>(type, bytes.data(), out);
  }
}

}  // namespace fnn::core
