#include "core/base/digest.h"

#include <xxhash.h>

#include <bit>

#include "absl/strings/str_format.h"

namespace fnn::core {
namespace {

// The digests are of little-endian data, as it lies in memory.
static_assert(std::endian::native == std::endian::little);

std::string ToHex(XXH128_hash_t hash) {
  return absl::StrFormat("%016x%016x", hash.high64, hash.low64);
}

XXH3_state_t* State(void* state) { return static_cast<XXH3_state_t*>(state); }

}  // namespace

std::string Digest(std::span<const std::byte> bytes) {
  return ToHex(XXH3_128bits(bytes.data(), bytes.size()));
}

Digester::Digester() : state_(XXH3_createState()) { XXH3_128bits_reset(State(state_.get())); }

void Digester::Free::operator()(void* state) const { XXH3_freeState(State(state)); }

void Digester::Update(std::span<const std::byte> bytes) {
  XXH3_128bits_update(State(state_.get()), bytes.data(), bytes.size());
}

std::string Digester::Finish() const { return ToHex(XXH3_128bits_digest(State(state_.get()))); }

}  // namespace fnn::core
