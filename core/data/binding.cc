#include "core/data/binding.h"

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

// Resolves selectors to distinct column indices; faults go to `violations`.
std::vector<int64_t> Resolve(const Selectors& selectors, const Table& table,
                             const ColumnsByName& by_name, const FieldPath& path,
                             Violations& violations) {
  std::vector<int64_t> out;
  std::vector<bool> taken(table.columns(), false);
  for (int i = 0; i < selectors.size(); ++i) {
    const v1::ColumnSelector& selector = selectors[i];
    int64_t column = -1;
    if (selector.has_name()) {
      const auto at = by_name.find(selector.name());
      if (at == by_name.end()) {
        violations.Add(path[i] / "name", "COLUMN_NOT_FOUND",
                       absl::StrCat("the data has no column ", Echo(selector.name())));
        continue;
      }
      column = at->second;
    } else if (selector.has_index()) {
      const int64_t index = selector.index();
      if (index < -table.columns() || index >= table.columns()) {
        violations.Add(path[i] / "index", "COLUMN_NOT_FOUND",
                       absl::StrCat("must be ", -table.columns(), " to ", table.columns() - 1,
                                    " for ", table.columns(), " columns, not ", index));
        continue;
      }
      column = index < 0 ? index + table.columns() : index;
    } else {
      violations.Add(path[i], "REQUIRED", "must name a column, by name or index");
      continue;
    }
    if (taken[column]) {
      violations.Add(path[i], "DUPLICATE_COLUMN",
                     absl::StrCat("names column ", Echo(table.names()[column]), " again"));
      continue;
    }
    taken[column] = true;
    out.push_back(column);
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
                 .targets_path = at / "targets"};
  const ColumnsByName by_name = NamesOf(*out.table);
  const std::vector<int64_t> ignored =
      Resolve(binding.ignored(), *out.table, by_name, at / "ignored", violations);
  out.features = Resolve(binding.features(), *out.table, by_name, out.features_path, violations);
  out.targets = Resolve(binding.targets(), *out.table, by_name, out.targets_path, violations);
  if (!violations.empty()) return violations.ToStatus();

  if (out.targets.empty()) out.targets.push_back(out.table->columns() - 1);
  if (out.features.empty()) {
    std::vector<bool> left(out.table->columns(), true);
    for (const int64_t column : out.targets) left[column] = false;
    for (const int64_t column : ignored) left[column] = false;
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
  if (out.features.empty()) {
    violations.Add(out.features_path, "EMPTY",
                   absl::StrCat("no column is left to be a feature: the data has ",
                                out.table->columns(), ", of which targets take ",
                                out.targets.size(), " and ", ignored.size(), " are ignored"));
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

  BoundTable out;
  out.features_path = at / "features";
  out.targets_path = at / "targets";
  std::vector<std::string> names;
  for (int64_t c = 0; c < features->columns; ++c) {
    out.features.push_back(static_cast<int64_t>(names.size()));
    names.push_back(absl::StrCat("x", c));
  }
  for (int64_t c = 0; c < targets->columns; ++c) {
    out.targets.push_back(static_cast<int64_t>(names.size()));
    names.push_back(absl::StrCat("y", c));
  }
  std::vector<float> values;
  values.reserve(features->values.size() + targets->values.size());
  for (int64_t r = 0; r < features->rows; ++r) {
    const auto append = [&values, r](const Matrix& matrix) {
      const auto from = matrix.values.begin() + r * matrix.columns;
      values.insert(values.end(), from, from + matrix.columns);
    };
    append(*features);
    append(*targets);
  }
  out.table = Table::Create(std::move(names), std::move(values));
  return out;
}

}  // namespace fnn::core
