// XXH3-64 of bytes that come in parts.

#ifndef FNN_SERVER_BASE_CHECKSUM_H_
#define FNN_SERVER_BASE_CHECKSUM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct XXH3_state_s;

namespace fnn::server {

class Checksum {
 public:
  Checksum();

  void Update(std::span<const std::byte> bytes);
  // Of all bytes so far; more may follow.
  uint64_t value() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_CHECKSUM_H_
