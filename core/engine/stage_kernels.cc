#include "core/engine/stage_kernels.h"

#include <algorithm>

namespace fnn::core {
namespace {

// How many rows activations over whole rows take at a time.
int64_t RowChunk(const Stage& stage) {
  constexpr int64_t kFloats = 4096;
  return std::clamp<int64_t>(kFloats / stage.out.columns, 1, kTileRows);
}

// Panel p of the outputs, for rows <= kTileRows.
void AffinePanel(const EngineKernels& kernels, const Stage& stage, const float* arena, int64_t p,
                 int64_t rows, ConstRows in, float* z) {
  const int64_t stride = stage.out.stride;
  kernels.multiply({.rows = rows,
                    .columns = stage.out.padded_columns_of(p),
                    .depth = stage.in.columns,
                    .x = in.data,
                    .x_row_stride = stage.in.stride,
                    .x_block_stride = in.panel_size,
                    .w = arena + stage.weights + p * stage.out.panel_size(stage.in.columns),
                    .w_stride = stride,
                    .start = stage.bias < 0 ? nullptr : arena + stage.bias + p * stride,
                    .c = z,
                    .c_stride = stride});
}

// An activation over whole rows, forward.
void ForwardRows(const Stage& stage, const StageActivation& activation, int64_t rows, ConstRows z,
                 MutableRows a, float* scratch) {
  const int64_t chunk = RowChunk(stage);
  for (int64_t r = 0; r < rows; r += chunk) {
    const int64_t count = std::min(chunk, rows - r);
    Unpack(stage.out, count, z.from(stage.out, r), scratch);
    activation.kernels.forward(activation.arguments, count, stage.out.columns, scratch, scratch);
    Pack(stage.out, count, 1, scratch, a.from(stage.out, r));
  }
}

void BackwardRows(const Stage& stage, const StageActivation& activation, int64_t rows, ConstRows z,
                  ConstRows a, MutableRows delta, float* scratch) {
  const int64_t chunk = RowChunk(stage);
  float* const z_rows = scratch;
  float* const a_rows = z_rows + chunk * stage.out.columns;
  float* const delta_rows = a_rows + chunk * stage.out.columns;
  for (int64_t r = 0; r < rows; r += chunk) {
    const int64_t count = std::min(chunk, rows - r);
    Unpack(stage.out, count, z.from(stage.out, r), z_rows);
    Unpack(stage.out, count, a.from(stage.out, r), a_rows);
    Unpack(stage.out, count, delta.from(stage.out, r), delta_rows);
    activation.kernels.backward(activation.arguments, count, stage.out.columns, z_rows, a_rows,
                                delta_rows);
    Pack(stage.out, count, 1, delta_rows, delta.from(stage.out, r));
  }
}

}  // namespace

int64_t RowScratch(const Stage& stage) {
  return stage.elementwise ? 0 : 3 * RowChunk(stage) * stage.out.columns;
}

void StageForward(const EngineKernels& kernels, const Stage& stage, const float* arena,
                  int64_t rows, ConstRows in, StageValues values, float* scratch) {
  const Panels& out = stage.out;
  const size_t activations = stage.activations.size();
  // A tile at a time: what comes out of the product is activated while it is in the first cache.
  for (int64_t p = 0; p < out.count; ++p) {
    for (int64_t r = 0; r < rows; r += kTileRows) {
      const int64_t count = std::min(kTileRows, rows - r);
      const int64_t at = r * out.stride;
      if (stage.affine) {
        AffinePanel(kernels, stage, arena, p, count, in.from(stage.in, r), values[0].panel(p) + at);
      }
      for (size_t i = 0; i < activations && stage.elementwise; ++i) {
        const StageActivation& f = stage.activations[i];
        f.kernels.forward(f.arguments, count, out.stride, values[i].panel(p) + at,
                          values[i + 1].panel(p) + at);
      }
    }
  }
  for (size_t i = 0; i < activations && !stage.elementwise; ++i) {
    const StageActivation& f = stage.activations[i];
    if (!f.op->elementwise) {
      ForwardRows(stage, f, rows, values[i], values[i + 1], scratch);
      continue;
    }
    for (int64_t p = 0; p < out.count; ++p) {
      f.kernels.forward(f.arguments, rows, out.stride, values[i].panel(p), values[i + 1].panel(p));
    }
  }
}

void PanelBackward(const Stage& stage, int64_t p, int64_t rows, StageValues values, float* delta) {
  for (size_t i = stage.activations.size(); i-- > 0;) {
    const StageActivation& f = stage.activations[i];
    f.kernels.backward(f.arguments, rows, stage.out.stride, values[i].panel(p),
                       values[i + 1].panel(p), delta);
  }
}

void StageBackward(const Stage& stage, int64_t rows, StageValues values, MutableRows delta,
                   float* scratch) {
  for (size_t i = stage.activations.size(); i-- > 0;) {
    const StageActivation& f = stage.activations[i];
    if (!f.op->elementwise) {
      BackwardRows(stage, f, rows, values[i], values[i + 1], delta, scratch);
      continue;
    }
    for (int64_t p = 0; p < stage.out.count; ++p) {
      f.kernels.backward(f.arguments, rows, stage.out.stride, values[i].panel(p),
                         values[i + 1].panel(p), delta.panel(p));
    }
  }
}

}  // namespace fnn::core
