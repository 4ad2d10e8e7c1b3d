// A random order of 0 .. n-1. Up to 256 numbers are shuffled and kept (Durstenfeld, "Algorithm 235:
// random permutation", 1964), so that every order is as likely; more are computed, not stored.
//
// What is computed is a generalized Feistel network (Black and Rogaway, "Ciphers with arbitrary
// finite domains", 2002). A number is a pair of a left half below ceil(n / 2^b) and a right half of
// b bits, b about half of the bits of n. Rounds add a function of the right half to the left one,
// modulo its size, and exclusive-or a function of the left half into the right one, in turn. The
// pairs are fewer than n + 2^b; a result that is not below n goes through again until it is (cycle
// walking), which is rare. The function is a multiply-shift hash with a keyed factor and addend
// (Dietzfelbinger, "Universal hashing and k-wise independent random variables via integer
// arithmetic without primes", 1996). Additions and exclusive-ors in turn, and folding the hash,
// keep it from being linear: with six rounds, or without the fold, neighbours stay correlated for
// some keys.

#ifndef FNN_CORE_RANDOM_PERMUTATION_H_
#define FNN_CORE_RANDOM_PERMUTATION_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "core/random/philox.h"

namespace fnn::core {

class Permutation {
 public:
  // The identity on `n` numbers.
  explicit Permutation(int64_t n = 0) : n_(n) {}

  // The order of `n` >= 0 numbers that the stream gives.
  Permutation(int64_t n, const RandomStream& stream) : n_(n) {
    if (n < 2) return;
    if (n <= kMostKept) {
      kind_ = Kind::kKept;
      Shuffle(stream);
      return;
    }
    kind_ = Kind::kComputed;
    right_bits_ = (std::bit_width(static_cast<uint64_t>(n - 1)) + 1) / 2;
    right_mask_ = (uint64_t{1} << right_bits_) - 1;
    left_size_ = (static_cast<uint64_t>(n) + right_mask_) >> right_bits_;
    for (int round = 0; round < kRounds; ++round) {
      const auto key = stream.Bits(round);
      keys_[round] = {uint64_t{key[1]} << 32 | key[0], uint64_t{key[3]} << 32 | key[2]};
    }
  }

  int64_t size() const { return n_; }

  // Where i, 0 <= i < n, goes.
  int64_t operator()(int64_t i) const {
    if (kind_ == Kind::kIdentity) return i;
    if (kind_ == Kind::kKept) return kept_[i];
    auto x = static_cast<uint64_t>(i);
    do {
      x = Feistel(x);
    } while (x >= static_cast<uint64_t>(n_));
    return static_cast<int64_t>(x);
  }

 private:
  enum class Kind : uint8_t { kIdentity, kKept, kComputed };
  struct Key {
    uint64_t factor, addend;
  };
  static constexpr int64_t kMostKept = 256;
  static constexpr int kRounds = 8;

  void Shuffle(const RandomStream& stream) {
    std::array<uint32_t, 4> draws{};
    for (int64_t i = 0; i < n_; ++i) kept_[i] = static_cast<uint8_t>(i);
    for (int64_t i = 0; i < n_; ++i) {
      if (i % 4 == 0) draws = stream.Bits(i / 4);
      std::swap(kept_[i], kept_[uint64_t{draws[i % 4]} * (i + 1) >> 32]);
    }
  }

  static uint64_t Hash(uint64_t x, const Key& key) { return x * key.factor + key.addend; }

  uint64_t Feistel(uint64_t x) const {
    uint64_t left = x >> right_bits_;
    uint64_t right = x & right_mask_;
    for (int round = 0; round < kRounds; round += 2) {
      // Below left_size_, like left: the sum less the size wraps around where it is not to be
      // taken.
      left += (Hash(right, keys_[round]) >> 32) * left_size_ >> 32;
      left = std::min(left, left - left_size_);
      const uint64_t hash = Hash(left, keys_[round + 1]);
      right ^= (hash >> 32 ^ hash >> 47) & right_mask_;
    }
    return left << right_bits_ | right;
  }

  int64_t n_;
  Kind kind_ = Kind::kIdentity;
  int right_bits_ = 0;
  uint64_t right_mask_ = 0;
  uint64_t left_size_ = 0;
  std::array<Key, kRounds> keys_{};
  std::array<uint8_t, kMostKept> kept_{};
};

}  // namespace fnn::core

#endif  // FNN_CORE_RANDOM_PERMUTATION_H_
