#ifndef FNN_TRANSFER_H_
#define FNN_TRANSFER_H_

#include <cstdint>
#include <optional>

namespace fnn {

// How much of a file has gone, or come, over the line.
struct TransferProgress {
  // Bytes so far.
  int64_t bytes = 0;
  // Bytes in all, where that is known before the end.
  std::optional<int64_t> total_bytes;
};

}  // namespace fnn

#endif  // FNN_TRANSFER_H_
