// What a stage computes on a few rows: its affine map, and its activations forward and back.

#ifndef FNN_CORE_ENGINE_STAGE_KERNELS_H_
#define FNN_CORE_ENGINE_STAGE_KERNELS_H_

#include <cstdint>

#include "core/engine/panels.h"
#include "core/engine/program.h"

namespace fnn::core {

// Rows that go through a stage together at most: a tile of 64 by 64 floats fits the first cache.
inline constexpr int64_t kTileRows = 64;

// The values of a stage: that of the affine map (or what a stage without one is given), then those
// of its activations; all in one place where none is kept.
struct StageValues {
  const MutableRows* values;
  int64_t offset = 0;  // Of the first row, in floats.
  bool in_place = false;

  MutableRows operator[](size_t i) const {
    const MutableRows& rows = values[in_place ? 0 : i];
    return {rows.data + offset, rows.panel_size};
  }
};

// Row-major room, in floats, that activations over whole rows need.
int64_t RowScratch(const Stage& stage);

// Computes values[0] = in wᵀ + b, where the stage is affine, then values[i + 1] = f_i(values[i]);
// each may be the one before.
// `scratch` has RowScratch(stage) floats.
void StageForward(const EngineKernels& kernels, const Stage& stage, const float* arena,
                  int64_t rows, ConstRows in, StageValues values, float* scratch);

// `delta`, rows of panel p, holds the slope with regard to the stage's last value and becomes that
// with regard to values[0]. Only where all activations are elementwise.
void PanelBackward(const Stage& stage, int64_t p, int64_t rows, StageValues values, float* delta);

// The same for all panels, whatever the activations.
void StageBackward(const Stage& stage, int64_t rows, StageValues values, MutableRows delta,
                   float* scratch);

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_STAGE_KERNELS_H_
