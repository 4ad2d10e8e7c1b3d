// Bytes that are kept where a test can look at them.

#ifndef FNN_TESTS_CORE_BYTES_H_
#define FNN_TESTS_CORE_BYTES_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "core/base/byte_sink.h"

namespace fnn::core {

class StringSink final : public ByteSink {
 public:
  absl::Status Append(std::span<const std::byte> more) override {
    bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
    return absl::OkStatus();
  }
  std::string bytes;
};

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_BYTES_H_
