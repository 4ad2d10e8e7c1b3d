// Runs a network forward, many rows at once.

#ifndef FNN_CORE_ENGINE_INFERENCE_H_
#define FNN_CORE_ENGINE_INFERENCE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/base/aligned.h"
#include "core/base/saturating.h"
#include "core/data/samples.h"
#include "core/engine/panels.h"
#include "core/engine/program.h"
#include "core/threads/team.h"

namespace fnn::core {

// Not thread-safe. Allocates once. A row's result does not depend on the rows beside it, nor on how
// many members there are.
class Inference {
 public:
  // For teams of at most `members`, and calls of at most `rows` rows.
  Inference(std::shared_ptr<const Program> program, int members, int64_t rows);

  // What one allocates, in bytes.
  static SaturatingSize Bytes(const Program& program, int members, int64_t rows);

  // predictions [rows, outputs] of x [rows, inputs], row-major. False where `stop`, asked every few
  // rows, said so.
  bool Predict(const float* arena, int64_t rows, const float* x, float* predictions,
               absl::FunctionRef<bool()> stop);

  // The predictions, targets and losses of samples [begin, begin + rows). Arrays are [rows,
  // outputs] and [rows].
  void Measure(const float* arena, const Samples& samples, int64_t begin, int64_t rows, Team& team,
               float* predictions, float* targets, float* losses);

 private:
  // Puts rows [first, first + rows) in panels.
  using Load = absl::FunctionRef<void(int64_t first, int64_t rows, MutableRows x)>;

  // A row of each stage's last value lies in a slot, which is used again once all have read it.
  struct Slots {
    std::vector<int> of_stage;   // -1: where its input lies.
    std::vector<int64_t> sizes;  // In padded floats a row.
    int input = 0;
  };
  static Slots PlanSlots(const Program& program);
  static SaturatingSize MemberFloats(const Program& program, const Slots& slots, int64_t tile_rows);

  // Logits of a tile, row-major, in the member's room; valid until its next tile.
  float* Tile(const float* arena, int member, int64_t first, int64_t rows, Load load);

  std::shared_ptr<const Program> program_;
  int64_t tile_rows_;
  Slots slots_;
  std::vector<int64_t> offsets_;  // Of each slot in a member's room.
  int64_t scratch_ = 0;           // In a member's room, as are:
  int64_t logits_ = 0;
  int64_t member_floats_;
  AlignedFloats memory_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_INFERENCE_H_
