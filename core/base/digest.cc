#include "core/base/digest.h"

#include <xxhash.h>

#include <bit>

#include "absl/strings/str_format.h"

namespace fnn::core {

// The digests are of little-endian data, as it lies in memory.
static_assert(std::endian::native == std::endian::little);

std::string Digest(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return absl::StrFormat("%016x%016x", hash.high64, hash.low64);
}

}  // namespace fnn::core
