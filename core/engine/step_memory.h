// The memory of training steps: every array's place in one allocation, planned before it is made.
//
// A stage keeps its values until the way back, and its delta and last value until the weights have
// been stepped. An activation whose slope follows from its activity writes over the net input.
// Otherwise the net input is done with once its delta is known, so the delta takes its place.

#ifndef FNN_CORE_ENGINE_STEP_MEMORY_H_
#define FNN_CORE_ENGINE_STEP_MEMORY_H_

#include <cstdint>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/saturating.h"
#include "core/engine/panels.h"
#include "core/engine/program.h"
#include "core/engine/stage_kernels.h"

namespace fnn::core {

class StepMemory {
 public:
  struct StageRows {
    ConstRows in;                     // What the stage is given.
    std::vector<MutableRows> values;  // As in StageValues.
    MutableRows delta;                // Null data where nothing below has weights.
    bool delta_is_value = false;      // Whether delta takes the place of values[0].
  };

  // For batches of at most `batch` rows and `members` members.
  StepMemory(const Program& program, int64_t batch, int members);

  static SaturatingSize Bytes(const Program& program, int64_t batch, int members);

  // The rows that are worked on at once: the batch, or as many as keep the memory bounded.
  static int64_t ChunkRows(const Program& program, int64_t batch);

  // Rows of all arrays; a function of the program and the batch alone.
  int64_t chunk_rows() const { return chunk_rows_; }
  // The first stage with weights, or the number of stages.
  size_t first_affine() const { return first_affine_; }

  MutableRows input() const { return input_; }
  const StageRows& stage(size_t s) const { return stages_[s]; }

  // Row-major arrays of the chunk: [rows, outputs] and [rows].
  float* targets() const { return targets_; }
  float* predictions() const { return predictions_; }
  float* logits() const { return logits_; }  // Then the loss's slope.
  float* losses() const { return losses_; }

  // A member's own room: a tile of 64 x 64, a transposed panel of weights, rows.
  float* tile(int member) const { return room_ + member * member_floats_; }
  float* transposed(int member) const { return tile(member) + kTileFloats; }
  float* rows(int member) const { return transposed(member) + transposed_floats_; }

 private:
  static constexpr int64_t kTileFloats = kTileRows * kPanelColumns;

  // Places all arrays at `base`, or only counts where it is null; the floats they take.
  SaturatingSize Place(const Program& program, int members, float* base);
  StepMemory() = default;

  int64_t chunk_rows_ = 0;
  size_t first_affine_ = 0;
  MutableRows input_;
  std::vector<StageRows> stages_;
  float* targets_ = nullptr;
  float* predictions_ = nullptr;
  float* logits_ = nullptr;
  float* losses_ = nullptr;
  float* room_ = nullptr;
  int64_t transposed_floats_ = 0;
  int64_t member_floats_ = 0;
  AlignedFloats memory_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_STEP_MEMORY_H_
