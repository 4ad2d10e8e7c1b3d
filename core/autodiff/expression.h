// Symbolic expressions: a number type (core/ops/number.h) that keeps the formula instead of
// computing it.
//
//   const Expression x = Expression::Symbol("x");
//   const Expression f = x * Logistic(x);
//   const Expression slope = Simplify(Differentiate(f, "x"));   // derivative.h, simplify.h
//   ToText(slope);      // print.h: logistic(x) (1 + x (1 - logistic(x)))
//   Evaluate(slope, {{"x", 2.0}});
//
// An expression is an immutable node of a graph without cycles whose parts are shared: copying one
// is cheap, and any thread may read it. What builds an expression leaves it as it was written;
// simplify.h puts it in order.

#ifndef FNN_CORE_AUTODIFF_EXPRESSION_H_
#define FNN_CORE_AUTODIFF_EXPRESSION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/autodiff/coefficient.h"

namespace fnn::core {

// Those of core/ops/number.h; and the slope of |x|: -1, 0 or 1.
enum class Function {
  kExp,
  kExpm1,
  kLog,
  kLog1p,
  kTanh,
  kLogistic,
  kSoftplus,
  kErfc,
  kAbs,
  kSign,
};

class Expression {
 public:
  enum class Kind {
    kNumber,    // number()
    kSymbol,    // name(), sign()
    kSum,       // of parts()
    kProduct,   // of parts()
    kPower,     // parts()[0] to the power of number()
    kFunction,  // function() of parts()[0]
    kPiece,     // parts()[0] > parts()[1] ? parts()[2] : parts()[3]
  };

  Expression() : Expression(Coefficient(0)) {}
  Expression(Coefficient number);  // NOLINT: as numbers are expressions.
  // `sign` is what is known of its values: 1 for none below 0, -1 for none above, 0 for nothing.
  static Expression Symbol(std::string name, int sign = 0);
  static Expression Pi() { return Symbol("pi", 1); }
  static Expression Sum(std::vector<Expression> terms);
  static Expression Product(std::vector<Expression> factors);
  static Expression Power(Expression base, Coefficient exponent);
  static Expression Apply(Function function, Expression argument);
  static Expression Piece(Expression a, Expression b, Expression then, Expression otherwise);

  Kind kind() const { return node_->kind; }
  bool Is(Kind kind) const { return node_->kind == kind; }
  bool Is(Function function) const {
    return node_->kind == Kind::kFunction && node_->function == function;
  }
  bool IsNumber(const Coefficient& number) const {
    return node_->kind == Kind::kNumber && node_->number == number;
  }
  const Coefficient& number() const { return node_->number; }
  const std::string& name() const { return node_->name; }
  int sign() const { return node_->sign; }
  Function function() const { return node_->function; }
  const std::vector<Expression>& parts() const { return node_->parts; }
  // How many nodes it has, those that are shared counted each time; at most 2^40.
  int64_t size() const { return node_->size; }
  // The same for copies of one expression.
  const void* id() const { return node_.get(); }

  friend Expression operator+(const Expression& a, const Expression& b) { return Sum({a, b}); }
  friend Expression operator-(const Expression& a) { return Product({Coefficient(-1), a}); }
  friend Expression operator-(const Expression& a, const Expression& b) { return Sum({a, -b}); }
  friend Expression operator*(const Expression& a, const Expression& b) { return Product({a, b}); }
  friend Expression operator/(const Expression& a, const Expression& b) {
    return Product({a, Power(b, -1)});
  }

 private:
  struct Node {
    Kind kind;
    Coefficient number;
    std::string name;
    int sign = 0;
    Function function = Function::kExp;
    std::vector<Expression> parts;
    int64_t size = 1;
  };
  explicit Expression(Node node);

  std::shared_ptr<const Node> node_;
};

// A total order by what is written, not by value: 0 for the same, else which comes first; a number
// that is NaN is the same as itself. Parts that are shared are compared once: it takes time in
// proportion to the nodes of one times those of the other at most.
int Compare(const Expression& a, const Expression& b);
inline bool operator==(const Expression& a, const Expression& b) { return Compare(a, b) == 0; }

// The functions of core/ops/number.h. Const knows the roots that formulas contain: what it makes of
// 0.70710678118654752 is 1 / sqrt(2).
Expression Const(const Expression& like, double c);
Expression Abs(const Expression& x);
Expression Exp(const Expression& x);
Expression Expm1(const Expression& x);
Expression Log(const Expression& x);
Expression Log1p(const Expression& x);
Expression Sqrt(const Expression& x);
Expression Tanh(const Expression& x);
Expression Logistic(const Expression& x);
Expression Softplus(const Expression& x);
Expression Erfc(const Expression& x);
Expression IfGreater(const Expression& a, const Expression& b, const Expression& then,
                     const Expression& otherwise);
// What formulas clip only for numbers that overflow (core/ops/pieces-inl.h) is not clipped.
inline Expression Bounded(const Expression& x, const Expression& /*low*/,
                          const Expression& /*high*/) {
  return x;
}

// The value of each symbol; pi has its own.
using Bindings = std::map<std::string, double, std::less<>>;

// The value in double, each part computed once and of a piece only the branch that is taken: as
// accurate as the expression is as it is written. INVALID_ARGUMENT names a symbol that has no
// value.
absl::StatusOr<double> Evaluate(const Expression& e, const Bindings& bindings);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_EXPRESSION_H_
