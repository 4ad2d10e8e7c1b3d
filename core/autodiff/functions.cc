#include "core/autodiff/functions.h"

#include <algorithm>
#include <limits>

#include "core/autodiff/dual.h"
#include "core/autodiff/formulas.h"
#include "core/autodiff/tape.h"
#include "core/ops/layers/all.h"
#include "core/ops/layers/learned_function.h"
#include "core/ops/layers/scaling.h"

namespace fnn::core {
namespace {

// Calls f with the function as what it is; false where it is none of these.
template <typename F>
struct Visitor {
  template <typename... Functions>
  struct Over {
    static bool Visit(const LayerFunction& function, F f) {
      return (VisitAs<Functions>(function, f) || ...);
    }
  };
  template <typename Function>
  static bool VisitAs(const LayerFunction& function, F f) {
    const auto* const as = dynamic_cast<const Function*>(&function);
    if (as != nullptr) f(*as);
    return as != nullptr;
  }
  static bool Visit(const LayerFunction& function, F f) {
    return LayerFunctionsOf<Over>::Visit(function, f) || VisitAs<ScalingFunction>(function, f);
  }
};

}  // namespace

template <typename S>
void ApplyFunction(const LayerFunction& function, const FunctionInput<S>& input, Rows<S> out) {
  if (const auto* learned = dynamic_cast<const LearnedFunction*>(&function)) {
    for (int64_t r = 0; r < input.rows; ++r) {
      ApplyLearned(learned->op(), learned->positions(), learned->channels(), input.parameters,
                   input.in[0][r], out[r]);
    }
    return;
  }
  const auto map = [&](const auto& f) { f.Map(input, out); };
  if (Visitor<decltype(map)>::Visit(function, map)) return;
  for (int64_t r = 0; r < input.rows; ++r) {
    std::fill_n(out[r], Size(function.shape()), S(std::numeric_limits<double>::quiet_NaN()));
  }
}

template <typename S>
void MeasureFunction(const LayerFunction& function, const FunctionInput<S>& input, S* statistics) {
  const auto measure = [&](const auto& f) {
    f.MeasureBatch(input, 0, function.channels(), statistics);
  };
  Visitor<decltype(measure)>::Visit(function, measure);
}

#define FNN_INSTANTIATE(S)                                                             \
  template void ApplyFunction(const LayerFunction&, const FunctionInput<S>&, Rows<S>); \
  template void MeasureFunction(const LayerFunction&, const FunctionInput<S>&, S*)
FNN_INSTANTIATE(double);
FNN_INSTANTIATE(Dual<double>);
FNN_INSTANTIATE(Variable);
#undef FNN_INSTANTIATE

}  // namespace fnn::core
