#include "server/storage/record_frame.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace fnn::server {
namespace {

constexpr size_t kBuffer = size_t{1} << 16;
constexpr uint32_t kMagic = 0x8a4e4e46;  // "FNN" and a byte that is no character.

struct Header {
  uint32_t magic;
  uint32_t length;
  uint64_t durable;
  uint64_t checksum;
};
static_assert(sizeof(Header) == RecordFrame::kHeader);
static_assert(std::endian::native == std::endian::little);

// With the offset in it, so that bytes that are a frame elsewhere are none here.
uint64_t Checksum(uint64_t offset, const Header& header, absl::string_view record) {
  char bytes[sizeof offset + offsetof(Header, checksum)];
  std::memcpy(bytes, &offset, sizeof offset);
  std::memcpy(bytes + sizeof offset, &header, offsetof(Header, checksum));
  return XXH3_64bits_withSeed(record.data(), record.size(), XXH3_64bits(bytes, sizeof bytes));
}

}  // namespace

void AppendFrame(uint64_t offset, const RecordFrame& frame, std::string& out) {
  Header header = {kMagic, static_cast<uint32_t>(frame.record.size()), frame.durable, 0};
  header.checksum = Checksum(offset, header, frame.record);
  out.append(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(frame.record.data(), frame.record.size());
}

absl::StatusOr<absl::string_view> FrameReader::Bytes(uint64_t offset, size_t size) {
  size = std::min<uint64_t>(size, size_ - std::min(offset, size_));
  if (offset < start_ || offset + size > start_ + buffer_.size()) {
    buffer_.resize(std::min<uint64_t>(std::max(size, kBuffer), size_ - std::min(offset, size_)));
    const absl::StatusOr<size_t> filled =
        file_.ReadAt(offset, std::as_writable_bytes(std::span(buffer_)));
    if (!filled.ok()) return filled.status();
    buffer_.resize(*filled);
    start_ = offset;
    size = std::min(size, *filled);
  }
  return absl::string_view(buffer_).substr(offset - start_, size);
}

absl::StatusOr<std::optional<RecordFrame>> FrameReader::Read(uint64_t offset) {
  absl::StatusOr<absl::string_view> bytes = Bytes(offset, sizeof(Header));
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < sizeof(Header)) return std::nullopt;
  Header header;
  std::memcpy(&header, bytes->data(), sizeof header);
  if (header.magic != kMagic || header.durable > offset ||
      header.length > size_ - offset - sizeof(Header)) {
    return std::nullopt;
  }
  bytes = Bytes(offset, sizeof(Header) + header.length);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < sizeof(Header) + header.length) return std::nullopt;
  const RecordFrame frame = {header.durable, bytes->substr(sizeof(Header))};
  if (header.checksum != Checksum(offset, header, frame.record)) return std::nullopt;
  return frame;
}

absl::StatusOr<bool> FrameReader::ProvesDurable(uint64_t offset) {
  const absl::string_view magic(reinterpret_cast<const char*>(&kMagic), sizeof kMagic);
  // `kBuffer` at a time, and what a magic number at its end may need.
  for (uint64_t start = offset + 1; start + sizeof(Header) <= size_; start += kBuffer) {
    uint64_t at = start;
    while (at < start + kBuffer) {
      // Read may have moved the buffer.
      const absl::StatusOr<absl::string_view> bytes =
          Bytes(at, start + kBuffer - at + sizeof kMagic - 1);
      if (!bytes.ok()) return bytes.status();
      const size_t found = bytes->find(magic);
      if (found == absl::string_view::npos) break;
      at += found;
      const absl::StatusOr<std::optional<RecordFrame>> frame = Read(at);
      if (!frame.ok()) return frame.status();
      if (frame->has_value() && (*frame)->durable > offset) return true;
      ++at;
    }
  }
  return false;
}

}  // namespace fnn::server
