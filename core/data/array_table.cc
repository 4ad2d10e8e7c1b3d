#include "core/data/array_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/finite.h"

namespace fnn::core {
namespace {

// Values checked at once.
constexpr int64_t kBlock = 4096;

// What reading an array takes beside its values, such as the state of a decompressor.
constexpr int64_t kArrayBytes = int64_t{1} << 16;

// Row and column of the value at `place` of the file.
std::string WhereIs(const ArrayHeader& header, int64_t place) {
  int64_t row = place / header.columns().value();
  int64_t column = place % header.columns().value();
  if (header.fortran_order) {
    row = place % header.rows();
    for (column = 0; header.PlaceOfColumn(column) != place - row;) ++column;
  }
  return absl::StrCat("row ", row, ", column ", column, " (both from 0)");
}

}  // namespace

absl::Status ArrayTable::Add(const ArrayId& id, const std::string& name, const ArrayHeader& header,
                             ByteSource& source) {
  if (absl::Status status = CheckSize(id, header); !status.ok()) return status;
  const int64_t columns = header.columns().value();
  memory_ = memory_ + SaturatingSize(columns) * (TableSink::kColumnBytes + 2 * name.size()) +
            ArrayRows::MemoryBytes(header) + kArrayBytes;
  if (absl::Status status = sink_.Reserve(memory_.value()); !status.ok()) return status;
  absl::StatusOr<ArrayRows> rows =
      header.fortran_order ? CheckAndStore(id, header, source) : CheckAndClone(id, header, source);
  if (!rows.ok()) return rows.status();

  for (int64_t c = 0; c < columns; ++c) {
    names_.push_back(name.empty()   ? absl::StrCat("c", columns_ + c)
                     : columns == 1 ? name
                                    : absl::StrCat(name, "_", c));
  }
  rows_ = header.rows();
  columns_ += columns;
  bytes_ = bytes_ + header.bytes();
  arrays_.push_back(*std::move(rows));
  return absl::OkStatus();
}

absl::StatusOr<ArrayRows> ArrayTable::CheckAndClone(const ArrayId& id, const ArrayHeader& header,
                                                    ByteSource& source) {
  absl::StatusOr<std::unique_ptr<ByteSource>> values = source.Clone();
  if (!values.ok()) return values.status();
  const absl::Status status = CheckValues(id, header, source, nullptr);
  if (!status.ok()) return status;
  return ArrayRows(header, *std::move(values));
}

absl::StatusOr<ArrayRows> ArrayTable::CheckAndStore(const ArrayId& id, const ArrayHeader& header,
                                                    ByteSource& source) {
  const absl::StatusOr<std::unique_ptr<StorageWriter>> scratch =
      sink_.Scratch(header.bytes().value());
  if (!scratch.ok()) return scratch.status();
  const absl::Status status = CheckValues(id, header, source, scratch->get());
  if (!status.ok()) return status;
  absl::StatusOr<Storage> values = (*scratch)->Finish();
  if (!values.ok()) return values.status();
  return ArrayRows(header, *std::move(values));
}

absl::Status ArrayTable::CheckSize(const ArrayId& id, const ArrayHeader& header) {
  if (arrays() == kMostArrays) {
    return id.Fault("TOO_MANY_ARRAYS",
                    absl::StrCat("a file may have at most ", kMostArrays, " arrays"));
  }
  if (arrays() > 0 && header.rows() != rows_) {
    return id.Fault("WRONG_SHAPE", absl::StrCat("has ", header.rows(),
                                                " rows, its first dimension, but those "
                                                "before have ",
                                                rows_));
  }
  if ((header.columns() + columns_).value() > kMostColumns) {
    return id.Fault("TOO_MANY_COLUMNS",
                    absl::StrCat("brings the columns to ", (header.columns() + columns_).value(),
                                 ", but a table of arrays may have at most ", kMostColumns,
                                 "; the first dimension is the rows, all others are columns"));
  }
  const int64_t bytes = (bytes_ + header.bytes()).value();
  if (bytes > sink_.max_bytes()) {
    return LimitExceeded("DATASET_TOO_LARGE", "bytes of values in one file, as its headers say",
                         bytes, sink_.max_bytes());
  }
  return absl::OkStatus();
}

absl::Status ArrayTable::CheckValues(const ArrayId& id, const ArrayHeader& header,
                                     ByteSource& source, StorageWriter* copy) {
  const int64_t count = header.bytes().value() / header.type.size;
  std::array<std::byte, kBlock * 8> bytes;
  std::array<float, kBlock> values;
  for (int64_t at = 0; at < count; at += kBlock) {
    const auto block = std::span(values).first(std::min(kBlock, count - at));
    const auto part = std::span(bytes).first(block.size() * header.type.size);
    const absl::StatusOr<size_t> size = source.Read(part);
    if (!size.ok()) return size.status();
    if (*size < part.size()) {
      return id.Fault("TRUNCATED",
                      absl::StrCat("has ", header.bytes().value(),
                                   " bytes of values, as its header says, but the file ends after ",
                                   at * header.type.size + static_cast<int64_t>(*size)));
    }
    DecodeNumbers(header.type, part, block);
    const auto wrong = std::find_if_not(block.begin(), block.end(), IsFinite);
    if (wrong != block.end()) {
      return id.Fault("NOT_FINITE", absl::StrCat(WhereIs(header, at + (wrong - block.begin())),
                                                 " is not finite as a 32-bit float"));
    }
    fits_uint8_ = fits_uint8_ && std::all_of(block.begin(), block.end(), FitsUint8);
    if (copy == nullptr) continue;
    if (absl::Status status = copy->Append(part); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ArrayTable::CheckNames() const {
  absl::flat_hash_set<absl::string_view> seen;
  for (const std::string& name : names_) {
    if (!seen.insert(name).second) {
      return InvalidField(
          path_, "DUPLICATE_COLUMN_NAME",
          absl::StrCat("two columns are named ", Echo(name), "; give the arrays other names"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Table>> ArrayTable::Finish() && {
  if (arrays_.empty()) return InvalidField(path_, "EMPTY", "the file has no array");
  if (absl::Status status = CheckNames(); !status.ok()) return status;
  absl::StatusOr<TableWriter> writer = sink_.Begin(
      std::move(names_), fits_uint8_ ? ElementType::kUint8 : ElementType::kFloat32, rows_);
  if (!writer.ok()) return writer.status();
  std::vector<float> row(columns_);
  for (int64_t r = 0; r < rows_; ++r) {
    int64_t at = 0;
    for (ArrayRows& array : arrays_) {
      const auto part = std::span(row).subspan(at, array.columns());
      if (absl::Status status = array.Next(part); !status.ok()) return status;
      at += array.columns();
    }
    if (absl::Status status = writer->Append(row); !status.ok()) return status;
  }
  return std::move(*writer).Finish();
}

}  // namespace fnn::core
