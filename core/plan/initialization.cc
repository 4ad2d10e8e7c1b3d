#include "core/plan/initialization.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/saturating.h"
#include "core/data/tensor.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

void ReadGiven(const v1::Tensor& values, const FieldPath& path, ParameterBlock& block,
               Violations& violations) {
  if (!std::equal(values.shape().begin(), values.shape().end(), block.shape.begin(),
                  block.shape.end())) {
    violations.Add(path / "shape", "WRONG_SHAPE",
                   absl::StrCat("must be that of the parameter, ", ToText(block.shape), ", not ",
                                ToText(Shape(values.shape().begin(), values.shape().end()))));
    return;
  }
  absl::StatusOr<std::vector<float>> elements = ReadElements(values, FieldPath());
  if (elements.ok()) {
    block.given = *std::move(elements);
  } else {
    violations.Add(path, "INVALID_VALUES", elements.status().message());
  }
}

}  // namespace

void ReadInitializer(v1::Initializer& initializer, const FieldPath& path, ParameterBlock& block,
                     Violations& violations) {
  const auto resolved =
      ResolveOp<InitializerOp>(Initializers(), initializer, "an initializer", path, violations);
  block.initializer = resolved.op;
  block.initializer_arguments = resolved.arguments;
  if (resolved.op == nullptr) return;
  const absl::string_view fault = resolved.op->fault(resolved.arguments);
  if (!fault.empty()) violations.Add(path / resolved.op->name, "OUT_OF_RANGE", fault);
  if (initializer.has_given()) {
    ReadGiven(initializer.given().values(), path / "given.values", block, violations);
  }
  if (resolved.op->fill != nullptr && block.size > InitializerOp::kMostFilled) {
    violations.Add(
        path / resolved.op->name, "TOO_LARGE",
        absl::StrCat("is for weights of at most ", InitializerOp::kMostFilled, " elements"));
  }
}

absl::string_view SymmetryFault(const ParameterBlock& block, int64_t alike) {
  if (block.initializer == nullptr || !block.trained) return "";
  const InitializerOp& op = *block.initializer;
  if (op.random) return "";
  // An operator that cannot be told to allow it allows it by its name.
  bool allowed = true;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    if (op.arguments[i].name == "allow_symmetric") allowed = block.initializer_arguments[i] != 0;
  }
  if (allowed) return "";
  const std::vector<float>& given = block.given;
  // Without given values all are one.
  if (given.empty() && op.name == "given") return "";  // At fault already.
  const bool zero = given.empty()
                        ? op.draw(block.initializer_arguments, {}, 0) == 0
                        : std::all_of(given.begin(), given.end(), [](float w) { return w == 0; });
  if (zero) {
    return "all weights are 0, so units stay alike and no gradient passes: take another "
           "initializer, or ask for it by zeros {}";
  }
  if (alike < 2) return "";
  const int64_t row_size = block.size / block.shape[0];
  const auto row = [&](int64_t r) { return given.begin() + r * row_size; };
  for (int64_t first = 0; first < block.shape[0]; first += alike) {
    bool same = true;
    for (int64_t r = first + 1; same && !given.empty() && r < first + alike; ++r) {
      same = std::equal(row(first), row(first + 1), row(r));
    }
    if (!same) continue;
    return "units of this layer, or pieces of a unit, have the same weights and would learn the "
           "same: take another initializer, or set allow_symmetric";
  }
  return "";
}

}  // namespace fnn::core
