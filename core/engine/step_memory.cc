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
    return {Take(SaturatingSize(panels.panel_size(rows)) * panels.count), panels.panel_size(rows)};
  }
  SaturatingSize taken() const { return taken_; }

 private:
  float* base_;
  SaturatingSize taken_ = 0;
};

// Whether the first activation writes over the net input.
bool FirstInPlace(const Stage& stage) {
  return stage.affine && !stage.activations.empty() &&
         stage.activations.front().op->slope_from_activity;
}

// How many arrays of its width a stage has at most: its values, and delta.
int64_t MostArrays(const Stage& stage) {
  return static_cast<int64_t>(stage.activations.size()) + (stage.affine ? 2 : 0) -
         (FirstInPlace(stage) ? 1 : 0);
}

}  // namespace

int64_t StepMemory::ChunkRows(const Program& program, int64_t batch) {
  SaturatingSize row = Panels(program.plan().input_width()).size(1);
  for (const Stage& stage : program.stages()) {
    row = row + SaturatingSize(MostArrays(stage)) * stage.out.size(1);
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
  first_affine_ = stages.size();
  stages_.assign(stages.size(), {});
  transposed_floats_ = 0;
  int64_t row_floats = 0;

  input_ = placer.Take(stages.front().in, rows);
  ConstRows in = input_;
  for (size_t s = 0; s < stages.size(); ++s) {
    const Stage& stage = stages[s];
    StageRows& out = stages_[s];
    if (stage.affine && first_affine_ == stages.size()) {
      first_affine_ = s;
    } else if (stage.affine) {
      transposed_floats_ = std::max(transposed_floats_, stage.out.count * kTileFloats);
    }
    row_floats = std::max(row_floats, RowScratch(stage));
    out.in = in;
    out.values.push_back(stage.affine ? placer.Take(stage.out, rows) : input_);
    for (size_t i = 0; i < stage.activations.size(); ++i) {
      out.values.push_back(i == 0 && FirstInPlace(stage) ? out.values[0]
                                                         : placer.Take(stage.out, rows));
    }
    if (stage.affine) {
      out.delta_is_value = stage.elementwise && !stage.activations.empty() && !FirstInPlace(stage);
      out.delta = out.delta_is_value ? out.values[0] : placer.Take(stage.out, rows);
    }
    in = out.values.back();
  }
  targets_ = placer.Take(outputs);
  predictions_ = placer.Take(outputs);
  logits_ = placer.Take(outputs);
  losses_ = placer.Take(rows);
  row_floats = (row_floats + kPadding - 1) / kPadding * kPadding;
  member_floats_ = kTileFloats + transposed_floats_ + row_floats;
  room_ = placer.Take(SaturatingSize(member_floats_) * members);
  return placer.taken();
}

}  // namespace fnn::core
