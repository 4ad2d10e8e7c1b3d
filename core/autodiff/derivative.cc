#include "core/autodiff/derivative.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace fnn::core {
namespace {

// f'(u), where `f` is function(u) itself.
Expression SlopeOf(const Expression& f) {
  const Expression one = Coefficient(1);
  const Expression& u = f.parts()[0];
  switch (f.function()) {
    case Function::kExp:
      return f;
    case Function::kExpm1:
      return Exp(u);
    case Function::kLog:
      return Expression::Power(u, -1);
    case Function::kLog1p:
      return Expression::Power(one + u, -1);
    case Function::kTanh:
      return one - Expression::Power(f, 2);
    case Function::kLogistic:
      return f * (one - f);
    case Function::kSoftplus:
      return Logistic(u);
    case Function::kErfc:
      return Expression::Product({Coefficient(-2),
                                  Expression::Power(Expression::Pi(), Coefficient::Ratio(-1, 2)),
                                  Exp(-Expression::Power(u, 2))});
    case Function::kAbs:
      return Expression::Apply(Function::kSign, u);
    case Function::kSign:
      break;
  }
  return Coefficient(0);
}

class Derivative {
 public:
  explicit Derivative(absl::string_view symbol) : symbol_(symbol) {}

  Expression Of(const Expression& e) {
    if (const auto known = known_.find(e.id()); known != known_.end()) return known->second;
    Expression out = Compute(e);
    known_.emplace(e.id(), out);
    return out;
  }

 private:
  static bool IsZero(const Expression& e) { return e.IsNumber(0); }

  Expression Compute(const Expression& e) {
    const std::vector<Expression>& parts = e.parts();
    switch (e.kind()) {
      case Expression::Kind::kNumber:
        return Coefficient(0);
      case Expression::Kind::kSymbol:
        return Coefficient(e.name() == symbol_ ? 1 : 0);
      case Expression::Kind::kSum: {
        std::vector<Expression> terms;
        for (const Expression& part : parts) Add(Of(part), terms);
        return Total(std::move(terms));
      }
      case Expression::Kind::kProduct: {
        std::vector<Expression> terms;
        for (size_t i = 0; i < parts.size(); ++i) {
          std::vector<Expression> factors = parts;
          factors[i] = Of(parts[i]);
          if (!IsZero(factors[i])) terms.push_back(Expression::Product(std::move(factors)));
        }
        return Total(std::move(terms));
      }
      case Expression::Kind::kPower: {
        const Expression inner = Of(parts[0]);
        if (IsZero(inner)) return inner;
        return Expression::Product(
            {e.number(), Expression::Power(parts[0], e.number() - Coefficient(1)), inner});
      }
      case Expression::Kind::kFunction: {
        const Expression inner = Of(parts[0]);
        return IsZero(inner) ? inner : SlopeOf(e) * inner;
      }
      case Expression::Kind::kPiece:
        return Expression::Piece(parts[0], parts[1], Of(parts[2]), Of(parts[3]));
    }
    return Coefficient(0);
  }

  static void Add(Expression term, std::vector<Expression>& terms) {
    if (!IsZero(term)) terms.push_back(std::move(term));
  }
  static Expression Total(std::vector<Expression> terms) {
    if (terms.empty()) return Coefficient(0);
    return terms.size() == 1 ? terms[0] : Expression::Sum(std::move(terms));
  }

  absl::string_view symbol_;
  absl::flat_hash_map<const void*, Expression> known_;
};

}  // namespace

Expression Differentiate(const Expression& e, absl::string_view symbol) {
  return Derivative(symbol).Of(e);
}

}  // namespace fnn::core
