// Reverse-mode automatic differentiation: a tape of scalars, the dynamic graph.
//
//   Tape tape;
//   const Variable x = tape.Make(2), y = tape.Make(3);
//   const Variable f = x * y + Exp(x);           // Computed and recorded as the code runs.
//   const Gradients slopes = tape.Gradient(f);   // All of them, in one sweep back.
//   slopes[x];                                   // df/dx = y + e^x.
//
// A Variable is a number type (core/ops/number.h): formulas run over it as they are. Each operation
// on what is on the tape appends a node with its slopes with regard to one or two earlier nodes;
// Gradient goes through them from the last to the first and adds up the chain rule (Linnainmaa,
// 1970). Numbers that no slope is asked of are constants and are not recorded. With matrices:
// core/autodiff/tape_eigen.h.

#ifndef FNN_CORE_AUTODIFF_TAPE_H_
#define FNN_CORE_AUTODIFF_TAPE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/ops/number.h"

namespace fnn::core {

class Tape;

// A value, and its place on a tape unless it is a constant. Cheap to copy; the tape outlives its
// use. Variables of different tapes do not mix.
class Variable {
 public:
  Variable(double constant = 0) : value_(constant) {}  // NOLINT: as reals are variables.

  double value() const { return value_; }
  bool constant() const { return tape_ == nullptr; }

  friend Variable operator+(const Variable& a, const Variable& b) {
    return Of(a.value_ + b.value_, a, 1, b, 1);
  }
  friend Variable operator-(const Variable& a, const Variable& b) {
    return Of(a.value_ - b.value_, a, 1, b, -1);
  }
  friend Variable operator*(const Variable& a, const Variable& b) {
    return Of(a.value_ * b.value_, a, b.value_, b, a.value_);
  }
  friend Variable operator/(const Variable& a, const Variable& b) {
    const double q = a.value_ / b.value_;
    return Of(q, a, 1 / b.value_, b, -q / b.value_);
  }
  friend Variable operator-(const Variable& x) { return Of(-x.value_, x, -1); }
  friend Variable& operator+=(Variable& a, const Variable& b) { return a = a + b; }
  friend Variable& operator-=(Variable& a, const Variable& b) { return a = a - b; }
  friend Variable& operator*=(Variable& a, const Variable& b) { return a = a * b; }
  friend Variable& operator/=(Variable& a, const Variable& b) { return a = a / b; }

  // By their values.
  friend bool operator<(const Variable& a, const Variable& b) { return a.value_ < b.value_; }
  friend bool operator>(const Variable& a, const Variable& b) { return a.value_ > b.value_; }
  friend bool operator<=(const Variable& a, const Variable& b) { return a.value_ <= b.value_; }
  friend bool operator>=(const Variable& a, const Variable& b) { return a.value_ >= b.value_; }
  friend bool operator==(const Variable& a, const Variable& b) { return a.value_ == b.value_; }
  friend bool operator!=(const Variable& a, const Variable& b) { return a.value_ != b.value_; }
  friend bool IsNaN(const Variable& x) { return IsNaN(x.value_); }

  friend double Const(const Variable& /*like*/, double c) { return c; }
  // The slope at 0 is 0.
  friend Variable Abs(const Variable& x) {
    return Of(Abs(x.value_), x, x.value_ > 0 ? 1 : x.value_ < 0 ? -1 : 0);
  }
  friend Variable Exp(const Variable& x) {
    const double e = Exp(x.value_);
    return Of(e, x, e);
  }
  friend Variable Expm1(const Variable& x) { return Of(Expm1(x.value_), x, Exp(x.value_)); }
  friend Variable Log(const Variable& x) { return Of(Log(x.value_), x, 1 / x.value_); }
  friend Variable Log1p(const Variable& x) { return Of(Log1p(x.value_), x, 1 / (1 + x.value_)); }
  friend Variable Sqrt(const Variable& x) {
    const double root = Sqrt(x.value_);
    return Of(root, x, 0.5 / root);
  }
  // The slope 1 - tanh^2 as 4 e / (1 + e)^2 with e = e^(-2 |x|), which keeps its accuracy where
  // tanh is near 1 and -1.
  friend Variable Tanh(const Variable& x) {
    const double e = Exp(-2 * Abs(x.value_));
    return Of(Tanh(x.value_), x, 4 * e / ((1 + e) * (1 + e)));
  }
  friend Variable Logistic(const Variable& x) {
    const double a = Logistic(x.value_);
    return Of(a, x, a * Logistic(-x.value_));
  }
  friend Variable Softplus(const Variable& x) {
    return Of(Softplus(x.value_), x, Logistic(x.value_));
  }
  friend Variable Erfc(const Variable& x) {
    constexpr double kTwoOverRootPi = 1.12837916709551257390;
    return Of(Erfc(x.value_), x, -kTwoOverRootPi * Exp(-(x.value_ * x.value_)));
  }
  // The branch itself: what is not taken has no part in the slope.
  friend Variable IfGreater(const Variable& a, const Variable& b, const Variable& then,
                            const Variable& otherwise) {
    if (a.value_ > b.value_) return then;
    return IsNaN(a.value_) ? a : otherwise;
  }

