// Where bytes go, one after another: a file, or memory.

#ifndef FNN_CORE_BASE_BYTE_SINK_H_
#define FNN_CORE_BASE_BYTE_SINK_H_

#include <cstddef>
#include <span>

#include "absl/status/status.h"

namespace fnn::core {

// Not safe from several threads at once. An error is final: what was appended is of no use then.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual absl::Status Append(std::span<const std::byte> bytes) = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_BYTE_SINK_H_
