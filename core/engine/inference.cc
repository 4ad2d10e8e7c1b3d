#include "core/engine/inference.h"

#include <algorithm>
#include <array>
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

int64_t ScratchFloats(const Program& program) {
  int64_t scratch = 0;
  for (const Stage& stage : program.stages()) scratch = std::max(scratch, StageScratch(stage));
  return Padded(scratch);
}

// A stage that has nothing to do.
bool IsNothing(const Stage& stage) {
  return stage.kind == Stage::Kind::kPass && stage.activations.empty();
}

}  // namespace

Inference::Slots Inference::PlanSlots(const Program& program) {
  const auto stages = program.stages();
  std::vector<int> readers(stages.size() + 1, 0);  // Of the input, and of each stage.
  for (const Stage& stage : stages) {
    for (const int input : stage.inputs) ++readers[input + 1];
  }
  Slots slots;
  std::vector<int> free;
  const auto take = [&](int64_t size) {
    int slot = static_cast<int>(slots.sizes.size());
    if (free.empty()) {
      slots.sizes.push_back(0);
    } else {
      slot = free.back();
      free.pop_back();
    }
    slots.sizes[slot] = std::max(slots.sizes[slot], size);
    return slot;
  };
  std::vector<int> slot_of{take(program.input().size(1))};
  for (const Stage& stage : stages) {
    const bool nothing = IsNothing(stage);
    const int slot = nothing ? slot_of[stage.inputs[0] + 1] : take(stage.out.size(1));
    slot_of.push_back(slot);
    slots.of_stage.push_back(slot);
    for (const int input : stage.inputs) {
      if (--readers[input + 1] == 0 && !nothing) free.push_back(slot_of[input + 1]);
    }
  }
  slots.input = slot_of[0];
  return slots;
}

SaturatingSize Inference::MemberFloats(const Program& program, const Slots& slots,
                                       int64_t tile_rows) {
  SaturatingSize row = Panels(program.plan().output_width()).size(1);
  for (const int64_t size : slots.sizes) row = row + size;
  return row * tile_rows + ScratchFloats(program);
}

Inference::Inference(std::shared_ptr<const Program> program, int members, int64_t rows)
    : program_(std::move(program)),
      tile_rows_(TileRows(*program_, rows)),
      slots_(PlanSlots(*program_)),
      member_floats_(MemberFloats(*program_, slots_, tile_rows_).value()),
      memory_(members * member_floats_) {
  for (const int64_t size : slots_.sizes) {
    offsets_.push_back(scratch_);
    scratch_ += size * tile_rows_;
  }
  logits_ = scratch_ + ScratchFloats(*program_);
}

SaturatingSize Inference::Bytes(const Program& program, int members, int64_t rows) {
  return MemberFloats(program, PlanSlots(program), TileRows(program, rows)) * members *
         sizeof(float);
}

float* Inference::Tile(const float* arena, int member, int64_t first, int64_t rows, Load load) {
  float* const room = memory_.data() + member * member_floats_;
  const auto rows_of = [&](const Panels& panels, int slot) {
    return MutableRows{room + offsets_[slot], panels.panel_size(tile_rows_)};
  };
  load(first, rows, rows_of(program_->input(), slots_.input));
  const auto stages = program_->stages();
  MutableRows value;
  for (size_t s = 0; s < stages.size(); ++s) {
    const Stage& stage = stages[s];
    value = rows_of(stage.out, slots_.of_stage[s]);
    if (IsNothing(stage)) continue;
    std::array<ConstRows, LayerFunction::kMostInputs> in;
    for (size_t i = 0; i < stage.inputs.size(); ++i) {
      const int input = stage.inputs[i];
      in[i] = input < 0 ? rows_of(program_->input(), slots_.input)
                        : rows_of(stages[input].out, slots_.of_stage[input]);
    }
    StageForward({.program = *program_,
                  .stage = stage,
                  .arena = arena,
                  .rows = rows,
                  .ins = in.data(),
                  .values = {.values = &value, .in_place = true},
                  .scratch = room + scratch_});
  }
  float* const logits = room + logits_;
  Unpack(stages.back().out, rows, value, logits);
  return logits;
}

bool Inference::Predict(const float* arena, int64_t rows, const float* x, float* predictions,
                        absl::FunctionRef<bool()> stop) {
  const Plan& plan = program_->plan();
  const int64_t outputs = plan.output_width();
  const Panels& in = program_->input();
  for (int64_t r = 0; r < rows; r += tile_rows_) {
    if (stop()) return false;
    const int64_t count = std::min(tile_rows_, rows - r);
    const float* logits = Tile(arena, 0, r, count, [&](int64_t first, int64_t n, MutableRows tile) {
      Pack(in, n, 1, x + first * in.columns, tile);
    });
    program_->kernels().link.forward({}, count, outputs, logits, predictions + r * outputs);
  }
  return true;
}

void Inference::Measure(const float* arena, const Samples& samples, int64_t begin, int64_t rows,
                        Team& team, float* predictions, float* targets, float* losses) {
  const int64_t outputs = program_->plan().output_width();
  const Panels& in = program_->input();
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
