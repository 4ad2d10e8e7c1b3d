#include "core/data/array_rows.h"

#include <algorithm>
#include <utility>

#include "core/base/errors.h"

namespace fnn::core {
namespace {

// About how many bytes of the file are read at once, if a row is not more.
constexpr int64_t kBlockBytes = int64_t{1} << 14;

}  // namespace

ArrayRows::ArrayRows(ArrayHeader header, std::unique_ptr<ByteSource> values)
    : header_(std::move(header)),
      source_(std::move(values)),
      columns_(header_.columns().value()),
      block_rows_(
          std::clamp<int64_t>(kBlockBytes / (columns_ * header_.type.size), 1, header_.rows())) {}

SaturatingSize ArrayRows::MemoryBytes() const {
  if (header_.fortran_order) return header_.bytes() + SaturatingSize(columns_) * 16;
  return SaturatingSize(block_rows_) * columns_ * (header_.type.size + 4);
}

absl::Status ArrayRows::Fill(std::span<std::byte> bytes) {
  const absl::StatusOr<size_t> size = source_->Read(bytes);
  if (!size.ok()) return size.status();
  if (*size == bytes.size()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInternal, "FILE_CHANGED",
                   "the file became shorter while it was read; send it again");
}

absl::Status ArrayRows::FillBlock() {
  const int64_t values = std::min(block_rows_, header_.rows() - row_) * columns_;
  bytes_.resize(values * header_.type.size);
  block_.resize(values);
  if (absl::Status status = Fill(bytes_); !status.ok()) return status;
  DecodeNumbers(header_.type, bytes_, block_);
  return absl::OkStatus();
}

absl::Status ArrayRows::Next(std::span<float> out) {
  if (header_.fortran_order) return NextOfFortran(out);
  if (row_ % block_rows_ == 0) {
    if (absl::Status status = FillBlock(); !status.ok()) return status;
  }
  const auto from = block_.begin() + row_ % block_rows_ * columns_;
  std::copy(from, from + columns_, out.begin());
  ++row_;
  return absl::OkStatus();
}

absl::Status ArrayRows::NextOfFortran(std::span<float> out) {
  if (row_ == 0) {
    bytes_.resize(header_.bytes().value());
    if (absl::Status status = Fill(bytes_); !status.ok()) return status;
    for (int64_t c = 0; c < columns_; ++c) places_.push_back(header_.PlaceOfColumn(c));
  }
  const size_t size = header_.type.size;
  for (int64_t c = 0; c < columns_; ++c) {
    const size_t place = static_cast<size_t>(places_[c] + row_ * header_.row_step());
    DecodeNumbers(header_.type, std::span(bytes_).subspan(place * size, size), out.subspan(c, 1));
  }
  ++row_;
  return absl::OkStatus();
}

}  // namespace fnn::core
