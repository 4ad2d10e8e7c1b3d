#include "core/engine/row_pass.h"

#include <algorithm>

#include "core/engine/convolution.h"
#include "core/ops/loss_sum.h"

namespace fnn::core {

using Kind = Stage::Kind;

StageCall RowPass::CallOf(size_t s, const RowRange& range) const {
  const StepMemory::StageRows& at = memory_.stage(s);
  RowContext context = context_;
  context.first += range.first;
  return {.program = program_,
          .stage = program_.stages()[s],
          .arena = arena_,
          .rows = range.rows,
          .ins = at.in.data(),
          .values = {at.values.data(), range.first},
          .scratch = memory_.scratch(range.member),
          .statistics = at.statistics,
          .context = context};
}

void RowPass::Forward(size_t s, const RowRange& range) const { StageForward(CallOf(s, range)); }

void RowPass::TakeLoss(const RowRange& range) const {
  const Stage& last = program_.stages().back();
  const int64_t outputs = last.out.columns;
  const int64_t first = range.first;
  float* const logits = memory_.logits() + first * outputs;
  const ConstRows values = memory_.stage(program_.stages().size() - 1).values.back();
  Unpack(last.out, range.rows, values.from(last.out, first), logits);
  program_.kernels().link.forward({}, range.rows, outputs, logits,
                                  memory_.predictions() + first * outputs);
  program_.kernels().loss.compute(program_.plan().loss_arguments(), range.rows, outputs, logits,
                                  memory_.targets() + first * outputs, memory_.losses() + first,
                                  logits);
  if (weights_ != nullptr) {
    WeighSlopes(range.rows, outputs, weights_ + first, batch_weight_, logits);
  }
}

void RowPass::LastDelta(int64_t p, int64_t first, int64_t rows, float* delta) const {
  const Panels& out = program_.stages().back().out;
  PackPanel(out, p, rows, scale_, memory_.logits() + first * out.columns, delta);
}

void RowPass::Transpose(const Stage& stage, int64_t p, float* transposed) const {
  const MapPlace& map = stage.map;
  for (int64_t q = 0; q < map.units.count; ++q) {
    program_.kernels().transpose(stage.in.columns_of(p), map.units.padded_columns_of(q),
                                 arena_ + map.panel(0, q) + p * kPanelColumns * map.units.stride,
                                 map.units.stride, transposed + q * kPanelColumns * kPanelColumns);
  }
}

void RowPass::InputDelta(size_t s, int64_t p, int64_t first, int64_t rows, const float* transposed,
                         bool adds, float* delta, int64_t stride) const {
  const Stage& stage = program_.stages()[s];
  const MutableRows z = memory_.stage(s).delta.from(stage.out, first);
  program_.kernels().multiply({.rows = rows,
                               .columns = stage.in.padded_columns_of(p),
                               .depth = stage.out.columns,
                               .x = z.data,
                               .x_row_stride = stage.out.stride,
                               .x_block_stride = z.panel_size,
                               .w = transposed,
                               .w_stride = kPanelColumns,
                               .c = delta,
                               .c_stride = stride,
                               .accumulate = adds});
}

void RowPass::TakeDelta(size_t s, const RowRange& range) const {
  const Stage& stage = program_.stages()[s];
  const StepMemory::StageRows& at = memory_.stage(s);
  float* const transposed = memory_.transposed(range.member);
  const int64_t end = range.first + range.rows;
  for (int64_t p = 0; p < stage.out.count; ++p) {
    if (stage.taken_from >= 0) Transpose(program_.stages()[stage.taken_from], p, transposed);
    for (int64_t r = range.first; r < end; r += kTileRows) {
      const RowRange tile{r, std::min(kTileRows, end - r), range.member};
      float* const place = at.delta.from(stage.out, r).panel(p);
      float* const delta = at.delta_is_value ? memory_.tile(range.member) : place;
      if (stage.taken_from >= 0) {
        InputDelta(stage.taken_from, p, r, tile.rows, transposed, false, delta, stage.out.stride);
      } else {
        LastDelta(p, r, tile.rows, delta);
      }
      if (stage.elementwise && !stage.out.wide) PanelBackward(CallOf(s, tile), p, delta);
      if (delta != place) std::copy(delta, delta + tile.rows * stage.out.stride, place);
    }
  }
}

void RowPass::MakeDelta(size_t s, const RowRange& range) const {
  const Stage& stage = program_.stages()[s];
  const bool put = stage.taken_from < 0 && s + 1 < program_.stages().size();
  if (!put) TakeDelta(s, range);
  if (!put && stage.elementwise && !stage.out.wide) return;
  StageBackward(CallOf(s, range), memory_.stage(s).delta.from(stage.out, range.first));
}

void RowPass::PassDense(size_t s, const RowRange& range) const {
  const Stage& stage = program_.stages()[s];
  const MutableRows to = memory_.stage(stage.inputs[0]).delta;
  float* const transposed = memory_.transposed(range.member);
  for (int64_t p = 0; p < stage.in.count; ++p) {
    Transpose(stage, p, transposed);
    InputDelta(s, p, range.first, range.rows, transposed, stage.back[0] == PassBack::kAdd,
               to.from(stage.in, range.first).panel(p), stage.in.stride);
  }
}

void RowPass::Pass(size_t s, const RowRange& range) const {
  const Stage& stage = program_.stages()[s];
  const StageCall call = CallOf(s, range);
  for (size_t i = 0; i < stage.inputs.size(); ++i) {
    if (stage.back[i] == PassBack::kNo) continue;
    const bool adds = stage.back[i] == PassBack::kAdd;
    const int input = stage.inputs[i];
    const Panels& panels = program_.stages()[input].out;
    const MutableRows to = memory_.stage(input).delta.from(panels, range.first);
    const ConstRows delta = memory_.stage(s).delta.from(stage.out, range.first);
    switch (stage.kind) {
      case Kind::kDense:
        PassDense(s, range);
        break;
      case Kind::kConvolution:
        ConvolutionBackward(call, delta, adds, to, memory_.transposed(range.member));
        break;
      case Kind::kFunction: {
        const FunctionArguments arguments(call);
        stage.node->function->Backward(arguments.input(), RowsOf(stage.out, delta), i, adds,
                                       RowsOf(panels, to));
        break;
      }
      case Kind::kPass:
        for (int64_t p = 0; p < panels.parts(); ++p) {
          const float* const from = delta.panel(p);
          float* const out = to.panel(p);
          for (int64_t k = 0; k < range.rows * panels.stride; ++k) Put(adds, from[k], out[k]);
        }
        break;
    }
  }
}

}  // namespace fnn::core
