// The contents of gzip-compressed bytes.

#ifndef FNN_CORE_DATA_GZIP_SOURCE_H_
#define FNN_CORE_DATA_GZIP_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_source.h"
#include "core/base/errors.h"

struct z_stream_s;

namespace fnn::core {

// Whether `bytes` begin as gzip's do.
bool IsGzip(absl::string_view bytes);

// Decompresses as it is read, keeping about 48 KiB: how much the bytes become does not matter.
// Several gzip members, one after the other, are their contents one after the other. Reading gives
// INVALID_ARGUMENT (BAD_GZIP) for `path` where a member is damaged, cut off, or followed by what is
// none.
class GzipSource final : public ByteSource {
 public:
  // `bytes` outlive it. RESOURCE_EXHAUSTED where there is no memory.
  static absl::StatusOr<std::unique_ptr<ByteSource>> Create(absl::string_view bytes,
                                                            const FieldPath& path);

  absl::StatusOr<size_t> Read(std::span<std::byte> out) override;
  absl::StatusOr<std::unique_ptr<ByteSource>> Clone() const override;

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };
  using Stream = std::unique_ptr<z_stream_s, End>;

  GzipSource(absl::string_view rest, Stream stream, FieldPath path);
  absl::Status BeginMember();

  absl::string_view rest_;  // What the stream has not been given yet.
  Stream stream_;
  FieldPath path_;
  bool between_members_ = false;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_GZIP_SOURCE_H_
