// Whether what is said of a text of comma-separated values makes sense.

#ifndef FNN_CORE_DATA_CSV_OPTIONS_H_
#define FNN_CORE_DATA_CSV_OPTIONS_H_

#include "absl/status/status.h"
#include "core/base/errors.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// INVALID_ARGUMENT, with violations under `path`.
absl::Status ValidateCsv(const v1::Csv& options, const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_OPTIONS_H_
