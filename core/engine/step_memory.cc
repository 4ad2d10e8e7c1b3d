#include "core/engine/step_memory.h"

#include <algorithm>

namespace fnn::core {
namespace {

constexpr int64_t kMostChunkRows = 4096;
constexpr int64_t kMostChunkFloats = int64_t{1} << 24;

// Hands out places one after the other, each at the beginning of a cache line.
class Placer {
 public:
  explicit Placer(float* base) : base_(base) {}

  float* Take(SaturatingSize floats) {
    float* const place = base_ == nullptr ? nullptr : base_ + taken_.value();
    const int64_t rest = floats.value() % kPadding;
    taken_ = taken_ + floats + (rest == 0 ? 0 : kPadding - rest);
    return place;
  }
  MutableRows Take(const Panels& panels, int64_t rows) {
    return {Take(SaturatingSize(rows) * panels.size(1)), panels.panel_size(rows)};
  }
  SaturatingSize taken() const { return taken_; }

 private:
  float* base_;
  SaturatingSize taken_ = 0;
};

// Whether the first activation writes over the net input.
bool FirstInPlace(const Stage& stage) {
  return stage.kind == Stage::Kind::kDense && !stage.activations.empty() &&
         stage.activations.front().op->slope_from_activity;
}

// Whether delta is made tile by tile, and need not have a place of its own meanwhile.
bool DeltaIsValue(const Stage& stage, bool last) {
  return stage.kind == Stage::Kind::kDense && (stage.taken_from >= 0 || last) && !stage.out.wide &&
         stage.elementwise && !stage.activations.empty() && !FirstInPlace(stage);
}

// How many arrays of its width a stage has.
int64_t Arrays(const Stage& stage, bool last) {
  return static_cast<int64_t>(stage.activations.size()) +
         (stage.kind == Stage::Kind::kPass ? 0 : 1) - (FirstInPlace(stage) ? 1 : 0) +
         (stage.learns && !DeltaIsValue(stage, last) ? 1 : 0);
}

}  // namespace

int64_t StepMemory::ChunkRows(const Program& program, int64_t batch) {
  if (program.over_batch()) return batch;
  SaturatingSize row = program.input().size(1);
  for (const Stage& stage : program.stages()) {
    const bool last = &stage == &program.stages().back();
    row = row + SaturatingSize(Arrays(stage, last)) * stage.out.size(1);
  }
  const int64_t rows = std::clamp(kMostChunkFloats / row.value(), kTileRows, kMostChunkRows);
  return std::min(batch, rows / kTileRows * kTileRows);
}

StepMemory::StepMemory(const Program& program, int64_t batch, int members)
    : chunk_rows_(ChunkRows(program, batch)) {
  memory_.resize(Place(program, members, nullptr).value());
  Place(program, members, memory_.data());
}

SaturatingSize StepMemory::Bytes(const Program& program, int64_t batch, int members) {
  StepMemory memory;
  memory.chunk_rows_ = ChunkRows(program, batch);
  return memory.Place(program, members, nullptr) * sizeof(float);
}

SaturatingSize StepMemory::Place(const Program& program, int members, float* base) {
  Placer placer(base);
  const auto stages = program.stages();
  const int64_t rows = chunk_rows_;
  const SaturatingSize outputs = SaturatingSize(rows) * program.plan().output_width();
  stages_.assign(stages.size(), {});
  tile_floats_ = std::max(kTileFloats + kPanelColumns, program.most_vectors());
  transposed_floats_ = 0;
  int64_t scratch_floats = 0;

  input_ = placer.Take(program.input(), rows);
  for (size_t s = 0; s < stages.size(); ++s) {
    const Stage& stage = stages[s];
    StageRows& out = stages_[s];
    // What multiplies with weights on the way back: the stage above, or this one.
    if (stage.taken_from >= 0) {
      const Stage& above = stages[stage.taken_from];
      transposed_floats_ = std::max(transposed_floats_, above.map.units.count * kTileFloats);
    }
    if (stage.has_map() && stage.back[0] != PassBack::kNo) {
      transposed_floats_ = std::max(transposed_floats_, stage.map.units.count * kTileFloats);
    }
    scratch_floats = std::max(scratch_floats, StageScratch(stage));
    for (const int input : stage.inputs) {
      out.in.push_back(input < 0 ? input_ : stages_[input].values.back());
    }
    if (stage.kind != Stage::Kind::kPass) {
      out.values.push_back(placer.Take(stage.out, rows));
    } else {
      const int input = stage.inputs[0];
      out.values.push_back(input < 0 ? input_ : stages_[input].values.back());
    }
    for (size_t i = 0; i < stage.activations.size(); ++i) {
      out.values.push_back(i == 0 && FirstInPlace(stage) ? out.values[0]
                                                         : placer.Take(stage.out, rows));
    }
    if (stage.learns) {
      out.delta_is_value = DeltaIsValue(stage, s + 1 == stages.size());
      out.delta = out.delta_is_value ? out.values[0] : placer.Take(stage.out, rows);
    }
    if (stage.over_batch()) {
      out.statistics = placer.Take(stage.node->function->statistics_size());
    }
  }
  targets_ = placer.Take(outputs);
  predictions_ = placer.Take(outputs);
  logits_ = placer.Take(outputs);
  losses_ = placer.Take(rows);
  scratch_floats = Padded(scratch_floats);
  member_floats_ = tile_floats_ + transposed_floats_ + scratch_floats;
  room_ = placer.Take(SaturatingSize(member_floats_) * members);
  return placer.taken();
}

}  // namespace fnn::core
