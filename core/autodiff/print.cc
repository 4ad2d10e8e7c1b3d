#include "core/autodiff/print.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/autodiff/canonical.h"
#include "core/autodiff/cases.h"
#include "core/autodiff/notation.h"

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

constexpr char kVariable[] = "x";

bool Contains(const Expression& e, bool (*is)(const Expression&)) {
  if (is(e)) return true;
  return std::any_of(e.parts().begin(), e.parts().end(),
                     [is](const Expression& part) { return Contains(part, is); });
}
bool HasVariable(const Expression& e) {
  return Contains(
      e, [](const Expression& part) { return part.Is(Kind::kSymbol) && part.name() == kVariable; });
}
bool HasFunction(const Expression& e) {
  return Contains(e, [](const Expression& part) {
    return part.Is(Kind::kFunction) || (part.Is(Kind::kPower) && !part.number().IsInteger());
  });
}

// Whether a number is written as a fraction: 3/4, but 0.044715.
bool AsFraction(const Coefficient& c) {
  constexpr int64_t kMost = 16;
  return c.exact() && (c.denominator() <= kMost || absl::StrContains(c.ToDecimal(), '/'));
}

// Where a factor stands among others: numbers, parameters, x, functions, sums.
int RankOfFactor(const Expression& factor) {
  const Expression base = SplitPower(factor).first;
  if (base.Is(Kind::kNumber)) return 0;
  if (base.Is(Kind::kSymbol)) return base.name() == kVariable ? 2 : 1;
  return base.Is(Kind::kSum) ? 4 : 3;
}

// The degree of a term in x as far as it is written out.
double Degree(const Expression& e) {
  double degree = 0;
  for (const Expression& factor : FactorsOf(e)) {
    const auto [base, exponent] = SplitPower(factor);
    if (base.Is(Kind::kSymbol) && base.name() == kVariable) degree += exponent.value();
    if (!base.Is(Function::kExp)) continue;
    const auto [coefficient, rest] = SplitCoefficient(base.parts()[0]);
    if (rest.Is(Kind::kSymbol)) degree += 10 * coefficient.value();  // After every power of x.
  }
  return degree;
}

class Printer {
 public:
  explicit Printer(const Notation& notation) : write_(notation) {}

