#include "core/engine/stage_kernels.h"

#include <algorithm>

#include "core/engine/convolution.h"

namespace fnn::core {
namespace {

using Kind = Stage::Kind;

// How many rows activations over whole rows take at a time, where rows lie in panels.
int64_t RowChunk(const Stage& stage) {
  constexpr int64_t kFloats = 4096;
  return std::clamp<int64_t>(kFloats / stage.out.columns, 1, kTileRows);
}

// What the first activation, or the next stage, takes.
ConstRows FirstValue(const StageCall& call) {
  return call.stage.kind == Kind::kPass ? call.in(0) : ConstRows(call.value(0));
}
// What activation i takes.
ConstRows Before(const StageCall& call, size_t i) {
  return i == 0 ? FirstValue(call) : ConstRows(call.value(i));
}

// Panel p of the outputs of `rows` rows from `first` on, rows <= kTileRows.
void DensePanel(const StageCall& call, int64_t p, int64_t first, int64_t rows) {
  const Stage& stage = call.stage;
  const MapPlace& map = stage.map;
  const ConstRows in = call.in(0).from(stage.in, first);
  call.program.kernels().multiply(
      {.rows = rows,
       .columns = map.units.padded_columns_of(p),
       .depth = map.fan_in,
       .x = in.data,
       .x_row_stride = stage.in.stride,
       .x_block_stride = in.panel_size,
       .w = call.arena + map.panel(0, p),
       .w_stride = map.units.stride,
       .start = map.bias < 0 ? nullptr : call.arena + map.bias_panel(0, p),
       .c = call.value(0).from(stage.out, first).panel(p),
       .c_stride = stage.out.stride});
}

// Activation i of part p, rows [first, first + rows).
void ForwardPart(const StageCall& call, size_t i, int64_t p, int64_t first, int64_t rows) {
  const Panels& out = call.stage.out;
  const StageActivation& f = call.stage.activations[i];
  f.kernels.forward(f.arguments, rows, out.stride, Before(call, i).from(out, first).panel(p),
                    call.value(i + 1).from(out, first).panel(p));
}

// Calls f(z, a, delta) with row-major arrays of a few rows at a time, in turn for all rows; what it
// leaves in a, or in delta where there is one, is put back.
template <typename F>
void ForEachRowChunk(const StageCall& call, size_t i, const MutableRows* delta, F f) {
  const Panels& out = call.stage.out;
  const int64_t chunk = RowChunk(call.stage);
  float* const z_rows = call.scratch;
  float* const a_rows = z_rows + chunk * out.columns;
  float* const delta_rows = a_rows + chunk * out.columns;
  for (int64_t r = 0; r < call.rows; r += chunk) {
    const int64_t count = std::min(chunk, call.rows - r);
    Unpack(out, count, Before(call, i).from(out, r), z_rows);
    if (delta == nullptr) {
      f(count, z_rows, a_rows, delta_rows);
      Pack(out, count, 1, a_rows, call.value(i + 1).from(out, r));
      continue;
    }
    Unpack(out, count, ConstRows(call.value(i + 1)).from(out, r), a_rows);
    Unpack(out, count, ConstRows(*delta).from(out, r), delta_rows);
    f(count, z_rows, a_rows, delta_rows);
    Pack(out, count, 1, delta_rows, delta->from(out, r));
  }
}

// An activation over the channels of each place, forward.
void ForwardRowwise(const StageCall& call, size_t i) {
  const Stage& stage = call.stage;
  const StageActivation& f = stage.activations[i];
  const int64_t places = stage.out.columns / stage.channels;
  if (stage.out.wide) {
    for (int64_t r = 0; r < call.rows; ++r) {
      f.kernels.forward(f.arguments, places, stage.channels,
                        Before(call, i).from(stage.out, r).data,
                        call.value(i + 1).from(stage.out, r).data);
    }
    return;
  }
  ForEachRowChunk(call, i, nullptr, [&](int64_t rows, float* z, float* a, float* /*delta*/) {
    f.kernels.forward(f.arguments, rows * places, stage.channels, z, a);
  });
}

void BackwardRowwise(const StageCall& call, size_t i, MutableRows delta) {
  const Stage& stage = call.stage;
  const StageActivation& f = stage.activations[i];
  const int64_t places = stage.out.columns / stage.channels;
  if (stage.out.wide) {
    for (int64_t r = 0; r < call.rows; ++r) {
      f.kernels.backward(f.arguments, places, stage.channels,
                         Before(call, i).from(stage.out, r).data,
                         call.value(i + 1).from(stage.out, r).data, delta.from(stage.out, r).data);
    }
    return;
  }
  ForEachRowChunk(call, i, &delta, [&](int64_t rows, float* z, float* a, float* d) {
    f.kernels.backward(f.arguments, rows * places, stage.channels, z, a, d);
  });
}

}  // namespace

FunctionArguments::FunctionArguments(const StageCall& call) {
  const Stage& stage = call.stage;
  for (size_t i = 0; i < stage.inputs.size(); ++i) {
    in_[i] = RowsOf(call.in_panels(i), call.in(i));
  }
  for (size_t i = 0; i < stage.parameters.size(); ++i) {
    parameters_[i] = call.arena + stage.parameters[i];
  }
  input_ = {.rows = call.rows,
            .in = in_.data(),
            .parameters = parameters_.data(),
            .statistics = call.context.training ? call.statistics : nullptr,
            .context = call.context};
}

int64_t StageScratch(const Stage& stage) {
  const bool rowwise = !stage.elementwise && !stage.out.wide;
  const int64_t rows = rowwise ? 3 * RowChunk(stage) * stage.out.columns : 0;
  return std::max(rows, stage.kind == Kind::kConvolution ? ConvolutionScratch(stage) : 0);
}

void StageForward(const StageCall& call) {
  const Stage& stage = call.stage;
  const size_t activations = stage.activations.size();
  if (stage.kind == Kind::kFunction) {
    const FunctionArguments arguments(call);
    stage.node->function->Forward(arguments.input(), RowsOf(stage.out, call.value(0)));
  } else if (stage.kind == Kind::kConvolution) {
    ConvolutionForward(call);
  }
  // A tile at a time: what comes out of the product is activated while it is in the first cache.
  const bool by_tile = stage.elementwise && !stage.out.wide;
  for (int64_t p = 0; p < stage.out.count; ++p) {
    if (stage.kind != Kind::kDense && !by_tile) break;
    for (int64_t r = 0; r < call.rows; r += kTileRows) {
      const int64_t count = std::min(kTileRows, call.rows - r);
      if (stage.kind == Kind::kDense) DensePanel(call, p, r, count);
      for (size_t i = 0; by_tile && i < activations; ++i) ForwardPart(call, i, p, r, count);
    }
  }
  for (size_t i = 0; !by_tile && i < activations; ++i) {
    if (!stage.activations[i].op->elementwise) {
      ForwardRowwise(call, i);
      continue;
    }
    for (int64_t p = 0; p < stage.out.parts(); ++p) ForwardPart(call, i, p, 0, call.rows);
  }
}

void PanelBackward(const StageCall& call, int64_t p, float* delta) {
  const Panels& out = call.stage.out;
  for (size_t i = call.stage.activations.size(); i-- > 0;) {
    const StageActivation& f = call.stage.activations[i];
    f.kernels.backward(f.arguments, call.rows, out.stride, Before(call, i).panel(p),
                       call.value(i + 1).panel(p), delta);
  }
}

void StageBackward(const StageCall& call, MutableRows delta) {
  const Panels& out = call.stage.out;
  for (size_t i = call.stage.activations.size(); i-- > 0;) {
    const StageActivation& f = call.stage.activations[i];
    if (!f.op->elementwise) {
      BackwardRowwise(call, i, delta);
      continue;
    }
    for (int64_t p = 0; p < out.parts(); ++p) {
      f.kernels.backward(f.arguments, call.rows, out.stride, Before(call, i).panel(p),
                         call.value(i + 1).panel(p), delta.panel(p));
    }
  }
}

}  // namespace fnn::core
