// The values of expressions.

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "absl/container/flat_hash_map.h"

#include "core/autodiff/expression.h"
#include "core/base/errors.h"
#include "core/ops/number.h"

namespace fnn::core {
namespace {

double ValueOf(Function function, double x) {
  switch (function) {
    case Function::kExp:
      return Exp(x);
    case Function::kExpm1:
      return Expm1(x);
    case Function::kLog:
      return Log(x);
    case Function::kLog1p:
      return Log1p(x);
    case Function::kTanh:
      return Tanh(x);
    case Function::kLogistic:
      return Logistic(x);
    case Function::kSoftplus:
      return Softplus(x);
    case Function::kErfc:
      return Erfc(x);
    case Function::kAbs:
      return Abs(x);
    case Function::kSign:
      return IfGreater(x, 0.0, 1.0, IfGreater(0.0, x, -1.0, 0.0 * x));
  }
  return x;
}

double PowerOf(double x, const Coefficient& exponent) {
  if (exponent == Coefficient(-1)) return 1 / x;
  if (exponent == Coefficient::Ratio(1, 2)) return std::sqrt(x);
  return std::pow(x, exponent.value());
}

class Evaluation {
 public:
  explicit Evaluation(const Bindings& bindings) : bindings_(bindings) {}

  double Of(const Expression& e) {
    if (const auto known = values_.find(e.id()); known != values_.end()) return known->second;
    const double value = Compute(e);
    values_.emplace(e.id(), value);
    return value;
  }

  // A symbol without value, or empty.
  const std::string& unbound() const { return unbound_; }

 private:
  double Compute(const Expression& e) {
    const std::vector<Expression>& parts = e.parts();
    double value = 0;
    switch (e.kind()) {
      case Expression::Kind::kNumber:
        return e.number().value();
      case Expression::Kind::kSymbol:
        return Lookup(e.name());
      case Expression::Kind::kSum:
        for (const Expression& part : parts) value += Of(part);
        return value;
      case Expression::Kind::kProduct:
        value = 1;
        for (const Expression& part : parts) value *= Of(part);
        return value;
      case Expression::Kind::kPower:
        return PowerOf(Of(parts[0]), e.number());
      case Expression::Kind::kFunction:
        return ValueOf(e.function(), Of(parts[0]));
      case Expression::Kind::kPiece: {
        const double a = Of(parts[0]);
        if (std::isnan(a)) return a;
        return Of(a > Of(parts[1]) ? parts[2] : parts[3]);
      }
    }
    return value;
  }

  double Lookup(const std::string& name) {
    if (const auto bound = bindings_.find(name); bound != bindings_.end()) return bound->second;
    if (name == "pi") return std::numbers::pi;
    unbound_ = name;
    return std::numeric_limits<double>::quiet_NaN();
  }

  const Bindings& bindings_;
  absl::flat_hash_map<const void*, double> values_;
  std::string unbound_;
};

}  // namespace

absl::StatusOr<double> Evaluate(const Expression& e, const Bindings& bindings) {
  Evaluation evaluation(bindings);
  const double value = evaluation.Of(e);
  if (!evaluation.unbound().empty()) {
    return InvalidField(FieldPath("bindings") / evaluation.unbound(), "REQUIRED",
                        "must have a value: the expression contains it");
  }
  return value;
}

}  // namespace fnn::core
