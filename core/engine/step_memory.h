// The memory of training steps: every array's place in one allocation, planned before it is made.
//
// A stage keeps its values until the way back, and its delta and last value until the parameters
// have been stepped. After a dense map, an activation whose slope follows from its activity writes
// over the net input. Otherwise the net input is done with once its delta is known, so where delta
// is made tile by tile it takes that place.

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
    std::vector<ConstRows> in;        // Of each input.
    std::vector<MutableRows> values;  // As in StageValues.
    MutableRows delta;                // Null data where nothing there or below learns.
    bool delta_is_value = false;      // Whether delta takes the place of values[0].
    float* statistics = nullptr;      // Of the batch.
  };

  // For batches of at most `batch` rows and `members` members.
  StepMemory(const Program& program, int64_t batch, int members);

  static SaturatingSize Bytes(const Program& program, int64_t batch, int members);

  // The rows that are worked on at once: the batch, or as many as keep the memory bounded.
  static int64_t ChunkRows(const Program& program, int64_t batch);

  // Rows of all arrays; a function of the program and the batch alone.
  int64_t chunk_rows() const { return chunk_rows_; }
  MutableRows input() const { return input_; }
  const StageRows& stage(size_t s) const { return stages_[s]; }

  // Row-major arrays of the chunk: [rows, outputs] and [rows].
  float* targets() const { return targets_; }
  float* predictions() const { return predictions_; }
  float* logits() const { return logits_; }  // Then the loss's slope.
  float* losses() const { return losses_; }

  // A member's own room: a tile of 64 x 64 with a bias or a function's vectors, a transposed panel
  // of weights, and what stages take as scratch.
  float* tile(int member) const { return room_ + member * member_floats_; }
  float* transposed(int member) const { return tile(member) + tile_floats_; }
  float* scratch(int member) const { return transposed(member) + transposed_floats_; }

 private:
  static constexpr int64_t kTileFloats = kTileRows * kPanelColumns;

  // Places all arrays at `base`, or only counts where it is null; the floats they take.
  SaturatingSize Place(const Program& program, int members, float* base);
  StepMemory() = default;

  int64_t chunk_rows_ = 0;
  MutableRows input_;
  std::vector<StageRows> stages_;
  float* targets_ = nullptr;
  float* predictions_ = nullptr;
  float* logits_ = nullptr;
  float* losses_ = nullptr;
  float* room_ = nullptr;
  int64_t tile_floats_ = 0;
  int64_t transposed_floats_ = 0;
  int64_t member_floats_ = 0;
  AlignedFloats memory_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_STEP_MEMORY_H_
