// Reads an uploaded file, of whatever format, into a Table.

#ifndef FNN_CORE_DATA_TABLE_FILE_H_
#define FNN_CORE_DATA_TABLE_FILE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/table.h"
#include "core/data/table_sink.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// Checks the options of a format, with violations under `path`.
absl::Status ValidateFileFormat(const v1::FileFormat& format, const FieldPath& path);

// Reads `bytes`, which may be a mapped file larger than the memory, decompressing and recognising
// them, as the comments of fnn.v1.FileFormat and its formats say; `format` has been validated.
// INVALID_ARGUMENT for `path` as ReadCsv, ReadIdxHeader, ReadNpyHeader, ReadNpz, ArrayTable and
// GzipSource; otherwise as TableSink.
absl::StatusOr<std::shared_ptr<const Table>> ReadTableFile(absl::string_view bytes,
                                                           const v1::FileFormat& format,
                                                           TableSink& sink, const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TABLE_FILE_H_