 private:
  friend class Tape;
  friend class Gradients;

  inline static Variable Of(double value, const Variable& a, double slope_a, const Variable& b,
                            double slope_b);
  static Variable Of(double value, const Variable& x, double slope) {
    return Of(value, x, slope, Variable(), 0);
  }

  double value_;
  Tape* tape_ = nullptr;
  int32_t index_ = -1;  // Of its node; of a constant -1.
};

// The slopes of one variable with regard to every other on its tape.
class Gradients {
 public:
  // That with regard to `x`; 0 for a constant, and for what does not lead to it.
  double operator[](const Variable& x) const {
    const auto i = static_cast<size_t>(x.index_);
    return x.constant() || i >= adjoints_.size() ? 0 : adjoints_[i];
  }

 private:
  friend class Tape;
  explicit Gradients(std::vector<double> adjoints) : adjoints_(std::move(adjoints)) {}

  std::vector<double> adjoints_;
};

// Not thread-safe. Neither copied nor moved, for variables point to it.
class Tape {
 public:
  // The most that a node takes, its part of one Gradients included. Beside it there are blocks that
  // are not full: kBlock nodes at most.
  static constexpr int64_t kBytesPerNode = 32;
  static constexpr int64_t kBlock = int64_t{1} << 14;
  static constexpr int64_t kMostNodes = int64_t{1} << 30;

  // Takes at most `most_nodes`, 1 to kMostNodes.
  explicit Tape(int64_t most_nodes = kMostNodes) : most_(most_nodes) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // A variable that others follow from.
  Variable Make(double value) { return Record(value, -1, 0, -1, 0); }

  int64_t size() const { return size_; }
  // Whether more was to be recorded than the tape takes. It was not; gradients then say nothing.
  bool overflowed() const { return overflowed_; }

  // Of `loss`, which is this tape's. Work and memory in proportion to size(), however many
  // variables there are.
  Gradients Gradient(const Variable& loss) const;

  // Forgets all nodes and their variables, and keeps the memory.
  void Clear() {
    size_ = 0;
    overflowed_ = false;
  }

 private:
  friend class Variable;

  struct Node {
    std::array<double, 2> slopes;
    std::array<int32_t, 2> parents;  // -1: none.
  };
  static_assert(sizeof(Node) + sizeof(double) == kBytesPerNode);

  Variable Record(double value, int32_t a, double slope_a, int32_t b, double slope_b) {
    if (size_ >= most_) {
      overflowed_ = true;
      return Variable(value);
    }
    if (size_ == static_cast<int64_t>(blocks_.size()) * kBlock) {
      blocks_.push_back(std::make_unique_for_overwrite<Node[]>(kBlock));
    }
    blocks_[size_ / kBlock][size_ % kBlock] = {{slope_a, slope_b}, {a, b}};
    Variable out(value);
    out.tape_ = this;
    out.index_ = static_cast<int32_t>(size_++);
    return out;
  }

  std::vector<std::unique_ptr<Node[]>> blocks_;
  int64_t size_ = 0;
  const int64_t most_;
  bool overflowed_ = false;
};

inline Variable Variable::Of(double value, const Variable& a, double slope_a, const Variable& b,
                             double slope_b) {
  Tape* const tape = a.tape_ != nullptr ? a.tape_ : b.tape_;
  if (tape == nullptr) return Variable(value);
  return tape->Record(value, a.index_, slope_a, b.index_, slope_b);
}

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_TAPE_H_
