#ifndef FNN_CLIENT_SRC_BYTE_SOURCE_H_
#define FNN_CLIENT_SRC_BYTE_SOURCE_H_

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fnn::internal {

// How much of a file one message carries, in bytes: well under the 4 MiB that servers take.
inline constexpr int64_t kChunkBytes = int64_t{1} << 20;

// The bytes of a file to send, from its start to its end. For one thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // What errors call it.
  virtual const std::string& name() const = 0;
  // Bytes in all, where that is known.
  virtual std::optional<int64_t> size() const = 0;

  // Fills `chunk` with the next `most` bytes, or fewer at the end, where it is empty once nothing
  // is left.
  virtual absl::Status Read(int64_t most, std::string* chunk) = 0;

  // Begins again. FAILED_PRECONDITION for what can't, such as a pipe.
  virtual absl::Status Rewind() = 0;
};

// Several files, one after the other. Those of an error that opens none: NOT_FOUND,
// PERMISSION_DENIED, INVALID_ARGUMENT for a folder.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFiles(
    const std::vector<std::filesystem::path>& files);

// A stream from where it is to its end. It outlives the source.
std::unique_ptr<ByteSource> BytesOf(std::istream& stream);

// Bytes that outlive the source.
std::unique_ptr<ByteSource> BytesOf(std::string_view bytes);

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_BYTE_SOURCE_H_
