// What a stage computes on a few rows: its map or function, and its activations, forward and back.

#ifndef FNN_CORE_ENGINE_STAGE_KERNELS_H_
#define FNN_CORE_ENGINE_STAGE_KERNELS_H_

#include <array>
#include <cstdint>

#include "core/engine/panels.h"
#include "core/engine/program.h"

namespace fnn::core {

// Rows that go through a stage together at most: a tile of 64 by 64 floats fits the first cache.
inline constexpr int64_t kTileRows = 64;

// The values of a stage: that of its map or function (of a stage without one, its input), then
// those of its activations; all in one place where none is kept.
struct StageValues {
  const MutableRows* values;
  int64_t first = 0;  // Of the rows.
  bool in_place = false;

  MutableRows at(const Panels& out, size_t i) const {
    return values[in_place ? 0 : i].from(out, first);
  }
};

// A stage over some rows.
struct StageCall {
  const Program& program;
  const Stage& stage;
  const float* arena;
  int64_t rows = 0;
  const ConstRows* ins = nullptr;  // Of each input, as far back as the values.
  StageValues values;
  float* scratch = nullptr;           // StageScratch(stage) floats.
  const float* statistics = nullptr;  // Those of the batch, where the stage has some.
  RowContext context{};

  const Panels& in_panels(size_t i) const {
    const int input = stage.inputs[i];
    return input < 0 ? program.input() : program.stages()[input].out;
  }
  // From the first of the rows on.
  ConstRows in(size_t i) const { return ins[i].from(in_panels(i), values.first); }
  MutableRows value(size_t i) const { return values.at(stage.out, i); }
  MutableRows last_value() const { return value(stage.activations.size()); }
};

int64_t StageScratch(const Stage& stage);

// Computes values[0], then values[i + 1] = f_i(values[i]); each may be the one before.
void StageForward(const StageCall& call);

// `delta`, rows of panel p, holds the slope with regard to the stage's last value and becomes that
// with regard to values[0]. Only where all activations are elementwise, and for panels side by
// side.
void PanelBackward(const StageCall& call, int64_t p, float* delta);
// The same for all panels, whatever the activations and the layout.
void StageBackward(const StageCall& call, MutableRows delta);

// What a stage's function is applied to.
class FunctionArguments {
 public:
  explicit FunctionArguments(const StageCall& call);
  FunctionArguments(const FunctionArguments&) = delete;
  FunctionArguments& operator=(const FunctionArguments&) = delete;

  const FunctionInput<float>& input() const { return input_; }

 private:
  std::array<Rows<const float>, LayerFunction::kMostInputs> in_;
  std::array<const float*, LayerFunction::kMostParameters> parameters_;
  FunctionInput<float> input_;
};

// The rows of wide panels.
inline Rows<float> RowsOf(const Panels& panels, MutableRows rows) {
  return {rows.data, panels.stride};
}
inline Rows<const float> RowsOf(const Panels& panels, ConstRows rows) {
  return {rows.data, panels.stride};
}

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_STAGE_KERNELS_H_
