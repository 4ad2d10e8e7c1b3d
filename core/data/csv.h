// Reads comma-separated values into a Table.

#ifndef FNN_CORE_DATA_CSV_H_
#define FNN_CORE_DATA_CSV_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/table.h"
#include "core/data/table_sink.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// Reads `text` as the comment of fnn.v1.Csv says; `options` have been validated (ValidateCsv). Goes
// through it at least twice, and takes little memory beside the table: it may be a mapped file
// larger than the memory. What it takes is reserved of `sink`. INVALID_ARGUMENT names the line and
// the column (both from 1, the column with its name) of a cell that is refused, of a ragged row, of
// a quote that never ends, of a name in the header that is empty, repeated or not UTF-8; and says
// so when there is no row at all. Otherwise as TableSink. `path` is the field that the violation
// names.
absl::StatusOr<std::shared_ptr<const Table>> ReadCsv(absl::string_view text, const v1::Csv& options,
                                                     TableSink& sink, const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_H_
