#include "core/data/table_file.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/data/array_table.h"
#include "core/data/csv.h"
#include "core/data/csv_options.h"
#include "core/data/gzip_source.h"
#include "core/data/idx.h"
#include "core/data/npy.h"
#include "core/data/npz.h"
#include "core/data/zip_archive.h"

namespace fnn::core {
namespace {

using TablePtr = std::shared_ptr<const Table>;
using HeaderReader = absl::StatusOr<std::optional<ArrayHeader>> (*)(ByteSource&, const ArrayId&);

// The bytes as they are, or decompressed.
absl::StatusOr<std::unique_ptr<ByteSource>> Contents(absl::string_view bytes,
                                                     const FieldPath& path) {
  if (IsGzip(bytes)) return GzipSource::Create(bytes, path);
  return std::make_unique<MemorySource>(bytes);
}

absl::StatusOr<v1::FileFormat> Recognize(absl::string_view bytes, const FieldPath& path) {
  const absl::StatusOr<std::unique_ptr<ByteSource>> contents = Contents(bytes, path);
  if (!contents.ok()) return contents.status();
  std::array<char, 8> first;
  const absl::StatusOr<size_t> size = (*contents)->Read(std::as_writable_bytes(std::span(first)));
  if (!size.ok()) return size.status();
  const absl::string_view begin(first.data(), *size);
  v1::FileFormat format;
  if (IsIdx(begin)) {
    format.mutable_idx();
  } else if (IsNpy(begin)) {
    format.mutable_npy();
  } else if (IsZip(begin)) {
    format.mutable_npz();
  } else {
    format.mutable_csv();
  }
  return format;
}

// Arrays, one after the other.
absl::StatusOr<TablePtr> ReadArrays(absl::string_view bytes, HeaderReader read_header,
                                    TableSink& sink, const FieldPath& path) {
  const absl::StatusOr<std::unique_ptr<ByteSource>> contents = Contents(bytes, path);
  if (!contents.ok()) return contents.status();
  ArrayTable arrays(sink, path);
  while (true) {
    const ArrayId id{path, absl::StrCat("array ", arrays.arrays())};
    const absl::StatusOr<std::optional<ArrayHeader>> header = read_header(**contents, id);
    if (!header.ok()) return header.status();
    if (!header->has_value()) return std::move(arrays).Finish();
    absl::Status status = arrays.Add(id, "", **header, **contents);
    if (!status.ok()) return status;
  }
}

// Calls `take` with the contents of `bytes`, part by part.
absl::Status Decompress(absl::string_view bytes, const FieldPath& path,
                        absl::FunctionRef<absl::Status(std::span<const std::byte>)> take) {
  const absl::StatusOr<std::unique_ptr<ByteSource>> contents = GzipSource::Create(bytes, path);
  if (!contents.ok()) return contents.status();
  std::vector<std::byte> part(size_t{1} << 16);
  while (true) {
    const absl::StatusOr<size_t> size = (*contents)->Read(part);
    if (!size.ok()) return size.status();
    if (*size == 0) return absl::OkStatus();
    if (absl::Status status = take(std::span(part).first(*size)); !status.ok()) return status;
  }
}

// Text has to be at hand whole. Decompresses twice: to know how much it is before it is put
// anywhere.
absl::StatusOr<TablePtr> ReadCsvGzip(absl::string_view bytes, const v1::Csv& options,
                                     TableSink& sink, const FieldPath& path) {
  int64_t total = 0;
  absl::Status status =
      Decompress(bytes, path, [&](std::span<const std::byte> part) -> absl::Status {
        total += static_cast<int64_t>(part.size());
        if (total <= sink.max_bytes()) return absl::OkStatus();
        return LimitExceeded("DATASET_TOO_LARGE", "or more bytes in one file, decompressed", total,
                             sink.max_bytes());
      });
  if (!status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<StorageWriter>> scratch = sink.Scratch(total);
  if (!scratch.ok()) return scratch.status();
  status = Decompress(bytes, path, [&](auto part) { return (*scratch)->Append(part); });
  if (!status.ok()) return status;
  const absl::StatusOr<Storage> text = (*scratch)->Finish();
  if (!text.ok()) return text.status();
  return ReadCsv(text->text(), options, sink, path);
}

}  // namespace

absl::Status ValidateFileFormat(const v1::FileFormat& format, const FieldPath& path) {
  if (format.has_csv()) return ValidateCsv(format.csv(), path / "csv");
  if (format.has_npz()) return ValidateNpz(format.npz(), path / "npz");
  return absl::OkStatus();
}

absl::StatusOr<TablePtr> ReadTableFile(absl::string_view bytes, const v1::FileFormat& format,
                                       TableSink& sink, const FieldPath& path) {
  switch (format.kind_case()) {
    case v1::FileFormat::kCsv:
      return IsGzip(bytes) ? ReadCsvGzip(bytes, format.csv(), sink, path)
                           : ReadCsv(bytes, format.csv(), sink, path);
    case v1::FileFormat::kIdx:
      return ReadArrays(bytes, &ReadIdxHeader, sink, path);
    case v1::FileFormat::kNpy:
      return ReadArrays(bytes, &ReadNpyHeader, sink, path);
    case v1::FileFormat::kNpz:
      return ReadNpz(bytes, format.npz(), sink, path);
    case v1::FileFormat::KIND_NOT_SET:
      break;
  }
  const absl::StatusOr<v1::FileFormat> recognized = Recognize(bytes, path);
  if (!recognized.ok()) return recognized.status();
  return ReadTableFile(bytes, *recognized, sink, path);
}

}  // namespace fnn::core
