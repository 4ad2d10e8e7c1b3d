// Training steps on a mini-batch, in two phases.
//
// Phase 1 takes rows: each member of the team gathers its share of the batch, runs it forward,
// takes the loss and runs it back, down to each affine map's delta = dL/dz. Rows have nothing to do
// with each other, so how they are shared changes no bit. Phase 2 takes tiles of weights: each
// tile's gradient is one product over the whole batch, and the optimiser steps on the tile while it
// is in the cache. So there is no array of gradients, and nothing to add up between members.
//
// A batch too large to be kept whole goes through phase 1 in chunks. Then there is an array of
// gradients, each chunk's products continue the sums of the chunk before, and the bits are those of
// one whole. So there is where the gradient is clipped by its norm, which is the sum of the tiles'
// squares in the tiles' order. And so there is for an optimiser of whole batches, which asks for
// the loss and the gradient at places of its own choice.
//
// A stage that looks at the whole batch, such as batch_norm, parts phase 1: all rows go up to it,
// its channels are measured, and they go on; on the way back likewise. Such a batch is kept whole.

#ifndef FNN_CORE_ENGINE_TRAINING_H_
#define FNN_CORE_ENGINE_TRAINING_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/base/aligned.h"
#include "core/base/archive.h"
#include "core/base/saturating.h"
#include "core/data/batch.h"
#include "core/data/samples.h"
#include "core/engine/health_meter.h"
#include "core/engine/program.h"
#include "core/engine/row_pass.h"
#include "core/engine/step_memory.h"
#include "core/engine/tiles.h"
#include "core/ops/loss_sum.h"
#include "core/ops/optimizers/lbfgs.h"
#include "core/ops/step_options.h"
#include "core/threads/team.h"

namespace fnn::core {

// Not thread-safe. Allocates once.
class Training {
 public:
  Training(std::shared_ptr<const Program> program, const StepOptions& options, Team& team);

  // What one allocates, in bytes.
  static SaturatingSize Bytes(const Program& program, const StepOptions& options, int members);

  // The most members that are worth their waking for batches of so many rows.
  static int UsefulMembers(const Program& program, int64_t rows);

  // The parameters, an arena of the program.
  const float* parameters() const { return arena_.data(); }
  // In the plan's logical order.
  void SetParameters(std::span<const float> logical);
  void Initialize(uint64_t seed) { program_->Initialize(seed, arena_.data()); }
  // The logical elements of a block from `begin` on.
  void SetBlock(size_t block, int64_t begin, std::span<const float> values) {
    program_->Write(values, block, begin, arena_.data());
  }
  // Hands the arena over; then the training is at its end.
  AlignedFloats TakeParameters() { return std::move(arena_); }

  // Called with the predictions and targets [rows, outputs] of a part of the batch, in order.
  using OnRows =
      absl::FunctionRef<void(int64_t rows, const float* predictions, const float* targets)>;

  // Phase 1. Gives the sum of the rows' losses by their weights, or nothing where `stop`, asked
  // between chunks, said so.
  std::optional<LossSum> ComputeLoss(const Batch& batch, OnRows on_rows,
                                     absl::FunctionRef<bool()> stop);

  // Phase 2 for the rows of the last ComputeLoss. Those of `next`, which may be empty, are fetched
  // into the cache meanwhile.
  void Update(double learning_rate, const Batch& next);

  // Instead of it for an optimiser of whole batches: `batch` and `loss` are those of the last
  // ComputeLoss, whose mean loss it is. False where `stop`, asked before each evaluation and
  // between its chunks, said so.
  bool Search(double learning_rate, const Batch& batch, double loss,
              absl::FunctionRef<bool()> stop);

  // Measures the health of layers in the next step: of its ComputeLoss, and of the Update or Search
  // that follows. Where the options ask for it; changes no bit of either.
  void Watch();
  // The plan's watched layers, none where the options do not ask for it, and what was measured then
  // of each.
  const std::vector<WatchedLayer>& watched_layers() const { return layers_; }
  std::span<const LayerFigures> figures() const { return meter_->figures(); }

