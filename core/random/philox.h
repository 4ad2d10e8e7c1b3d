// Philox4x32-10, a counter-based random number generator (Salmon, Moraes, Dror and Shaw, "Parallel
// random numbers: as easy as 1, 2, 3", SC 2011).
//
// It has no state: the numbers at a counter under a key are a function of the two, so any draw can
// be made at any time, in any order, by anyone. Keys here are a seed; counters say what a draw is
// for.

#ifndef FNN_CORE_RANDOM_PHILOX_H_
#define FNN_CORE_RANDOM_PHILOX_H_

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace fnn::core {

// Four words of 32 random bits.
constexpr std::array<uint32_t, 4> Philox(std::array<uint32_t, 4> counter,
                                         std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0];
    const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

// What draws are for. Draws for different purposes, or different `a`, are independent. The numbers
// are part of the meaning of a seed and never change.
enum class Purpose : uint16_t {
  kInitialize = 1,
  kSplit = 2,
  kShuffle = 3,
  kDropout = 4,
  kDirections = 5
};

// The draws for one purpose under one seed.
class RandomStream {
 public:
  // `a` is what the purpose is about: a parameter block, an epoch; below 2^48.
  constexpr RandomStream(uint64_t seed, Purpose purpose, uint64_t a = 0)
      : key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
        high_{static_cast<uint32_t>(a),
              static_cast<uint32_t>(a >> 32) << 16 | static_cast<uint32_t>(purpose)} {}

  // 128 random bits at `index`.
  constexpr std::array<uint32_t, 4> Bits(uint64_t index) const {
    return Philox(
        {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), high_[0], high_[1]},
        key_);
  }

  // Uniform on [0, 1), a multiple of 2^-53.
  constexpr double Uniform(uint64_t index) const {
    const auto bits = Bits(index);
    return ToUnit(bits[0], bits[1]);
  }

  // Standard normal, by the transform of Box and Muller (1958).
  double Normal(uint64_t index) const {
    const auto bits = Bits(index);
    const double u = 1 - ToUnit(bits[0], bits[1]);  // In (0, 1].
    const double v = ToUnit(bits[2], bits[3]);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
  }

 private:
  static constexpr double ToUnit(uint32_t low, uint32_t high) {
    return static_cast<double>((uint64_t{high} << 32 | low) >> 11) * 0x1.0p-53;
  }

  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 2> high_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_RANDOM_PHILOX_H_
