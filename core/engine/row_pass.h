// Some rows of a mini-batch on their way forward through the stages, and back.
//
// A stage's delta, dL/d of its first value, comes from the loss, from the one dense stage above it,
// or from what all stages above have put there. Then the stage passes on what belongs to its own
// inputs.

#ifndef FNN_CORE_ENGINE_ROW_PASS_H_
#define FNN_CORE_ENGINE_ROW_PASS_H_

#include <cstdint>

#include "core/engine/program.h"
#include "core/engine/stage_kernels.h"
#include "core/engine/step_memory.h"

namespace fnn::core {

// Rows [first, first + rows) of the chunk, on one member of a team.
struct RowRange {
  int64_t first = 0;
  int64_t rows = 0;
  int member = 0;
};

// Refers to what it is given.
class RowPass {
 public:
  RowPass(const Program& program, const StepMemory& memory, const float* arena)
      : program_(program), memory_(memory), arena_(arena) {}

  // What row 0 of the chunk is to the training.
  void set_context(const RowContext& context) { context_ = context; }
  // What each row's slope is multiplied with: `scale`, or its own share of the batch's weight.
  void set_scale(float scale) { scale_ = scale; }
  void set_weights(const float* weights, double batch_weight) {
    weights_ = weights;
    batch_weight_ = batch_weight;
  }

  void Forward(size_t stage, const RowRange& range) const;
  // The loss of the last stage's values, and its slope.
  void TakeLoss(const RowRange& range) const;
  // The delta of a stage.
  void MakeDelta(size_t stage, const RowRange& range) const;
  // What its delta makes of those of its inputs.
  void Pass(size_t stage, const RowRange& range) const;

  // A stage over some rows.
  StageCall CallOf(size_t stage, const RowRange& range) const;

 private:
  // The weights from panel p of the inputs of a dense stage to all its outputs, transposed.
  void Transpose(const Stage& stage, int64_t p, float* transposed) const;
  // dL/d panel p of the inputs of the dense stage s, from its delta.
  void InputDelta(size_t s, int64_t p, int64_t first, int64_t rows, const float* transposed,
                  bool adds, float* delta, int64_t stride) const;
  void LastDelta(int64_t p, int64_t first, int64_t rows, float* delta) const;
  // Panel by panel, from the loss or from the dense stage above.
  void TakeDelta(size_t s, const RowRange& range) const;
  // A dense stage, for an input that others put something to as well.
  void PassDense(size_t s, const RowRange& range) const;

  const Program& program_;
  const StepMemory& memory_;
  const float* const arena_;
  RowContext context_;
  float scale_ = 1;
  const float* weights_ = nullptr;  // Of the chunk's rows, where they have some.
  double batch_weight_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_ROW_PASS_H_
