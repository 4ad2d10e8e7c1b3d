// The loss of a plan on some rows as a function of its parameters, over any number type: the run
// through the operators' formulas that the tape, dual numbers and differences differentiate. Plain
// loops, and nothing of the way back: what back-propagation is held against.

#ifndef FNN_CORE_AUTODIFF_PLAN_LOSS_H_
#define FNN_CORE_AUTODIFF_PLAN_LOSS_H_

#include <cstdint>
#include <vector>

#include "core/base/saturating.h"
#include "core/plan/plan.h"

namespace fnn::core {

// Rows whose loss is asked for.
struct LossRows {
  int64_t rows = 0;
  const double* x = nullptr;        // [rows, inputs]
  const double* t = nullptr;        // [rows, outputs]
  const double* weights = nullptr;  // [rows], how much each counts; null where all count 1.
  // What the sum is divided by: of all rows of the batch, of which these may be a part.
  double total_weight = 1;
  RowContext context{};
};

// Whether some function looks at the whole batch in training, so that its rows go together.
bool LooksAtBatch(const Plan& plan);

// S is double, Dual<double> or Variable. Not thread-safe; the plan must outlive it.
template <typename S>
class PlanLoss {
 public:
  // For at most `rows` rows.
  PlanLoss(const Plan& plan, int64_t rows);
  // What one allocates, in bytes.
  static SaturatingSize Bytes(const Plan& plan, int64_t rows);

  // sum w L / total_weight; parameters are in the plan's logical order. A row of weight 0 has no
  // part.
  S operator()(const S* parameters, const LossRows& rows);

 private:
  struct Node {
    std::vector<S> value;       // [rows, width]
    std::vector<S> statistics;  // Where its function has some.
  };

  const S* ValueOf(int node) const { return node < 0 ? x_.data() : nodes_[node].value.data(); }
  void RunAffine(const PlanNode& node, const S* parameters, int64_t rows, S* z) const;
  void RunFunction(size_t n, const S* parameters, const LossRows& rows);

  const Plan& plan_;
  std::vector<Node> nodes_;
  std::vector<S> x_, t_, losses_;
};

// l2 / 2 ||W||^2 + l1 ||W||_1 over the parameters that are regularised and trained.
template <typename S>
S Penalty(const Plan& plan, const S* parameters, double l2, double l1);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_PLAN_LOSS_H_
