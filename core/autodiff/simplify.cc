#include "core/autodiff/simplify.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "core/autodiff/canonical.h"
#include "core/autodiff/fraction.h"
#include "core/autodiff/print.h"

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

constexpr int64_t kMostNodes = 4000;
constexpr int kMostConditions = 6;
constexpr char kVariable[] = "x";

// e with the parts of each node replaced before `change` sees it; each node once.
Expression Rebuild(const Expression& e, absl::FunctionRef<Expression(const Expression&)> change) {
  absl::flat_hash_map<const void*, Expression> known;
  const std::function<Expression(const Expression&)> of = [&](const Expression& part) {
    if (const auto found = known.find(part.id()); found != known.end()) return found->second;
    std::vector<Expression> parts;
    for (const Expression& inner : part.parts()) parts.push_back(of(inner));
    Expression out = part;
    switch (part.kind()) {
      case Kind::kNumber:
      case Kind::kSymbol:
        break;
      case Kind::kSum:
        out = Expression::Sum(std::move(parts));
        break;
      case Kind::kProduct:
        out = Expression::Product(std::move(parts));
        break;
      case Kind::kPower:
        out = Expression::Power(parts[0], part.number());
        break;
      case Kind::kFunction:
        out = Expression::Apply(part.function(), parts[0]);
        break;
      case Kind::kPiece:
        out = Expression::Piece(parts[0], parts[1], parts[2], parts[3]);
        break;
    }
    out = change(out);
    known.emplace(part.id(), out);
    return out;
  };
  return of(e);
}

// What is known of the sign of x.
Expression WithSign(const Expression& e, int sign) {
  const Expression x = Expression::Symbol(kVariable, sign);
  return Rebuild(e, [&](const Expression& part) {
    return part.Is(Kind::kSymbol) && part.name() == kVariable ? x : part;
  });
}

struct Condition {
  Expression a, b;  // a > b.
};

bool IsVariable(const Expression& e) { return e.Is(Kind::kSymbol) && e.name() == kVariable; }

// 1 or -1 where a condition or its opposite says that of x; else 0.
int SignFrom(const Condition& condition, bool holds) {
  if (IsVariable(condition.a) && condition.b.Is(Kind::kNumber)) {
    const double bound = condition.b.number().value();
    if (holds && bound >= 0) return 1;
    if (!holds && bound <= 0) return -1;
  }
  if (IsVariable(condition.b) && condition.a.Is(Kind::kNumber)) {
    const double bound = condition.a.number().value();
    if (holds && bound <= 0) return -1;
    if (!holds && bound >= 0) return 1;
  }
  return 0;
}

// Whether a condition that is the same for every x holds.
std::optional<bool> Decided(const Condition& condition) {
  const Expression difference =
      CanonicalSum({condition.a, CanonicalProduct({Coefficient(-1), condition.b})});
  if (!difference.Is(Kind::kNumber)) return std::nullopt;
  return difference.number().value() > 0;
}

std::optional<Condition> FirstCondition(const Expression& e) {
  if (e.Is(Kind::kPiece)) {
    const auto [a, b] = SolveCondition(e.parts()[0], e.parts()[1]);
    return Condition{a, b};
  }
  for (const Expression& part : e.parts()) {
    if (std::optional<Condition> found = FirstCondition(part)) return found;
  }
  return std::nullopt;
}

// e where the condition holds, or where it does not.
Expression Assume(const Expression& e, const Condition& condition, bool holds) {
  const Expression pieces = Rebuild(e, [&](const Expression& part) {
    if (!part.Is(Kind::kPiece)) return part;
    const auto [a, b] = SolveCondition(part.parts()[0], part.parts()[1]);
    if (!(a == condition.a && b == condition.b)) return part;
    return part.parts()[holds ? 2 : 3];
  });
  const int sign = SignFrom(condition, holds);
  return sign == 0 ? pieces : WithSign(pieces, sign);
}

