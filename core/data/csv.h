// Reads comma-separated values into a Table.

#ifndef FNN_CORE_DATA_CSV_H_
#define FNN_CORE_DATA_CSV_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/table.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// Checks the options, with violations under `path`.
absl::Status ValidateCsv(const v1::Csv& options, const FieldPath& path);

// Reads `text` as the comment of fnn.v1.Csv says. INVALID_ARGUMENT names the line and the column
// (both from 1, the column with its name where there is a header) of a cell that is no finite
// number, of a ragged row, of a quote that never ends, of a header with a name that is empty,
// repeated or not UTF-8; and says so when there is no row at all. `path` is the field that the
// violation names.
absl::StatusOr<std::shared_ptr<const Table>> ReadCsv(absl::string_view text, const v1::Csv& options,
                                                     const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_H_
