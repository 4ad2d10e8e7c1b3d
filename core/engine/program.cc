#include "core/engine/program.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/base/digest.h"
#include "core/base/finite.h"
#include "core/base/saturating.h"

namespace fnn::core {
namespace {

// Parameters are translated so many at a time.
constexpr int64_t kChunk = 4096;

}  // namespace

std::shared_ptr<const Program> Program::Create(std::shared_ptr<const Plan> plan) {
  return std::shared_ptr<const Program>(new Program(std::move(plan)));
}

Program::Program(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {
  kernels_ = {.multiply = Multiply(),
              .transpose = Transpose(),
              .sum_rows = SumRows(),
              .loss = plan_->loss().kernels<float>(),
              .link = FindOp(Activations(), plan_->loss().link)->kernels<float>()};
  stages_ = MakeStages(*plan_);
  input_ = InputPanels(*plan_, stages_);
  widest_ = input_.size(1);
  places_.resize(plan_->parameters().size());
  for (Stage& stage : stages_) {
    widest_ = std::max({widest_, stage.in.size(1), stage.out.size(1)});
    over_batch_ = over_batch_ || stage.over_batch();
    if (stage.has_map()) PlaceMap(stage);
    if (stage.kind == Stage::Kind::kFunction) PlaceVectors(stage);
  }
}

int64_t Program::Take(size_t block, Place place) {
  place.offset = arena_size_;
  places_[block] = place;
  arena_size_ = (SaturatingSize(arena_size_) + place.size).value();
  return place.offset;
}

void Program::PlaceMap(Stage& stage) {
  const PlanNode& node = *stage.node;
  MapPlace& map = stage.map;
  map.groups = node.groups();
  map.units = Panels(node.units / map.groups);
  map.fan_in = node.fan_in;
  map.trained = plan_->parameters()[node.weights].trained;
  const SaturatingSize groups = map.groups;
  map.weights = Take(node.weights, {.size = (groups * map.group_size()).value(),
                                    .fan_in = map.fan_in,
                                    .stride = map.units.stride,
                                    .panel = map.units.panel_size(map.fan_in),
                                    .units = map.units.columns,
                                    .group = map.group_size()});
  if (!node.bias.has_value()) return;
  map.bias = Take(*node.bias, {.size = map.groups * map.units.size(1),
                               .stride = map.units.stride,
                               .panel = map.units.stride,
                               .units = map.units.columns,
                               .group = map.units.size(1)});
}

void Program::PlaceVectors(Stage& stage) {
  int64_t together = 0;
  for (const size_t block : stage.node->blocks) {
    const int64_t values = plan_->parameters()[block].size;
    const int64_t size = Padded(values);
    together += size;
    stage.parameters.push_back(Take(block, {.size = size,
                                            .stride = kPanelColumns,
                                            .panel = kPanelColumns,
                                            .units = values,
                                            .group = size}));
  }
  most_vectors_ = std::max(most_vectors_, together);
}

int64_t Program::Place::Of(int64_t element) const {
  const int64_t unit = element / fan_in;
  const int64_t in_group = unit % units;
  return offset + unit / units * group + in_group / kPanelColumns * panel +
         element % fan_in * stride + in_group % kPanelColumns;
}

void Program::Read(const float* arena, size_t block, int64_t begin, std::span<float> out) const {
  const Place& place = places_[block];
  int64_t at = place.Of(begin);
  int64_t in_row = begin % place.fan_in;
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = arena[at];
    at += place.stride;
    if (++in_row == place.fan_in) {
      in_row = 0;
      at = place.Of(begin + static_cast<int64_t>(i) + 1);
    }
  }
}

void Program::Write(std::span<const float> values, size_t block, int64_t begin,
                    float* arena) const {
  const Place& place = places_[block];
  for (size_t i = 0; i < values.size(); ++i) {
    arena[place.Of(begin + static_cast<int64_t>(i))] = values[i];
  }
}

void Program::ReadAll(const float* arena, std::span<float> out) const {
  for (size_t b = 0; b < places_.size(); ++b) {
    const ParameterBlock& block = plan_->parameters()[b];
    Read(arena, b, 0, out.subspan(block.offset, block.size));
  }
}

void Program::WriteAll(std::span<const float> values, float* arena) const {
  for (size_t b = 0; b < places_.size(); ++b) {
    const ParameterBlock& block = plan_->parameters()[b];
    Write(values.subspan(block.offset, block.size), b, 0, arena);
  }
}

void Program::Visit(Archive& archive, Which which, float* arena) const {
  std::array<float, kChunk> chunk;
  for (size_t b = 0; b < places_.size(); ++b) {
    const ParameterBlock& block = plan_->parameters()[b];
    if (which == Which::kTrained && !block.trained) continue;
    for (int64_t begin = 0; begin < block.size && archive.ok(); begin += kChunk) {
      const std::span<float> part(chunk.data(), std::min(kChunk, block.size - begin));
      if (!archive.loading()) Read(arena, b, begin, part);
      archive.Numbers(part);
      if (archive.loading() && archive.ok()) Write(part, b, begin, arena);
    }
  }
}

void Program::Initialize(uint64_t seed, float* arena) const {
  for (size_t b = 0; b < places_.size(); ++b) {
    plan_->Draw(seed, b, [&](int64_t i, double value) {
      arena[places_[b].Of(i)] = static_cast<float>(value);
    });
  }
}

void Program::Digest(const float* arena, std::string& out) const {
  Digester digester;
  std::array<float, kChunk> chunk;
  for (size_t b = 0; b < places_.size(); ++b) {
    const int64_t size = plan_->parameters()[b].size;
    for (int64_t begin = 0; begin < size; begin += kChunk) {
      const std::span<float> part(chunk.data(), std::min(kChunk, size - begin));
      Read(arena, b, begin, part);
      digester.Update(std::as_bytes(part));
    }
  }
  digester.Finish(out);
}

std::string Program::FirstBlockNotFinite(const float* arena) const {
  for (size_t b = 0; b < places_.size(); ++b) {
    const float* begin = arena + places_[b].offset;
    bool finite = true;
    for (int64_t i = 0; i < places_[b].size; ++i) finite &= IsFinite(begin[i]);
    if (finite) continue;
    const std::string& name = plan_->parameters()[b].name;
    return name.substr(0, name.find('.'));
  }
  return "";
}

double Program::SquaredNorm(const float* arena) const {
  double squares = 0;
  for (size_t b = 0; b < places_.size(); ++b) {
    if (!plan_->parameters()[b].regularized) continue;
    const float* begin = arena + places_[b].offset;
    for (int64_t i = 0; i < places_[b].size; ++i) {
      squares += static_cast<double>(begin[i]) * static_cast<double>(begin[i]);
    }
  }
  return squares;
}

double Program::AbsoluteSum(const float* arena) const {
  double sum = 0;
  for (size_t b = 0; b < places_.size(); ++b) {
    if (!plan_->parameters()[b].regularized) continue;
    const float* begin = arena + places_[b].offset;
    for (int64_t i = 0; i < places_[b].size; ++i) sum += std::abs(static_cast<double>(begin[i]));
  }
  return sum;
}

}  // namespace fnn::core
