// A random order of 0 .. n-1 that is computed, not stored.
//
// A Feistel network over the smallest even number of bits that holds n permutes all numbers of that
// many bits; a result that is not below n is permuted again until it is (cycle walking: Black and
// Rogaway, "Ciphers with arbitrary finite domains", 2002). At most four times n numbers are
// permuted, so that takes fewer than four rounds of walking on average.

#ifndef FNN_CORE_RANDOM_PERMUTATION_H_
#define FNN_CORE_RANDOM_PERMUTATION_H_

#include <bit>
#include <cstdint>

#include "core/random/philox.h"

namespace fnn::core {

class Permutation {
 public:
  // The identity on `n` numbers.
  explicit Permutation(int64_t n = 0) : n_(n) {}

  // The order of `n` >= 0 numbers that the stream gives.
  Permutation(int64_t n, const RandomStream& stream) : n_(n), shuffled_(n > 1) {
    const int bits = std::bit_width(static_cast<uint64_t>(n > 1 ? n - 1 : 1));
    half_bits_ = (bits + 1) / 2;
    mask_ = (uint64_t{1} << half_bits_) - 1;
    for (int round = 0; round < kRounds; ++round) {
      const auto key = stream.Bits(round);
      keys_[round] = uint64_t{key[1]} << 32 | key[0];
    }
  }

  int64_t size() const { return n_; }

  // Where i, 0 <= i < n, goes.
  int64_t operator()(int64_t i) const {
    if (!shuffled_) return i;
    auto x = static_cast<uint64_t>(i);
    do {
      x = Feistel(x);
    } while (x >= static_cast<uint64_t>(n_));
    return static_cast<int64_t>(x);
  }

 private:
  static constexpr int kRounds = 8;

  uint64_t Feistel(uint64_t x) const {
    uint64_t left = x >> half_bits_;
    uint64_t right = x & mask_;
    for (const uint64_t key : keys_) {
      const uint64_t next = left ^ (Mix(right ^ key) & mask_);
      left = right;
      right = next;
    }
    return left << half_bits_ | right;
  }

  // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }

  int64_t n_;
  bool shuffled_ = false;
  int half_bits_ = 0;
  uint64_t mask_ = 0;
  std::array<uint64_t, kRounds> keys_{};
};

}  // namespace fnn::core

#endif  // FNN_CORE_RANDOM_PERMUTATION_H_