// How long it takes to read: names and leading minuses take longer than other signs and numbers.
size_t Effort(const Expression& e) {
  constexpr size_t kName = 3;
  size_t names = 0;
  const auto count = [&names](const auto& self, const Expression& part) -> void {
    if (part.Is(Kind::kSymbol) || part.Is(Kind::kFunction)) ++names;
    for (const Expression& inner : part.parts()) self(self, inner);
  };
  count(count, e);
  const std::string text = ToText(e);
  for (size_t at = text.find("(-"); at != text.npos; at = text.find("(-", at + 1)) ++names;
  return text.size() + kName * names;
}

const Expression& Easier(const Expression& a, const Expression& b) {
  return Effort(b) < Effort(a) ? b : a;
}

// The easier one of the canonical form and that over a common denominator.
Expression Shortest(const Expression& e) {
  const Expression canonical = Canonical(e);
  const std::optional<Expression> together = Together(canonical);
  return together.has_value() ? Easier(*together, canonical) : canonical;
}

// Whether two expressions without pieces are equal, as far as their difference shows.
bool AreEqual(const Expression& a, const Expression& b) {
  if (a == b) return true;
  if (a.Is(Kind::kPiece) || b.Is(Kind::kPiece)) return false;
  const std::optional<Expression> difference = Together(Canonical(a - b));
  return difference.has_value() && difference->IsNumber(0);
}

// An expression without pieces, the arguments of functions first.
Expression SimplifyCase(const Expression& e) {
  return Shortest(Rebuild(Canonical(e), [](const Expression& part) {
    if (!part.Is(Kind::kFunction)) return part;
    return CanonicalApply(part.function(), Shortest(part.parts()[0]));
  }));
}

Expression SimplifyCases(const Expression& e, int conditions) {
  const std::optional<Condition> condition =
      conditions < kMostConditions ? FirstCondition(e) : std::nullopt;
  if (!condition.has_value()) return SimplifyCase(e);
  if (const std::optional<bool> decided = Decided(*condition)) {
    return SimplifyCases(Assume(e, *condition, *decided), conditions + 1);
  }
  // What is known of x differs between the two.
  const Expression then = WithSign(SimplifyCases(Assume(e, *condition, true), conditions + 1), 0);
  const Expression otherwise =
      WithSign(SimplifyCases(Assume(e, *condition, false), conditions + 1), 0);
  if (AreEqual(then, otherwise)) return Easier(then, otherwise);
  return Expression::Piece(condition->a, condition->b, then, otherwise);
}

}  // namespace

std::pair<Expression, Expression> SolveCondition(const Expression& a, const Expression& b) {
  const Expression left = Canonical(a);
  const Expression right = Canonical(b);
  const Expression difference = CanonicalSum({left, CanonicalProduct({Coefficient(-1), right})});
  const auto [scale, inner] = SplitCoefficient(difference);
  Coefficient slope = 0;
  Expression variable;
  std::vector<Expression> rest;
  for (const Expression& term : TermsOf(inner)) {
    const auto [coefficient, factor] = SplitCoefficient(term);
    if (IsVariable(factor)) {
      slope = scale * coefficient;
      variable = factor;
    } else {
      rest.push_back(CanonicalProduct({scale, term}));
    }
  }
  const auto has_variable = [](const Expression& e) {
    bool found = false;
    Rebuild(e, [&](const Expression& part) {
      found = found || IsVariable(part);
      return part;
    });
    return found;
  };
  const Expression others = CanonicalSum(rest);
  if (slope == Coefficient(0) || has_variable(others)) return {left, right};
  const Expression bound = CanonicalProduct({Coefficient(-1) / slope, others});
  if (slope.IsNegative()) return {bound, variable};
  return {variable, bound};
}

Expression Simplify(const Expression& e) {
  if (e.size() > kMostNodes) return e;
  return WithSign(SimplifyCases(e, 0), 0);
}

}  // namespace fnn::core
