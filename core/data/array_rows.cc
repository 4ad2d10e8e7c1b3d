#include "core/data/array_rows.h"

#include <algorithm>
#include <utility>

#include "core/base/errors.h"

namespace fnn::core {
namespace {

// About how many bytes of the file are read at once, if a row is not more.
constexpr int64_t kBlockBytes = int64_t{1} << 14;

int64_t BlockRows(const ArrayHeader& header) {
  return std::clamp<int64_t>(kBlockBytes / (header.columns().value() * header.type.size), 1,
                             header.rows());
}

}  // namespace

ArrayRows::ArrayRows(ArrayHeader header, std::unique_ptr<ByteSource> values)
    : header_(std::move(header)),
      source_(std::move(values)),
      columns_(header_.columns().value()),
      block_rows_(BlockRows(header_)) {}

ArrayRows::ArrayRows(ArrayHeader header, Storage values)
    : header_(std::move(header)),
      stored_(std::move(values)),
      columns_(header_.columns().value()),
      block_rows_(BlockRows(header_)) {
  for (int64_t c = 0; c < columns_; ++c) places_.push_back(header_.PlaceOfColumn(c));
}

SaturatingSize ArrayRows::MemoryBytes(const ArrayHeader& header) {
  if (header.fortran_order) return header.columns() * 16;
  return header.columns() * (header.type.size + 4) * BlockRows(header);
}

absl::Status ArrayRows::FillBlock() {
  const int64_t values = std::min(block_rows_, header_.rows() - row_) * columns_;
  bytes_.resize(values * header_.type.size);
  block_.resize(values);
  const absl::StatusOr<size_t> size = source_->Read(bytes_);
  if (!size.ok()) return size.status();
  if (*size < bytes_.size()) {
    return MakeError(absl::StatusCode::kInternal, "FILE_CHANGED",
                     "the file became shorter while it was read; send it again");
  }
  DecodeNumbers(header_.type, bytes_, block_);
  return absl::OkStatus();
}

absl::Status ArrayRows::Next(std::span<float> out) {
  if (header_.fortran_order) {
    NextOfFortran(out);
    return absl::OkStatus();
  }
  if (row_ % block_rows_ == 0) {
    if (absl::Status status = FillBlock(); !status.ok()) return status;
  }
  const auto from = block_.begin() + row_ % block_rows_ * columns_;
  std::copy(from, from + columns_, out.begin());
  ++row_;
  return absl::OkStatus();
}

void ArrayRows::NextOfFortran(std::span<float> out) {
  const size_t size = header_.type.size;
  for (int64_t c = 0; c < columns_; ++c) {
    const size_t place = static_cast<size_t>(places_[c] + row_ * header_.row_step());
    DecodeNumbers(header_.type, stored_.bytes().subspan(place * size, size), out.subspan(c, 1));
  }
  ++row_;
}

}  // namespace fnn::core
