#include "core/autodiff/expression.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <numbers>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace fnn::core {
namespace {

template <typename Ordering>
int ToInt(Ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// By value, what is no number at the ends; of the same value fractions first, among themselves by
// what they are made of, as several round to the same double.
int Order(const Coefficient& a, const Coefficient& b) {
  if (const auto order = std::strong_order(a.value(), b.value()); order != 0) return ToInt(order);
  if (a.exact() != b.exact()) return a.exact() ? -1 : 1;
  return ToInt(std::make_tuple(a.denominator(), a.numerator()) <=>
               std::make_tuple(b.denominator(), b.numerator()));
}

// sqrt(p / q) or sqrt(p / (q pi)) for what is that, of small p and q.
std::optional<Expression> AsRoot(double c) {
  constexpr double kTolerance = 4e-16;
  constexpr int kMost = 8;
  for (const bool over_pi : {false, true}) {
    const double square = c * c * (over_pi ? std::numbers::pi : 1);
    for (int q = 1; q <= kMost; ++q) {
      const double p = std::round(square * q);
      if (p < 1 || p > kMost || std::abs(square * q - p) > kTolerance * p) continue;
      const Coefficient half = Coefficient::Ratio(1, 2);
      std::vector<Expression> factors;
      if (c < 0) factors.emplace_back(Coefficient(-1));
      factors.push_back(Expression::Power(Coefficient::Ratio(static_cast<int64_t>(p), q), half));
      if (over_pi) factors.push_back(Expression::Power(Expression::Pi(), -half));
      return Expression::Product(std::move(factors));
    }
  }
  return std::nullopt;
}

}  // namespace

Expression::Expression(Node node) {
  constexpr int64_t kMost = int64_t{1} << 40;
  for (const Expression& part : node.parts) node.size = std::min(kMost, node.size + part.size());
  node_ = std::make_shared<const Node>(std::move(node));
}

Expression::Expression(Coefficient number)
    : Expression(Node{.kind = Kind::kNumber, .number = number, .name = {}, .parts = {}}) {}

Expression Expression::Symbol(std::string name, int sign) {
  return Expression(Node{
      .kind = Kind::kSymbol, .number = {}, .name = std::move(name), .sign = sign, .parts = {}});
}

Expression Expression::Sum(std::vector<Expression> terms) {
  return Expression(Node{.kind = Kind::kSum, .number = {}, .name = {}, .parts = std::move(terms)});
}

Expression Expression::Product(std::vector<Expression> factors) {
  return Expression(
      Node{.kind = Kind::kProduct, .number = {}, .name = {}, .parts = std::move(factors)});
}

Expression Expression::Power(Expression base, Coefficient exponent) {
  return Expression(
      Node{.kind = Kind::kPower, .number = exponent, .name = {}, .parts = {std::move(base)}});
}

Expression Expression::Apply(Function function, Expression argument) {
  return Expression(Node{.kind = Kind::kFunction,
                         .number = {},
                         .name = {},
                         .function = function,
                         .parts = {std::move(argument)}});
}

Expression Expression::Piece(Expression a, Expression b, Expression then, Expression otherwise) {
  if (then == otherwise) return then;
  return Expression(
      Node{.kind = Kind::kPiece,
           .number = {},
           .name = {},
           .parts = {std::move(a), std::move(b), std::move(then), std::move(otherwise)}});
}

namespace {

class Comparison {
 public:
  int operator()(const Expression& a, const Expression& b) {
    if (a.id() == b.id()) return 0;
    if (a.kind() != b.kind()) return a.kind() < b.kind() ? -1 : 1;
    if (const int order = a.name().compare(b.name()); order != 0) return order;
    if (a.sign() != b.sign()) return a.sign() < b.sign() ? -1 : 1;
    if (a.function() != b.function()) return a.function() < b.function() ? -1 : 1;
    const bool large = std::min(a.size(), b.size()) > kLarge;
    if (large && equal_.contains({a.id(), b.id()})) return 0;
    const size_t parts = std::min(a.parts().size(), b.parts().size());
    for (size_t i = 0; i < parts; ++i) {
      if (const int order = (*this)(a.parts()[i], b.parts()[i]); order != 0) return order;
    }
    if (a.parts().size() != b.parts().size()) return a.parts().size() < b.parts().size() ? -1 : 1;
    const int order = Order(a.number(), b.number());
    if (order == 0 && large) equal_.insert({a.id(), b.id()});
    return order;
  }

 private:
  // What is smaller is compared again sooner than it is looked up.
  static constexpr int64_t kLarge = 64;

  // Parts that are shared come up many times, and are gone through once: what differs ends it all.
  absl::flat_hash_set<std::pair<const void*, const void*>> equal_;
};

}  // namespace

int Compare(const Expression& a, const Expression& b) { return Comparison()(a, b); }

Expression Const(const Expression& /*like*/, double c) {
  const Coefficient number = Coefficient::FromDouble(c);
  if (number.exact()) return number;
  return AsRoot(c).value_or(Expression(number));
}

Expression Abs(const Expression& x) { return Expression::Apply(Function::kAbs, x); }
Expression Exp(const Expression& x) { return Expression::Apply(Function::kExp, x); }
Expression Expm1(const Expression& x) { return Expression::Apply(Function::kExpm1, x); }
Expression Log(const Expression& x) { return Expression::Apply(Function::kLog, x); }
Expression Log1p(const Expression& x) { return Expression::Apply(Function::kLog1p, x); }
Expression Sqrt(const Expression& x) { return Expression::Power(x, Coefficient::Ratio(1, 2)); }
Expression Tanh(const Expression& x) { return Expression::Apply(Function::kTanh, x); }
Expression Logistic(const Expression& x) { return Expression::Apply(Function::kLogistic, x); }
Expression Softplus(const Expression& x) { return Expression::Apply(Function::kSoftplus, x); }
Expression Erfc(const Expression& x) { return Expression::Apply(Function::kErfc, x); }
Expression IfGreater(const Expression& a, const Expression& b, const Expression& then,
                     const Expression& otherwise) {
  return Expression::Piece(a, b, then, otherwise);
}

}  // namespace fnn::core
