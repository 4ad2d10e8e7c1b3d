// Reads NPZ archives into a Table: zip archives whose members are NPY files.

#ifndef FNN_CORE_DATA_NPZ_H_
#define FNN_CORE_DATA_NPZ_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/table.h"
#include "core/data/table_sink.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// Checks the options, with violations under `path`.
absl::Status ValidateNpz(const v1::Npz& options, const FieldPath& path);

// Reads an archive as the comment of fnn.v1.Npz says; `options` have been validated.
// INVALID_ARGUMENT for `path` where the archive is damaged or lacks an array of `options`, where a
// member is no NPY array, or its name is none for columns, and as ArrayTable; RESOURCE_EXHAUSTED as
// TableSink.
absl::StatusOr<std::shared_ptr<const Table>> ReadNpz(absl::string_view bytes,
                                                     const v1::Npz& options, TableSink& sink,
                                                     const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_NPZ_H_
