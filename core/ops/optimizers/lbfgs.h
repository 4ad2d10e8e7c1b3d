// lbfgs (Liu and Nocedal, 1989): a quasi-Newton step on the whole of the training rows, whose size
// a line search finds. Unlike the other optimisers it is no formula over one parameter: it takes
// inner products over all of them, and evaluates the loss at places of its own choice. So an engine
// hands it a whole gradient and a way to have another, and both engines run the same steps.

#ifndef FNN_CORE_OPS_OPTIMIZERS_LBFGS_H_
#define FNN_CORE_OPS_OPTIMIZERS_LBFGS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "core/base/aligned.h"
#include "core/base/archive.h"
#include "core/base/saturating.h"
#include "core/ops/table.h"

namespace fnn::core {

struct LbfgsOp {
  static constexpr absl::string_view kName = "lbfgs";
  static constexpr absl::string_view kFormula =
      "w - a H g, with a by a strong Wolfe line search and H by the last steps";
  static constexpr std::array<Argument, 4> kArguments{
      {{.name = "history_size", .default_value = 10, .min = 1, .max = 100},
       {.name = "max_evaluations", .default_value = 25, .min = 1, .max = 1000},
       {.name = "tolerance_gradient", .default_value = 1e-7, .min = 0},
       {.name = "tolerance_change", .default_value = 1e-9, .min = 0}}};
  static constexpr bool kWholeBatch = true;
  static constexpr double kLearningRate = 1;
};

// The steps, over arrays of `size` parameters in any order. An array's elements that no gradient
// ever reaches keep their bits. Not thread-safe; allocates once.
template <typename T>
class Lbfgs {
 public:
  Lbfgs(const Arguments& arguments, int64_t size);

  // How many arrays one keeps.
  static int64_t Arrays(const Arguments& arguments);
  // What one allocates, in bytes.
  static SaturatingSize Bytes(const Arguments& arguments, int64_t size);

  // What it works with at each step.
  struct Objective {
    // In place: the parameters, and the gradient there.
    T* parameters;
    const T* gradient;
    // The loss at `parameters`, and its gradient into `gradient`; nothing to end the step.
    absl::FunctionRef<std::optional<double>()> evaluate;
    // Calls f(part) for each of `parts`, in any order and on any threads: each part is worked on
    // for itself, so that no bit depends on either.
    absl::FunctionRef<void(int64_t parts, absl::FunctionRef<void(int64_t part)> f)> for_each;
  };

  // Moves the parameters to where the line search ends; `loss` is theirs, and `gradient` holds what
  // belongs to it. False where an evaluation gave nothing: then they are anywhere.
  bool Step(double learning_rate, double loss, const Objective& objective);

  // What it learned from the steps so far; `array` visits one of its arrays.
  void Visit(Archive& archive, absl::FunctionRef<void(std::span<T>)> array);

 private:
  using Array = std::vector<T, CacheLineAllocator<T>>;
  // A step, and what it changed in the gradient.
  struct Pair {
    Array s;
    Array y;
    double inverse = 0;  // 1 / s.y.
    double alpha = 0;
  };

  // The k-th of the pairs that count, from the oldest; that of `count_` is being made: it holds the
  // direction and the gradient that it was made from.
  Pair& At(int64_t k) { return pairs_[(first_ + k) % static_cast<int64_t>(pairs_.size())]; }

  void Forget();
  // Makes the newest pair of the step that was taken, and lets it count where it curves upwards.
  void Learn(const Objective& objective);
  // -H g.
  void MakeDirection(const Objective& objective);
  // Parameters at start_ + step * direction.
  void Move(double step, const Objective& objective);

  // f(begin, end) for pieces of the arrays.
  template <typename F>
  void ForEach(const Objective& objective, F f) const;
  // The sum of f over pieces, in their order.
  template <typename F>
  double Sum(const Objective& objective, F f);
  double Dot(const Objective& objective, const T* a, const T* b);
  double AbsoluteSum(const Objective& objective, const T* a);
  double Largest(const Objective& objective, const T* a);

  const int64_t size_;
  const int64_t max_evaluations_;
  const double tolerance_gradient_;
  const double tolerance_change_;
  std::vector<Pair> pairs_;  // A ring.
  Array start_;
  std::vector<double> partial_;
  int64_t first_ = 0;
  int64_t count_ = 0;
  double step_ = 0;    // The last one's size; 0 where there is none to learn from.
  double scale_ = 1;   // H before its pairs.
  bool fresh_ = true;  // Whether the next step is the first.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_OPTIMIZERS_LBFGS_H_
