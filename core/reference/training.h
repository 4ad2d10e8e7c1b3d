// Training and measuring in double, step by step as the textbook has it: forward, loss, backward,
// a vector of gradients, the optimiser. The same doors as core/engine's Training and Inference, so
// that one epoch loop runs either.

#ifndef FNN_CORE_REFERENCE_TRAINING_H_
#define FNN_CORE_REFERENCE_TRAINING_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/base/archive.h"
#include "core/data/batch.h"
#include "core/data/samples.h"
#include "core/ops/loss_sum.h"
#include "core/ops/optimizers/lbfgs.h"
#include "core/ops/step_options.h"
#include "core/plan/plan.h"
#include "core/plan/watched_layers.h"
#include "core/reference/executor.h"
#include "core/threads/team.h"

namespace fnn::core {

// Teams are not used.
class ReferenceTraining {
 public:
  ReferenceTraining(std::shared_ptr<const Plan> plan, const StepOptions& options, Team& team);

  const double* parameters() const { return parameters_.data(); }
  void SetParameters(std::span<const double> logical);
  void SetBlock(size_t block, int64_t begin, std::span<const double> values);
  void Initialize(uint64_t seed);

  using OnRows =
      absl::FunctionRef<void(int64_t rows, const double* predictions, const double* targets)>;
  std::optional<LossSum> ComputeLoss(const Batch& batch, OnRows on_rows,
                                     absl::FunctionRef<bool()> stop);
  void Update(double learning_rate, const Batch& next);
  bool Search(double learning_rate, const Batch& batch, double loss,
              absl::FunctionRef<bool()> stop);

  void Watch() { watches_ = true; }
  const std::vector<WatchedLayer>& watched_layers() const { return layers_; }
  std::span<const LayerFigures> figures() const { return figures_; }

  void Keep() { std::copy(parameters_.begin(), parameters_.end(), kept_.begin()); }
  void Restore() { parameters_ = kept_; }

  void Visit(Archive& archive, int64_t steps);

  int TakeMostMembers() { return 1; }
  std::string FirstLayerNotFinite() const;
  std::string FirstBlockNotFinite() const;
  double SquaredNorm() const;
  double AbsoluteSum() const;
  void Digest(std::string& out) const;

 private:
  void LimitNorms();
  // The gradient at the last ComputeLoss with its L2 term, and the mean loss with its own.
  double Differentiate(double loss);
  // What is measured of a step, before and after it.
  void MeasureBefore();
  void MeasureAfter();

  std::shared_ptr<const Plan> plan_;
  const StepOptions options_;
  Executor executor_;
  std::vector<double> parameters_, gradient_, kept_;
  std::vector<std::vector<double>> slots_;
  std::optional<Lbfgs<double>> lbfgs_;
  bool watches_ = false;
  std::vector<WatchedLayer> layers_;  // Empty where nothing is to be measured.
  std::vector<LayerFigures> figures_;
  std::vector<double> before_;
  std::vector<double> x_, t_, predictions_, losses_, weights_;
  int64_t step_ = 0;
  int64_t rows_ = 0;    // Of the last ComputeLoss.
  RowContext context_;  // As well.
};

class ReferenceInference {
 public:
  ReferenceInference(std::shared_ptr<const Plan> plan, int members, int64_t rows);

  void Measure(const double* parameters, const Samples& samples, int64_t begin, int64_t rows,
               Team& team, double* predictions, double* targets, double* losses);

 private:
  std::shared_ptr<const Plan> plan_;
  Executor executor_;
  std::vector<double> x_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_REFERENCE_TRAINING_H_
