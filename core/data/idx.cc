#include "core/data/idx.h"

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace fnn::core {
namespace {

std::optional<NumberType> TypeOf(std::byte code) {
  switch (std::to_integer<int>(code)) {
    case 0x08:
      return NumberType{NumberKind::kUnsigned, 1, true};
    case 0x09:
      return NumberType{NumberKind::kSigned, 1, true};
    case 0x0B:
      return NumberType{NumberKind::kSigned, 2, true};
    case 0x0C:
      return NumberType{NumberKind::kSigned, 4, true};
    case 0x0D:
      return NumberType{NumberKind::kFloat, 4, true};
    case 0x0E:
      return NumberType{NumberKind::kFloat, 8, true};
    default:
      return std::nullopt;
  }
}

}  // namespace

bool IsIdx(absl::string_view bytes) {
  return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] != 0;
}

absl::StatusOr<std::optional<ArrayHeader>> ReadIdxHeader(ByteSource& source, const ArrayId& id) {
  std::array<std::byte, 4> magic;
  const absl::StatusOr<size_t> size = source.Read(magic);
  if (!size.ok()) return size.status();
  if (*size == 0) return std::nullopt;
  if (magic[0] != std::byte{0} || (*size > 1 && magic[1] != std::byte{0})) {
    return id.Fault("NOT_IDX",
                    "there are bytes here that begin no IDX array: two zeros, type, dimensions");
  }
  if (*size < magic.size()) {
    return id.Fault("TRUNCATED", "the file ends within its header; send all of it");
  }
  const std::optional<NumberType> type = TypeOf(magic[2]);
  if (!type.has_value()) {
    return id.Fault("UNSUPPORTED_TYPE",
                    absl::StrCat("its type is ", std::to_integer<int>(magic[2]),
                                 ", but must be 8, 9, 11, 12, 13 or 14, as fnn.v1.Idx says"));
  }
  ArrayHeader header{.type = *type, .shape = {}};
  for (int i = 0; i < std::to_integer<int>(magic[3]); ++i) {
    std::array<std::byte, 4> dimension;
    if (absl::Status status = ReadHeaderPart(source, dimension, id); !status.ok()) return status;
    uint32_t bits;
    std::memcpy(&bits, dimension.data(), sizeof(bits));
    header.shape.push_back(__builtin_bswap32(bits));
  }
  if (absl::Status status = ValidateShape(header, id); !status.ok()) return status;
  return header;
}

}  // namespace fnn::core
