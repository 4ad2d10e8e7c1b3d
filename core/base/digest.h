// Digests of numbers, equal for equal data.

#ifndef FNN_CORE_BASE_DIGEST_H_
#define FNN_CORE_BASE_DIGEST_H_

#include <cstddef>
#include <span>
#include <string>

namespace fnn::core {

// XXH3-128 of the bytes as 32 hexadecimal digits.
std::string Digest(std::span<const std::byte> bytes);

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_DIGEST_H_
