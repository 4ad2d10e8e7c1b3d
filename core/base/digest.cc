#include "core/base/digest.h"

#include <xxhash.h>

#include <bit>

namespace fnn::core {
namespace {

// The digests are of little-endian data, as it lies in memory.
static_assert(std::endian::native == std::endian::little);

void ToHex(XXH128_hash_t hash, std::string& out) {
  constexpr int kDigits = 16;  // Of one half.
  out.resize(2 * kDigits);
  for (int i = 0; i < kDigits; ++i) {
    const int shift = 4 * (kDigits - 1 - i);
    out[i] = "0123456789abcdef"[hash.high64 >> shift & 15];
    out[kDigits + i] = "0123456789abcdef"[hash.low64 >> shift & 15];
  }
}

XXH3_state_t* State(void* state) { return static_cast<XXH3_state_t*>(state); }

}  // namespace

std::string Digest(std::span<const std::byte> bytes) {
  std::string out;
  ToHex(XXH3_128bits(bytes.data(), bytes.size()), out);
  return out;
}

Digester::Digester() : state_(XXH3_createState()) { XXH3_128bits_reset(State(state_.get())); }

void Digester::Free::operator()(void* state) const { XXH3_freeState(State(state)); }

void Digester::Update(std::span<const std::byte> bytes) {
  XXH3_128bits_update(State(state_.get()), bytes.data(), bytes.size());
}

std::string Digester::Finish() const {
  std::string out;
  Finish(out);
  return out;
}

void Digester::Finish(std::string& out) const {
  ToHex(XXH3_128bits_digest(State(state_.get())), out);
}

}  // namespace fnn::core
