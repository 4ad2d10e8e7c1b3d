#include "core/data/binding.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/data/tensor.h"

namespace fnn::core {
namespace {

using Selectors = google::protobuf::RepeatedPtrField<v1::ColumnSelector>;
using ColumnsByName = absl::flat_hash_map<absl::string_view, int64_t>;

ColumnsByName NamesOf(const Table& table) {
  ColumnsByName out;
  out.reserve(table.names().size());
  for (int64_t c = 0; c < table.columns(); ++c) out.emplace(table.names()[c], c);
  return out;
}

// The column that `selector` names; nothing, and a violation, where there is none.
std::optional<int64_t> ResolveOne(const v1::ColumnSelector& selector, const Table& table,
                                  const ColumnsByName& by_name, const FieldPath& path,
                                  Violations& violations) {
  if (selector.has_name()) {
    const auto at = by_name.find(selector.name());
    if (at != by_name.end()) return at->second;
    violations.Add(path / "name", "COLUMN_NOT_FOUND",
                   absl::StrCat("the data has no column ", Echo(selector.name())));
  } else if (selector.has_index()) {
    const int64_t index = selector.index();
    if (index >= -table.columns() && index < table.columns()) {
      return index < 0 ? index + table.columns() : index;
    }
    violations.Add(path / "index", "COLUMN_NOT_FOUND",
                   absl::StrCat("must be ", -table.columns(), " to ", table.columns() - 1, " for ",
                                table.columns(), " columns, not ", index));
  } else {
    violations.Add(path, "REQUIRED", "must name a column, by name or index");
  }
  return std::nullopt;
}

// Resolves selectors to distinct column indices; faults go to `violations`.
std::vector<int64_t> Resolve(const Selectors& selectors, const Table& table,
                             const ColumnsByName& by_name, const FieldPath& path,
                             Violations& violations) {
  std::vector<int64_t> out;
  std::vector<bool> taken(table.columns(), false);
  for (int i = 0; i < selectors.size(); ++i) {
    const auto column = ResolveOne(selectors[i], table, by_name, path[i], violations);
    if (!column.has_value()) continue;
    if (taken[*column]) {
      violations.Add(path[i], "DUPLICATE_COLUMN",
                     absl::StrCat("names column ", Echo(table.names()[*column]), " again"));
      continue;
    }
    taken[*column] = true;
    out.push_back(*column);
  }
  return out;
}

}  // namespace

absl::StatusOr<BoundTable> Bind(std::shared_ptr<const Table> table, const v1::DataBinding& binding,
                                const FieldPath& path) {
  const FieldPath at = path / "binding";
  Violations violations;
  BoundTable out{.table = std::move(table),
                 .features = {},
                 .targets = {},
                 .features_path = at / "features",
                 .targets_path = at / "targets",
                 .weight_path = at / "weight"};
  const ColumnsByName by_name = NamesOf(*out.table);
  const std::vector<int64_t> ignored =
      Resolve(binding.ignored(), *out.table, by_name, at / "ignored", violations);
  out.features = Resolve(binding.features(), *out.table, by_name, out.features_path, violations);
  out.targets = Resolve(binding.targets(), *out.table, by_name, out.targets_path, violations);
  if (binding.has_weight()) {
    out.weight = ResolveOne(binding.weight(), *out.table, by_name, out.weight_path, violations);
  }
  if (!violations.empty()) return violations.ToStatus();

  if (out.targets.empty()) out.targets.push_back(out.table->columns() - 1);
  if (out.features.empty()) {
    std::vector<bool> left(out.table->columns(), true);
    for (const int64_t column : out.targets) left[column] = false;
    for (const int64_t column : ignored) left[column] = false;
    if (out.weight.has_value()) left[*out.weight] = false;
    for (int64_t c = 0; c < out.table->columns(); ++c) {
      if (left[c]) out.features.push_back(c);
    }
  }
  std::vector<bool> is_feature(out.table->columns(), false);
  for (const int64_t column : out.features) is_feature[column] = true;
  for (const int64_t column : out.targets) {
    if (is_feature[column]) {
      violations.Add(out.targets_path, "DUPLICATE_COLUMN",
                     absl::StrCat("column ", Echo(out.table->names()[column]),
                                  " is a feature as well; a column is one or the other"));
    }
  }
  if (out.weight.has_value()) {
    const bool is_target =
        std::find(out.targets.begin(), out.targets.end(), *out.weight) != out.targets.end();
    if (is_target || is_feature[*out.weight]) {
      violations.Add(
          out.weight_path, "DUPLICATE_COLUMN",
          absl::StrCat("column ", Echo(out.table->names()[*out.weight]), " is a ",
                       is_target ? "target" : "feature", " as well; a column is one or the other"));
    }
  }
  if (out.features.empty()) {
    violations.Add(out.features_path, "EMPTY",
                   absl::StrCat("no column is left to be a feature: the data has ",
                                out.table->columns(), ", of which targets take ",
                                out.targets.size(), out.weight.has_value() ? ", weights one" : "",
                                " and ", ignored.size(), " are ignored"));
  }
  if (!violations.empty()) return violations.ToStatus();
  return out;
}

absl::StatusOr<BoundTable> BindInline(const v1::InlineData& data, const FieldPath& path) {
  const FieldPath at = path / "inline";
  Violations missing;
  if (!data.has_features()) missing.Add(at / "features", "REQUIRED", "must be given");
  if (!data.has_targets()) missing.Add(at / "targets", "REQUIRED", "must be given");
  if (!missing.empty()) return missing.ToStatus();

  const auto features = ReadTensor(data.features(), OneDimension::kOneColumn, at / "features");
  if (!features.ok()) return features.status();
  const auto targets = ReadTensor(data.targets(), OneDimension::kOneColumn, at / "targets");
  if (!targets.ok()) return targets.status();
  if (features->rows != targets->rows) {
    return InvalidField(
        at / "targets" / "shape", "WRONG_SHAPE",
        absl::StrCat("has ", targets->rows, " rows, but the features have ", features->rows));
  }
  Matrix weights;
  if (data.has_weights()) {
    auto read = ReadTensor(data.weights(), OneDimension::kOneColumn, at / "weights");
    if (!read.ok()) return read.status();
    weights = *std::move(read);
    if (weights.rows != features->rows || weights.columns != 1) {
      return InvalidField(
          at / "weights" / "shape", "WRONG_SHAPE",
          absl::StrCat("must be [", features->rows, "], a weight for each row, not [", weights.rows,
                       ", ", weights.columns, "]"));
    }
  }

  BoundTable out;
  out.features_path = at / "features";
  out.targets_path = at / "targets";
  out.weight_path = at / "weights";
  std::vector<std::string> names;
  for (int64_t c = 0; c < features->columns; ++c) {
    out.features.push_back(static_cast<int64_t>(names.size()));
    names.push_back(absl::StrCat("x", c));
  }
  for (int64_t c = 0; c < targets->columns; ++c) {
    out.targets.push_back(static_cast<int64_t>(names.size()));
    names.push_back(absl::StrCat("y", c));
  }
  if (data.has_weights()) {
    out.weight = static_cast<int64_t>(names.size());
    names.emplace_back("weight");
  }
  std::vector<float> values;
  values.reserve(features->values.size() + targets->values.size() + weights.values.size());
  for (int64_t r = 0; r < features->rows; ++r) {
    const auto append = [&values, r](const Matrix& matrix) {
      const auto from = matrix.values.begin() + r * matrix.columns;
      values.insert(values.end(), from, from + matrix.columns);
    };
    append(*features);
    append(*targets);
    append(weights);
  }
  out.table = Table::Create(std::move(names), std::move(values));
  return out;
}

}  // namespace fnn::core
