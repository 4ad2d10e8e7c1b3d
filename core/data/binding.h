// What the columns of a table mean: which go in, which should come out.

#ifndef FNN_CORE_DATA_BINDING_H_
#define FNN_CORE_DATA_BINDING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/data/table.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// A table with the meaning of its columns. Cheap to copy.
struct BoundTable {
  std::shared_ptr<const Table> table;
  std::vector<int64_t> features;  // Column indices, in order, at least one, distinct.
  std::vector<int64_t> targets;   // Column indices, in order, at least one, distinct.
  FieldPath features_path;        // Where the request says which, for later errors.
  FieldPath targets_path;
  std::optional<int64_t> weight{};  // The column of sample weights.
  FieldPath weight_path{};
};

// Resolves names and indices against `table`. INVALID_ARGUMENT under `path`.binding for a column
// that is not there, is named twice, or has two meanings, and where no feature is left.
absl::StatusOr<BoundTable> Bind(std::shared_ptr<const Table> table, const v1::DataBinding& binding,
                                const FieldPath& path);

// Makes a table of inline data. INVALID_ARGUMENT under `path`.inline for shapes, lengths, types and
// values that are not as fnn.v1.InlineData says, the row and column of a NaN or infinity named.
absl::StatusOr<BoundTable> BindInline(const v1::InlineData& data, const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_BINDING_H_
