// Digests of numbers, equal for equal data.

#ifndef FNN_CORE_BASE_DIGEST_H_
#define FNN_CORE_BASE_DIGEST_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace fnn::core {

// XXH3-128 of the bytes as 32 hexadecimal digits.
std::string Digest(std::span<const std::byte> bytes);

// The same of bytes that come in parts.
class Digester {
 public:
  Digester();
  void Update(std::span<const std::byte> bytes);
  std::string Finish() const;
  // Into `out`, whose room is used again.
  void Finish(std::string& out) const;

 private:
  struct Free {
    void operator()(void* state) const;
  };
  std::unique_ptr<void, Free> state_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_DIGEST_H_