  // Keeps the parameters aside, and puts them back. Where the options ask for it.
  void Keep() { std::copy(arena_.begin(), arena_.end(), kept_.begin()); }
  void Restore() { std::copy(kept_.begin(), kept_.end(), arena_.begin()); }

  // All that the next step follows from: parameters, and what is kept of the `steps` before.
  void Visit(Archive& archive, int64_t steps);

  // The most members that a phase has had since this was asked last.
  int TakeMostMembers() { return std::exchange(most_members_, 1); }

  // The first layer whose last activity is not finite, or empty. After ComputeLoss.
  std::string FirstLayerNotFinite() const;
  // As Program's, of the parameters.
  std::string FirstBlockNotFinite() const { return program_->FirstBlockNotFinite(parameters()); }
  double SquaredNorm() const { return program_->SquaredNorm(parameters()); }
  double AbsoluteSum() const { return program_->AbsoluteSum(parameters()); }
  void Digest(std::string& out) const { program_->Digest(parameters(), out); }

 private:
  int Members() const;
  // Adds up the weights of the batch; those of its first chunk are then in weights_.
  double SumWeights(const Batch& batch);
  // ---- Phase 1
  void Gather(const Batch& chunk, const RowRange& range);
  // Forward and back for the chunk.
  void RunRows(const Batch& chunk);
  // Calls f with each member's share of the chunk's rows.
  void ForEachRange(absl::FunctionRef<void(const RowRange&)> f);
  // The statistics of stage s, of its channels side by side; from `delta` on the way back.
  void Measure(size_t s, bool back);

  // ---- Phase 2
  // Adds the L2 term to the gradient, and gives it of a mean loss.
  double Regularize(double loss);
  // Where the gradient of each part of a tile lies in gradient_.
  float* const* InArena(const Tile& tile, std::array<float*, Tiles::kMostParts>& gradients);
  void UpdateTile(size_t t, const StepConstants& constants, const GradientTerms<float>& terms,
                  int member);
  void FollowBatch();
  // What is measured of a step: activities of the chunk; steps that are known at the end; all.
  void MeasureActivities();
  void FinishWatch();
  // The Euclidean norm of gradient_.
  double GradientNorm();
  double SquaredGradient(const Tile& tile) const;
  // Shortens the weights into each unit of the tile's panel, over all inputs.
  void LimitNorms(const Tile& tile);
  void StartSlots(double learning_rate);
  void Step(const StepConstants& constants, const GradientTerms<float>& terms, int64_t at,
            int64_t n, const float* gradient);
  // Calls f(t, member) for each tile, each on one member.
  void ForEachTile(absl::FunctionRef<void(size_t t, int member)> f);

  std::shared_ptr<const Program> program_;
  const StepOptions options_;
  Team& team_;
  const OptimizerKernels<float> optimizer_;
  StepMemory memory_;
  AlignedFloats arena_;
  AlignedFloats gradient_;  // Empty where nothing needs it whole.
  AlignedFloats kept_;
  std::vector<AlignedFloats> slots_;  // Arenas.
  std::optional<Lbfgs<float>> lbfgs_;
  RowPass pass_;
  Tiles tiles_;
  std::vector<WatchedLayer> layers_;  // Empty where the options do not ask for health:
  std::optional<HealthMeter> meter_;  // as this.
  bool watches_ = false;              // This step.
  AlignedFloats weights_;             // Of the chunk's rows; empty where rows have none.
  std::vector<size_t> over_batch_;    // The stages that look at the whole batch.
  std::vector<double> squares_;       // Of each tile's gradient.
  int most_members_ = 1;
  int64_t step_ = 0;
  int64_t batch_rows_ = 0;   // Of the last ComputeLoss.
  double batch_weight_ = 0;  // Of its rows.
  int64_t chunk_rows_ = 0;   // Of its last chunk.
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_TRAINING_H_
