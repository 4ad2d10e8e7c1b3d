#include "core/engine/inference.h"

#include <algorithm>
#include <utility>

#include "core/engine/stage_kernels.h"

namespace fnn::core {
namespace {

// Fewer where the network is so wide that a tile's activities would take more than its weights.
int64_t TileRows(const Program& program, int64_t rows) {
  constexpr int64_t kMostFloats = int64_t{1} << 20;
  const int64_t most = std::clamp<int64_t>(kMostFloats / program.widest(), 1, kTileRows);
  return std::clamp<int64_t>(rows, 1, most);
}

// Two arrays of activities in turn, room for activations over rows, and the logits.
SaturatingSize MemberFloats(const Program& program, int64_t tile_rows) {
  int64_t scratch = 0;
  for (const Stage& stage : program.stages()) scratch = std::max(scratch, RowScratch(stage));
  const SaturatingSize logits = Panels(program.plan().output_width()).size(1);
  return SaturatingSize(tile_rows) * (SaturatingSize(2 * program.widest()) + logits) +
         (scratch + kPadding - 1) / kPadding * kPadding;
}

}  // namespace

Inference::Inference(std::shared_ptr<const Program> program, int members, int64_t rows)
    : program_(std::move(program)),
      tile_rows_(TileRows(*program_, rows)),
      activity_floats_(tile_rows_ * program_->widest()),
      member_floats_(MemberFloats(*program_, tile_rows_).value()),
      memory_(members * member_floats_) {}

SaturatingSize Inference::Bytes(const Program& program, int members, int64_t rows) {
  return MemberFloats(program, TileRows(program, rows)) * members * sizeof(float);
}

float* Inference::Tile(const float* arena, int member, int64_t first, int64_t rows, Load load) {
  float* in = memory_.data() + member * member_floats_;
  float* out = in + activity_floats_;
  float* const logits = out + activity_floats_;
  float* const scratch = logits + tile_rows_ * Panels(program_->plan().output_width()).size(1);
  ConstRows x;
  for (const Stage& stage : program_->stages()) {
    if (x.data == nullptr) {
      const MutableRows loaded{in, stage.in.panel_size(tile_rows_)};
      load(first, rows, loaded);
      x = loaded;
    }
    const MutableRows value{stage.affine ? out : in, stage.out.panel_size(tile_rows_)};
    StageForward(program_->kernels(), stage, arena, rows, x, {.values = &value, .in_place = true},
                 scratch);
    if (stage.affine) std::swap(in, out);
    x = value;
  }
  Unpack(program_->stages().back().out, rows, x, logits);
  return logits;
}

void Inference::Predict(const float* arena, int64_t rows, const float* x, float* predictions) {
  const Plan& plan = program_->plan();
  const int64_t outputs = plan.output_width();
  const Panels in(plan.input_width());
  for (int64_t r = 0; r < rows; r += tile_rows_) {
    const int64_t count = std::min(tile_rows_, rows - r);
    const float* logits = Tile(arena, 0, r, count, [&](int64_t first, int64_t n, MutableRows tile) {
      Pack(in, n, 1, x + first * in.columns, tile);
    });
    program_->kernels().link.forward({}, count, outputs, logits, predictions + r * outputs);
  }
}

void Inference::Measure(const float* arena, const Samples& samples, int64_t begin, int64_t rows,
                        Team& team, float* predictions, float* targets, float* losses) {
  const int64_t outputs = program_->plan().output_width();
  const Panels in(program_->plan().input_width());
  const Permutation order(samples.rows());
  const int64_t tiles = (rows + tile_rows_ - 1) / tile_rows_;
  team.Run(static_cast<int>(std::min<int64_t>(tiles, team.most())), [&](int member, int members) {
    for (int64_t tile = member; tile < tiles; tile += members) {
      const int64_t r = tile * tile_rows_;
      const int64_t count = std::min(tile_rows_, rows - r);
      float* const t = targets + r * outputs;
      float* logits = Tile(arena, member, r, count, [&](int64_t first, int64_t n, MutableRows x) {
        samples.GatherPanels(order, begin + first, n, x.panel_size, in.stride, x.data, t);
      });
      program_->kernels().link.forward({}, count, outputs, logits, predictions + r * outputs);
      program_->kernels().loss.compute(program_->plan().loss_arguments(), count, outputs, logits, t,
                                       losses + r, nullptr);
    }
  });
}

}  // namespace fnn::core
