#include "core/analysis/sample_learned.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/analysis/sample_fields.h"
#include "core/base/errors.h"
#include "core/ops/layers/learned.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

// Values and slopes at each x, as of one unit.
v1::SampleOperatorResponse Sample(const LayerFunction& function, const std::vector<double>& x) {
  std::vector<const double*> parameters;
  for (const FunctionParameter& p : function.parameters()) parameters.push_back(&p.start);
  const Rows<const double> in{x.data(), 1};
  const FunctionInput<double> input{.rows = static_cast<int64_t>(x.size()),
                                    .in = &in,
                                    .parameters = parameters.data(),
                                    .statistics = nullptr,
                                    .context = {}};
  std::vector<double> value(x.size());
  std::vector<double> slope(x.size());
  const std::vector<double> delta(x.size(), 1);
  function.Forward(input, {value.data(), 1});
  function.Backward(input, {delta.data(), 1}, 0, /*adds=*/false, {slope.data(), 1});

  v1::SampleOperatorResponse out;
  out.mutable_x()->Assign(x.begin(), x.end());
  out.mutable_value()->Assign(value.begin(), value.end());
  out.mutable_slope()->Assign(slope.begin(), slope.end());
  return out;
}

}  // namespace

absl::StatusOr<v1::SampleOperatorResponse> SampleLearned(const LayerOp& op,
                                                         const v1::SampleOperatorRequest& request) {
  if (FindOp(LearnedActivations(), op.name) == nullptr) {
    return MakeError(absl::StatusCode::kUnimplemented, "TWO_INPUTS",
                     absl::StrCat(op.name, " has two inputs, the halves of the units: ",
                                  "there is no curve of it over one x"));
  }
  Violations violations;
  v1::Activation activation = request.activation();
  const auto resolved = ResolveOp<LayerOp>(LayerFunctions(), activation, "an activation",
                                           FieldPath("activation"), violations);
  const std::vector<double> x = ReadPlaces(request, violations);
  RefuseField(request.has_target(), "target", "losses", violations);
  RefuseField(request.has_learning_rate(), "learning_rate", "schedules", violations);
  if (!violations.empty()) return violations.ToStatus();
  std::string fault;
  return Sample(*op.make({.inputs = {{1}}, .arguments = resolved.arguments}, fault), x);
}

}  // namespace fnn::core
