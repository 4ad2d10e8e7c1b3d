#include "core/data/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace fnn::core {
namespace {

constexpr absl::string_view kMagic = "\x1f\x8b";
constexpr int kGzipOnly = 16 + MAX_WBITS;
// zlib counts in 32 bits.
constexpr size_t kMostAtOnce = size_t{1} << 30;

absl::Status NoMemory() {
  return MakeError(absl::StatusCode::kResourceExhausted, "NO_MEMORY",
                   "there is no memory to decompress the file; try again later");
}

}  // namespace

bool IsGzip(absl::string_view bytes) { return absl::StartsWith(bytes, kMagic); }

// Either function of zlib gives back all that it allocated when it fails.
absl::StatusOr<std::unique_ptr<ByteSource>> GzipSource::Create(absl::string_view bytes,
                                                               const FieldPath& path) {
  auto zlib = std::make_unique<z_stream>();
  if (inflateInit2(zlib.get(), kGzipOnly) != Z_OK) return NoMemory();
  return std::unique_ptr<ByteSource>(new GzipSource(bytes, Stream(zlib.release()), path));
}

absl::StatusOr<std::unique_ptr<ByteSource>> GzipSource::Clone() const {
  auto zlib = std::make_unique<z_stream>();
  if (inflateCopy(zlib.get(), stream_.get()) != Z_OK) return NoMemory();
  std::unique_ptr<GzipSource> clone(new GzipSource(rest_, Stream(zlib.release()), path_));
  clone->between_members_ = between_members_;
  return clone;
}

GzipSource::GzipSource(absl::string_view rest, Stream stream, FieldPath path)
    : rest_(rest), stream_(std::move(stream)), path_(std::move(path)) {}

void GzipSource::End::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

absl::StatusOr<size_t> GzipSource::Read(std::span<std::byte> out) {
  size_t filled = 0;
  while (filled < out.size()) {
    if (stream_->avail_in == 0 && !rest_.empty()) {
      const absl::string_view part = rest_.substr(0, kMostAtOnce);
      rest_.remove_prefix(part.size());
      // zlib does not change what it reads; its type says so only where ZLIB_CONST is defined.
      stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
      stream_->avail_in = static_cast<uInt>(part.size());
    }
    if (between_members_) {
      if (stream_->avail_in == 0) return filled;
      if (absl::Status status = BeginMember(); !status.ok()) return status;
    }
    const size_t room = std::min(out.size() - filled, kMostAtOnce);
    stream_->next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream_->avail_out = static_cast<uInt>(room);
    const int result = inflate(stream_.get(), Z_NO_FLUSH);
    filled += room - stream_->avail_out;
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result == Z_MEM_ERROR) {
      return NoMemory();
    } else if (result == Z_BUF_ERROR && rest_.empty()) {
      return InvalidField(path_, "BAD_GZIP",
                          "the gzip-compressed file ends too early; send all of it");
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return InvalidField(path_, "BAD_GZIP",
                          absl::StrCat("the gzip-compressed file is damaged (",
                                       stream_->msg == nullptr ? "bad data" : stream_->msg,
                                       "); compress and send it again"));
    }
  }
  return filled;
}

// The first byte decides: a member whose second is wrong is found to be damaged.
absl::Status GzipSource::BeginMember() {
  if (*stream_->next_in != static_cast<Bytef>(kMagic[0])) {
    return InvalidField(
        path_, "BAD_GZIP",
        "after a gzip-compressed part come bytes that are not; of several files sent "
        "as one, compress all or none");
  }
  between_members_ = false;
  inflateReset(stream_.get());
  return absl::OkStatus();
}

}  // namespace fnn::core
