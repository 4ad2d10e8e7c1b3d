// Five ways to the gradient of one loss: back-propagation in float, as a network is trained, and in
// double; reverse mode, forward mode and differences of a run through the operators' formulas.

#ifndef FNN_CORE_AUTODIFF_GRADIENTS_H_
#define FNN_CORE_AUTODIFF_GRADIENTS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "core/autodiff/plan_loss.h"
#include "core/base/saturating.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"

namespace fnn::core {

// The mean loss of all of some samples, plus l2 / 2 ||W||^2 + l1 ||W||_1, as a function of the
// parameters: as in the first training step on them.
struct GradientProblem {
  // `parameters` are in the plan's logical order; dropout draws by `seed`, in epoch 1.
  static GradientProblem Create(std::shared_ptr<const Plan> plan, std::span<const float> parameters,
                                Samples samples, uint64_t seed);
  // What one allocates, in bytes.
  static SaturatingSize Bytes(const Plan& plan, int64_t rows);

  // Samples that go together: all where a function looks at the batch, else one.
  int64_t chunk() const { return LooksAtBatch(*plan) ? samples.rows() : 1; }
  // `count` of them from `first` on.
  LossRows Rows(int64_t first, int64_t count) const;
  // Calls f(rows) with each chunk.
  template <typename F>
  void ForEachChunk(F f) const {
    for (int64_t first = 0; first < samples.rows(); first += chunk()) f(Rows(first, chunk()));
  }

  std::shared_ptr<const Plan> plan;
  Samples samples;
  std::vector<double> parameters;
  std::vector<double> x, t;     // [rows, inputs] and [rows, outputs]
  std::vector<double> weights;  // [rows]
  double total_weight = 0;
  RowContext context{};
  double l2 = 0;
  double l1 = 0;
};

// A gradient is in the plan's logical order, 0 for what is not trained.

// By core/engine: one step of gradient descent in float.
std::vector<double> EngineGradient(const GradientProblem& problem);
SaturatingSize EngineGradientBytes(const std::shared_ptr<const Plan>& plan, int64_t rows);

// By core/reference in double.
std::vector<double> BackPropagate(const GradientProblem& problem);
SaturatingSize BackPropagateBytes(const Plan& plan, int64_t rows);

struct TapeGradient {
  double loss = 0;
  std::vector<double> gradient;
  // The norms of what each chunk adds to the gradient, added up: what rounding is relative to.
  double contributions = 0;
};
// By a tape of at most `most_nodes`; RESOURCE_EXHAUSTED where that is not enough.
absl::StatusOr<TapeGradient> DifferentiateByTape(const GradientProblem& problem,
                                                 int64_t most_nodes);
// What that allocates beside the tape.
SaturatingSize TapeBytes(const Plan& plan, int64_t rows);

// By dual numbers, one run for each slope. The problem must outlive it.
class DualSlopes {
 public:
  explicit DualSlopes(const GradientProblem& problem);
  ~DualSlopes();
  // That of the loss with regard to parameter i.
  double operator()(int64_t i);

 private:
  struct State;  // Keeps Highway's headers out of here.
  std::unique_ptr<State> state_;
};

// The loss in double, for differences. The problem must outlive it.
class LossAt {
 public:
  explicit LossAt(const GradientProblem& problem)
      : problem_(problem), parameters_(problem.parameters), run_(*problem.plan, problem.chunk()) {}
  double operator()() { return Run(); }
  // With parameter i at `value`, the others as they are.
  double operator()(int64_t i, double value);

 private:
  double Run();

  const GradientProblem& problem_;
  std::vector<double> parameters_;
  PlanLoss<double> run_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_GRADIENTS_H_
