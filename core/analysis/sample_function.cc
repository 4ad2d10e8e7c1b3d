#include "core/analysis/sample_function.h"

#include <string>

namespace fnn::core {

v1::SampleOperatorResponse SampleAtStart(const LayerOp& op, const Arguments& arguments,
                                         const std::vector<double>& x) {
  std::string fault;
  const auto function = op.make({.inputs = {{1}}, .arguments = arguments}, fault);
  std::vector<const double*> parameters;
  for (const FunctionParameter& p : function->parameters()) parameters.push_back(&p.start);
  const Rows<const double> in{x.data(), 1};
  const FunctionInput<double> input{.rows = static_cast<int64_t>(x.size()),
                                    .in = &in,
                                    .parameters = parameters.data(),
                                    .statistics = nullptr,
                                    .context = {}};
  std::vector<double> value(x.size());
  std::vector<double> slope(x.size());
  const std::vector<double> delta(x.size(), 1);
  function->Forward(input, {value.data(), 1});
  function->Backward(input, {delta.data(), 1}, 0, /*adds=*/false, {slope.data(), 1});

  v1::SampleOperatorResponse out;
  out.mutable_x()->Assign(x.begin(), x.end());
  out.mutable_value()->Assign(value.begin(), value.end());
  out.mutable_slope()->Assign(slope.begin(), slope.end());
  return out;
}

}  // namespace fnn::core
