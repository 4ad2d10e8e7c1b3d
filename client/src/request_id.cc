#include "client/src/request_id.h"

#include <cstdint>
#include <random>

#include "absl/strings/str_format.h"

namespace fnn::internal {

std::string NewRequestId() {
  std::random_device random;
  const auto bits = [&random] { return (uint64_t{random()} << 32) | random(); };
  const uint64_t high = (bits() & ~uint64_t{0xf000}) | 0x4000;  // The version, RFC 9562.
  const uint64_t low = (bits() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);  // The variant.
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

}  // namespace fnn::internal