  std::string Cases(const Expression& e) const {
    if (!e.Is(Kind::kPiece)) return Of(e);
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Case& one : CasesOf(e)) {
      std::vector<std::string> conditions;
      for (const Between& between : one.conditions) conditions.push_back(Of(between));
      const std::string value = Of(one.value);
      const std::string condition = absl::StrJoin(conditions, write_.And());
      if (!lines.empty() && !condition.empty() && lines.back().first == value) {
        absl::StrAppend(&lines.back().second, write_.Or(), condition);
      } else {
        lines.emplace_back(value, condition);
      }
    }
    return lines.size() == 1 ? lines[0].first : write_.Cases(lines);
  }

 private:
  std::string Of(const Expression& e) const {
    switch (e.kind()) {
      case Kind::kNumber:
        return Number(e.number());
      case Kind::kSymbol:
        return write_.Symbol(e.name());
      case Kind::kSum:
        return Sum(e);
      case Kind::kProduct:
      case Kind::kPower:
        return Product(e);
      case Kind::kFunction:
        return Apply(e.function(), e.parts()[0], "");
      case Kind::kPiece:
        return write_.Parentheses(Cases(e));
    }
    return "";
  }

  std::string Number(const Coefficient& c) const {
    if (c.IsInteger() || !AsFraction(c)) return c.ToDecimal();
    const std::string sign = c.IsNegative() ? "-" : "";
    return sign + write_.Fraction(Coefficient(Absolute(c).numerator()).ToDecimal(),
                                  Coefficient(c.denominator()).ToDecimal(), false);
  }

  std::string Apply(Function function, const Expression& argument,
                    const std::string& exponent) const {
    if (function == Function::kSoftplus) {
      const Expression inner = Coefficient(1) + Exp(argument);
      return Apply(Function::kLog, inner, exponent);
    }
    return write_.Apply(function, Of(argument), exponent);
  }

  std::string Of(const Between& between) const {
    const std::string middle = Of(between.middle);
    const bool low_first = between.low.has_value() && between.high.has_value();
    std::string out;
    if (low_first) out = absl::StrCat(Of(*between.low), write_.Less(between.low_included), middle);
    if (!low_first) out = middle;
    if (between.high.has_value()) {
      return absl::StrCat(out, write_.Less(between.high_included), Of(*between.high));
    }
    return absl::StrCat(out, write_.Greater(between.low_included), Of(*between.low));
  }

  // A sum as a person orders it: by degree, what has no x last, as in x + 2; but a number first
  // before functions and squares, and what is positive before what is not.
  std::string Sum(const Expression& e) const {
    std::vector<Expression> terms = e.parts();
    const bool linear = std::any_of(terms.begin(), terms.end(), [](const Expression& term) {
      return Degree(term) == 1 && !HasFunction(term);
    });
    const bool number_first = HasFunction(e) || !linear;
    const auto key = [number_first](const Expression& term) {
      const auto [coefficient, rest] = SplitCoefficient(term);
      const bool number = rest.IsNumber(1);
      const bool first = number && number_first && !coefficient.IsNegative();
      const int rank = first ? 0 : number ? 3 : HasVariable(rest) ? 1 : 2;
      return std::tuple(rank, HasFunction(rest), Degree(rest));
    };
    std::stable_sort(terms.begin(), terms.end(),
                     [&](const Expression& a, const Expression& b) { return key(a) < key(b); });
    const auto positive = std::find_if(terms.begin(), terms.end(), [](const Expression& term) {
      return !SplitCoefficient(term).first.IsNegative();
    });
    if (positive != terms.end()) std::rotate(terms.begin(), positive, positive + 1);
    std::string out;
    for (const Expression& term : terms) {
      const std::string text = Of(term);
      if (out.empty()) {
        out = text;
      } else if (text[0] == '-') {
        absl::StrAppend(&out, " - ", absl::string_view(text).substr(1));
      } else {
        absl::StrAppend(&out, " + ", text);
      }
    }
    return out;
  }

  // What stands above and below the line of a fraction: factors to positive powers, and under one
  // root what has a half for exponent.
  struct Side {
    std::vector<Expression> factors{};
    std::vector<Expression> roots{};

    bool empty() const { return factors.empty() && roots.empty(); }
    size_t size() const { return factors.size() + (roots.empty() ? 0 : 1); }
  };

  static void Split(const Expression& factor, Side& above, Side& below) {
    const auto [base, exponent] = SplitPower(factor);
    Side& side = exponent.IsNegative() ? below : above;
    Coefficient rest = Absolute(exponent);
    if (rest == Coefficient::Ratio(1, 2)) {
      side.roots.push_back(base);
    } else {
      side.factors.push_back(rest == Coefficient(1) ? base : Expression::Power(base, rest));
    }
  }

  std::string Product(const Expression& e) const {
    auto [coefficient, rest] = SplitCoefficient(e);
    std::string sign = coefficient.IsNegative() ? "-" : "";
    coefficient = Absolute(coefficient);
    Side above;
    Side below;
    for (const Expression& factor : FactorsOf(rest)) Split(factor, above, below);
    if (AsFraction(coefficient)) {
      if (coefficient.numerator() != 1) {
        above.factors.push_back(Coefficient(coefficient.numerator()));
      }
      if (coefficient.denominator() != 1) {
        below.factors.push_back(Coefficient(coefficient.denominator()));
      }
    } else {
      above.factors.push_back(coefficient);
    }
    if (OnlyRoots(above) && OnlyRoots(below) && !below.empty()) {  // sqrt(2 / pi)
      return sign + write_.Root(write_.Fraction(Join(above.roots), Join(below.roots),
                                                below.roots.size() > 1));
    }
    if (!above.roots.empty() && !below.roots.empty() && Constant(above) && Constant(below)) {
      Expression ratio = RatioOfRoots(above, below);
      above.roots = {ratio};
      below.roots.clear();
    }
    if (below.empty()) return sign + Factors(above, above.size() == 1);
    const bool alone = !write_.BarsGroup();
    const std::string top =
        above.empty() ? "1" : Factors(above, above.size() == 1 && write_.BarsGroup());
    const std::string bottom = Factors(below, below.size() == 1 && !alone);
    return sign + write_.Fraction(top, bottom, below.size() > 1);
  }

  static bool OnlyRoots(const Side& side) { return side.factors.empty() && !side.roots.empty(); }
  static bool Constant(const Side& side) {
    return std::none_of(side.roots.begin(), side.roots.end(), HasVariable);
  }
  static Expression RatioOfRoots(const Side& above, const Side& below) {
    std::vector<Expression> parts = above.roots;
    for (const Expression& root : below.roots) parts.push_back(Expression::Power(root, -1));
    return Expression::Product(std::move(parts));
  }

  std::string Join(const std::vector<Expression>& under_root) const {
    if (under_root.empty()) return "1";
    return Factors({.factors = under_root}, under_root.size() == 1);
  }

  // Factors side by side; a sum among them in parentheses, unless it is `alone`.
  std::string Factors(Side side, bool alone) const {
    std::stable_sort(
        side.factors.begin(), side.factors.end(),
        [](const Expression& a, const Expression& b) { return RankOfFactor(a) < RankOfFactor(b); });
    std::vector<std::string> texts;
    for (const Expression& factor : side.factors) {
      texts.push_back(Factor(factor, alone));
    }
    if (!side.roots.empty()) {  // After numbers.
      const auto numbers = std::count_if(side.factors.begin(), side.factors.end(),
                                         [](const Expression& f) { return f.Is(Kind::kNumber); });
      texts.insert(texts.begin() + numbers, write_.Root(Join(side.roots)));
    }
    return absl::StrJoin(texts, " ");
  }

  std::string Factor(const Expression& factor, bool alone) const {
    if (factor.Is(Kind::kSum)) return alone ? Of(factor) : write_.Parentheses(Of(factor));
    if (!factor.Is(Kind::kPower)) return Of(factor);
    const Expression& base = factor.parts()[0];
    const std::string exponent = factor.number().ToDecimal();
    if (base.Is(Kind::kFunction)) return Apply(base.function(), base.parts()[0], exponent);
    const bool simple =
        base.Is(Kind::kSymbol) ||
        (base.Is(Kind::kNumber) && base.number().IsInteger() && !base.number().IsNegative());
    return write_.Power(simple ? Of(base) : write_.Parentheses(Of(base)), exponent);
  }

  const Notation& write_;
};

}  // namespace

std::string ToText(const Expression& e) { return Printer(TextNotation()).Cases(e); }

std::string ToLatex(const Expression& e) { return Printer(LatexNotation()).Cases(e); }

}  // namespace fnn::core
