// The frames of a record log: their bytes (record_log.h), and reading them.

#ifndef FNN_SERVER_STORAGE_RECORD_FRAME_H_
#define FNN_SERVER_STORAGE_RECORD_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/storage/file_system.h"

namespace fnn::server {

struct RecordFrame {
  static constexpr size_t kHeader = 24;

  uint64_t durable = 0;      // How much of the file was durable when this was written, in bytes.
  absl::string_view record;  // In the reader, until it reads again.

  uint64_t size() const { return kHeader + record.size(); }
};

// Appends to `out` the frame that will lie at `offset` of the file.
void AppendFrame(uint64_t offset, const RecordFrame& frame, std::string& out);

// Reads through a buffer, best forwards. Not safe from several threads at once.
class FrameReader {
 public:
  // The first `size` bytes of `file`, which outlives the reader.
  FrameReader(const ReadableFile& file, uint64_t size) : file_(file), size_(size) {}

  // The frame at `offset`, or nothing where no valid one lies there.
  absl::StatusOr<std::optional<RecordFrame>> Read(uint64_t offset);

  // Whether after the bad frame at `offset` comes a valid one which says that it was durable.
  absl::StatusOr<bool> ProvesDurable(uint64_t offset);

  // Bytes [offset, offset + size), or less where the file ends; good until the next call.
  absl::StatusOr<absl::string_view> Bytes(uint64_t offset, size_t size);

 private:
  const ReadableFile& file_;
  const uint64_t size_;
  std::string buffer_;
  uint64_t start_ = 0;  // Of the buffer, in the file.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_RECORD_FRAME_H_
