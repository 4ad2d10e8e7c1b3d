#include "core/data/npy.h"

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/data/npy_dictionary.h"

namespace fnn::core {
namespace {

constexpr absl::string_view kMagic = "\x93NUMPY";
// NumPy itself makes a few hundred bytes for any array of numbers.
constexpr uint32_t kMostHeaderBytes = uint32_t{1} << 16;

// Of `<f4`: byte order, kind, size in bytes.
std::optional<NumberType> TypeOf(absl::string_view text) {
  if (text.size() != 3 || !absl::StrContains("<>|", text[0])) return std::nullopt;
  const int size = text[2] - '0';
  if (size != 1 && size != 2 && size != 4 && size != 8) return std::nullopt;
  if (text[0] == '|' && size != 1) return std::nullopt;
  NumberType type{.size = static_cast<uint8_t>(size), .big_endian = text[0] == '>'};
  if (text[1] == 'b' && size == 1) {
    type.kind = NumberKind::kBool;
  } else if (text[1] == 'u') {
    type.kind = NumberKind::kUnsigned;
  } else if (text[1] == 'i') {
    type.kind = NumberKind::kSigned;
  } else if (text[1] == 'f' && size != 1) {
    type.kind = NumberKind::kFloat;
  } else {
    return std::nullopt;
  }
  return type;
}

// What to call a type that is not read.
absl::string_view KindOf(absl::string_view type) {
  if (type.empty()) return "structured";
  switch (type.size() > 1 ? type[1] : ' ') {
    case 'O':
      return "Python objects";
    case 'c':
      return "complex numbers";
    case 'S':
    case 'a':
    case 'U':
      return "strings";
    case 'M':
    case 'm':
      return "dates or times";
    case 'V':
      return "raw bytes";
    default:
      return "unknown";
  }
}

// The length of the dictionary, after magic and version.
absl::StatusOr<uint32_t> ReadLength(ByteSource& source, std::byte version, const ArrayId& id) {
  std::array<std::byte, 4> bytes{};
  const size_t size = version == std::byte{1} ? 2 : 4;
  absl::Status status = ReadHeaderPart(source, std::span(bytes).first(size), id);
  if (!status.ok()) return status;
  uint32_t length;
  std::memcpy(&length, bytes.data(), sizeof(length));
  if (length > kMostHeaderBytes) {
    return id.Fault("BAD_HEADER",
                    absl::StrCat("its header has ", length, " bytes, but at most ",
                                 kMostHeaderBytes, " are read; save it again with numpy.save"));
  }
  return length;
}

}  // namespace

bool IsNpy(absl::string_view bytes) { return absl::StartsWith(bytes, kMagic); }

absl::StatusOr<std::optional<ArrayHeader>> ReadNpyHeader(ByteSource& source, const ArrayId& id) {
  std::array<std::byte, kMagic.size()> magic;
  const absl::StatusOr<size_t> size = source.Read(magic);
  if (!size.ok()) return size.status();
  if (*size == 0) return std::nullopt;
  if (std::memcmp(magic.data(), kMagic.data(), *size) != 0) {
    return id.Fault("NOT_NPY", "there are bytes here that begin no NPY array: no \\x93NUMPY");
  }
  if (*size < magic.size()) {
    return id.Fault("TRUNCATED", "the file ends within its header; send all of it");
  }
  std::array<std::byte, 2> version;
  if (absl::Status status = ReadHeaderPart(source, version, id); !status.ok()) return status;
  const int major = std::to_integer<int>(version[0]);
  if (major < 1 || major > 3 || version[1] != std::byte{0}) {
    return id.Fault("UNSUPPORTED_VERSION", absl::StrCat("its NPY version is ", major, ".",
                                                        std::to_integer<int>(version[1]),
                                                        ", but must be 1.0, 2.0 or 3.0"));
  }
  const absl::StatusOr<uint32_t> length = ReadLength(source, version[0], id);
  if (!length.ok()) return length.status();
  std::string text(*length, '\0');
  absl::Status status = ReadHeaderPart(source, std::as_writable_bytes(std::span(text)), id);
  if (!status.ok()) return status;
  std::optional<NpyDictionary> dictionary = ParseNpyDictionary(text);
  if (!dictionary.has_value()) {
    return id.Fault(
        "BAD_HEADER",
        absl::StrCat("its header must be a dictionary of descr, fortran_order and shape, "
                     "not ",
                     Echo(text)));
  }
  const std::optional<NumberType> type = TypeOf(dictionary->type);
  if (!type.has_value()) {
    return id.Fault(
        "UNSUPPORTED_TYPE",
        absl::StrCat("its type ", Echo(dictionary->type), " (", KindOf(dictionary->type),
                     ") is not read; convert it to bool, integers of 8 to 64 bits or "
                     "floats of 16 to 64, with astype"));
  }
  ArrayHeader header{.type = *type, .shape = std::move(dictionary->shape)};
  status = ValidateShape(header, id);
  if (!status.ok()) return status;
  // One column lies the same way in both orders.
  header.fortran_order = dictionary->fortran_order && header.columns().value() > 1;
  return header;
}

}  // namespace fnn::core
