// A table of the arrays of a file, side by side.
//
//   ArrayTable arrays(sink, path);
//   ... arrays.Add(id, name, header, source) ...
//   absl::StatusOr<std::shared_ptr<const Table>> table = std::move(arrays).Finish();

#ifndef FNN_CORE_DATA_ARRAY_TABLE_H_
#define FNN_CORE_DATA_ARRAY_TABLE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/byte_source.h"
#include "core/base/errors.h"
#include "core/data/array_header.h"
#include "core/data/array_rows.h"
#include "core/data/table.h"
#include "core/data/table_sink.h"

namespace fnn::core {

// Goes through the values twice. The first time, as arrays are added, checks every value and tells
// the type that the table needs; the second one fills the table, a row of every array at a time, so
// neither the file's contents nor the arrays have to be in memory.
class ArrayTable {
 public:
  static constexpr int64_t kMostArrays = 256;
  static constexpr int64_t kMostColumns = int64_t{1} << 20;

  // `sink` outlives it.
  ArrayTable(TableSink& sink, FieldPath path) : sink_(sink), path_(std::move(path)) {}

  // Adds an array whose values come next in `source`, and leaves that behind the last. Its columns
  // are named `name`, or `name_0`, `name_1`, ... where it has several; or, if `name` is empty, `cK`
  // for the K-th column of the table. INVALID_ARGUMENT where there are fewer values, where one is
  // not finite as a 32-bit float (its row and column named), where its rows are not as many as
  // those of the others, or where there are too many arrays or columns; RESOURCE_EXHAUSTED where
  // the values take more bytes than the sink allows, or reading them more memory or scratch.
  absl::Status Add(const ArrayId& id, const std::string& name, const ArrayHeader& header,
                   ByteSource& source);
  int64_t arrays() const { return static_cast<int64_t>(arrays_.size()); }

  // The table. INVALID_ARGUMENT where there is no array, or two columns have one name; otherwise as
  // TableSink and TableWriter.
  absl::StatusOr<std::shared_ptr<const Table>> Finish() &&;

 private:
  absl::Status CheckSize(const ArrayId& id, const ArrayHeader& header);
  // Reads all values once, in C order to come back to them, in Fortran order into scratch.
  absl::StatusOr<ArrayRows> CheckAndClone(const ArrayId& id, const ArrayHeader& header,
                                          ByteSource& source);
  absl::StatusOr<ArrayRows> CheckAndStore(const ArrayId& id, const ArrayHeader& header,
                                          ByteSource& source);
  // Appends them to `copy`, where there is one.
  absl::Status CheckValues(const ArrayId& id, const ArrayHeader& header, ByteSource& source,
                           StorageWriter* copy);
  absl::Status CheckNames() const;

  TableSink& sink_;
  const FieldPath path_;
  std::vector<ArrayRows> arrays_;
  std::vector<std::string> names_;
  int64_t rows_ = 0;
  int64_t columns_ = 0;
  SaturatingSize bytes_ = 0;   // Of all values, as the file has them.
  SaturatingSize memory_ = 0;  // What reading takes beside the table.
  bool fits_uint8_ = true;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_ARRAY_TABLE_H_
