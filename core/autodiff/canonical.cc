#include "core/autodiff/canonical.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "core/ops/number.h"

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

Expression FunctionOf(Function function, const Expression& x) {
  if (x.IsNumber(0)) {
    switch (function) {
      case Function::kExp:
      case Function::kErfc:
        return Coefficient(1);
      case Function::kLogistic:
        return Coefficient::Ratio(1, 2);
      case Function::kTanh:
      case Function::kAbs:
      case Function::kSign:
        return Coefficient(0);
      case Function::kSoftplus:
        return Expression::Apply(Function::kLog, Coefficient(2));
      case Function::kExpm1:
      case Function::kLog1p:
      case Function::kLog:
        break;
    }
  }
  if (function == Function::kLog && x.IsNumber(1)) return Coefficient(0);
  return Expression::Apply(function, x);
}

// |x| and sign(x): of each factor by itself, as far as its sign is known.
Expression OfSign(Function function, const Expression& x) {
  const bool abs = function == Function::kAbs;
  if (x.Is(Kind::kNumber)) {
    if (abs) return Absolute(x.number());
    if (x.IsNumber(0)) return x;
    return Coefficient(x.number().IsNegative() ? -1 : 1);
  }
  if (x.Is(Kind::kProduct)) {
    std::vector<Expression> factors;
    for (const Expression& factor : x.parts()) factors.push_back(OfSign(function, factor));
    return CanonicalProduct(std::move(factors));
  }
  if (x.Is(Kind::kSymbol) && x.sign() != 0) {
    const Expression sign = Coefficient(x.sign());
    return abs ? CanonicalProduct({sign, x}) : sign;
  }
  const bool positive = x.Is(Function::kExp) || x.Is(Function::kLogistic) ||
                        x.Is(Function::kSoftplus) || x.Is(Function::kErfc) ||
                        (x.Is(Kind::kPower) && !x.number().IsInteger());
  if (positive) return abs ? x : Expression(Coefficient(1));
  if (abs && x.Is(Kind::kPower)) return CanonicalPower(OfSign(function, x.parts()[0]), x.number());
  return Expression::Apply(function, x);
}

}  // namespace

std::pair<Coefficient, Expression> SplitCoefficient(const Expression& e) {
  if (e.Is(Kind::kNumber)) return {e.number(), Coefficient(1)};
  if (!e.Is(Kind::kProduct) || !e.parts()[0].Is(Kind::kNumber)) return {1, e};
  if (e.parts().size() == 2) return {e.parts()[0].number(), e.parts()[1]};
  return {e.parts()[0].number(), Expression::Product({e.parts().begin() + 1, e.parts().end()})};
}

std::pair<Expression, Coefficient> SplitPower(const Expression& e) {
  if (e.Is(Kind::kPower)) return {e.parts()[0], e.number()};
  return {e, 1};
}

std::vector<Expression> FactorsOf(const Expression& e) {
  return e.Is(Kind::kProduct) ? e.parts() : std::vector<Expression>{e};
}

std::vector<Expression> TermsOf(const Expression& e) {
  return e.Is(Kind::kSum) ? e.parts() : std::vector<Expression>{e};
}

Expression CanonicalApply(Function function, const Expression& x) {
  switch (function) {
    case Function::kExpm1:
      return CanonicalSum({CanonicalApply(Function::kExp, x), Coefficient(-1)});
    case Function::kLog1p:
      return CanonicalApply(Function::kLog, CanonicalSum({Coefficient(1), x}));
    case Function::kAbs:
    case Function::kSign:
      return OfSign(function, x);
    default:
      return FunctionOf(function, x);
  }
}

Expression Canonical(const Expression& e) {
  absl::flat_hash_map<const void*, Expression> known;
  const auto of = [&known](const auto& self, const Expression& part) -> Expression {
    if (const auto found = known.find(part.id()); found != known.end()) return found->second;
    std::vector<Expression> parts;
    for (const Expression& inner : part.parts()) parts.push_back(self(self, inner));
    Expression out = part;
    switch (part.kind()) {
      case Kind::kNumber:
      case Kind::kSymbol:
        break;
      case Kind::kSum:
        out = CanonicalSum(std::move(parts));
        break;
      case Kind::kProduct:
        out = CanonicalProduct(std::move(parts));
        break;
      case Kind::kPower:
        out = CanonicalPower(parts[0], part.number());
        break;
      case Kind::kFunction:
        out = CanonicalApply(part.function(), parts[0]);
        break;
      case Kind::kPiece:
        out = Expression::Piece(parts[0], parts[1], parts[2], parts[3]);
        break;
    }
    known.emplace(part.id(), out);
    return out;
  };
  return of(of, e);
}

}  // namespace fnn::core
