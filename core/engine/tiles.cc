#include "core/engine/tiles.h"

#include <algorithm>

#include "core/engine/convolution.h"

namespace fnn::core {

using Kind = Stage::Kind;

Tiles::Tiles(const Program& program, const StepMemory& memory, const RowPass& pass)
    : program_(program), memory_(memory), pass_(pass) {
  cost_.push_back(0);
  const auto add = [this](const Tile& tile, int64_t cost) {
    tiles_.push_back(tile);
    cost_.push_back(cost_.back() + cost);
  };
  for (size_t s = 0; s < program.stages().size(); ++s) {
    const Stage& stage = program.stages()[s];
    const auto index = static_cast<int32_t>(s);
    if (stage.has_map() && stage.map.trained) {
      const Panels elements(stage.map.fan_in);
      const int64_t positions =
          stage.kind == Kind::kConvolution ? stage.node->windows->positions() : 1;
      for (int64_t g = 0; g < stage.map.groups; ++g) {
        for (int64_t p = 0; p < stage.map.units.count; ++p) {
          for (int64_t b = 0; b < elements.count; ++b) {
            add({index, static_cast<int32_t>(g), p, b},
                positions * elements.columns_of(b) * stage.map.units.stride);
          }
        }
      }
    }
    const auto trained = [&](size_t block) { return program.plan().parameters()[block].trained; };
    const std::vector<size_t>& blocks = stage.node->blocks;
    if (stage.kind == Kind::kFunction && std::any_of(blocks.begin(), blocks.end(), trained)) {
      add({.stage = index}, 8 * stage.out.columns);
    }
  }
}

const MapPlace* Tiles::Map(const Tile& tile) const {
  const Stage& stage = program_.stages()[tile.stage];
  return stage.has_map() ? &stage.map : nullptr;
}

std::span<const TilePart> Tiles::Parts(const Tile& tile,
                                       std::array<TilePart, kMostParts>& room) const {
  const Stage& stage = program_.stages()[tile.stage];
  const auto blocks = program_.plan().parameters();
  size_t count = 0;
  if (const MapPlace* const map = Map(tile)) {
    const int64_t stride = map->units.stride;
    const int64_t rows = std::min(kPanelColumns, map->fan_in - tile.b * kPanelColumns);
    room[count++] = {map->panel(tile.group, tile.p) + tile.b * kPanelColumns * stride,
                     rows * stride, blocks[stage.node->weights].regularized};
    if (tile.b == 0 && map->bias >= 0) {
      room[count++] = {map->bias_panel(tile.group, tile.p), stride, false};
    }
    return std::span(room).first(count);
  }
  for (size_t v = 0; v < stage.parameters.size(); ++v) {
    const ParameterBlock& block = blocks[stage.node->blocks[v]];
    if (!block.trained) continue;
    room[count++] = {stage.parameters[v], Padded(block.size), block.regularized};
  }
  return std::span(room).first(count);
}

void Tiles::FunctionGradient(const Tile& tile, const StageCall& call, bool adds,
                             float* const* gradients) const {
  const Stage& stage = program_.stages()[tile.stage];
  const Rows<const float> delta = RowsOf(stage.out, ConstRows(memory_.stage(tile.stage).delta));
  const FunctionArguments arguments(call);
  for (size_t v = 0; v < stage.parameters.size(); ++v) {
    const ParameterBlock& block = program_.plan().parameters()[stage.node->blocks[v]];
    if (!block.trained) continue;
    float* const gradient = *gradients++;
    if (!adds) std::fill_n(gradient, Padded(block.size), 0.0F);
    stage.node->function->Gradient(arguments.input(), delta, v, adds, gradient);
  }
}

void Tiles::Gradient(const Tile& tile, int64_t rows, int member, bool adds,
                     float* const* gradients) const {
  const Stage& stage = program_.stages()[tile.stage];
  const StepMemory::StageRows& at = memory_.stage(tile.stage);
  if (stage.kind == Kind::kFunction) {
    FunctionGradient(tile, pass_.CallOf(tile.stage, {0, rows, member}), adds, gradients);
    return;
  }
  std::array<TilePart, kMostParts> room;
  const auto parts = Parts(tile, room);
  const Panels& units = stage.map.units;
  if (!adds && units.padded_columns_of(tile.p) < units.stride) {
    for (size_t i = 0; i < parts.size(); ++i) std::fill_n(gradients[i], parts[i].size, 0.0F);
  }
  if (stage.kind == Kind::kConvolution) {
    const StageCall call = pass_.CallOf(tile.stage, {0, rows, member});
    ConvolutionGradient(call, at.delta, tile.group, tile.p, tile.b, adds, gradients[0]);
    if (parts.size() < 2) return;
    ConvolutionBiasGradient(stage, rows, at.delta, tile.group, tile.p, adds, gradients[1]);
    return;
  }
  program_.kernels().multiply({.rows = parts[0].size / units.stride,
                               .columns = units.padded_columns_of(tile.p),
                               .depth = rows,
                               .x = at.in[0].panel(tile.b),
                               .x_row_stride = stage.in.stride,
                               .transposed = true,
                               .w = at.delta.panel(tile.p),
                               .w_stride = stage.out.stride,
                               .c = gradients[0],
                               .c_stride = units.stride,
                               .accumulate = adds});
  if (parts.size() < 2) return;
  program_.kernels().sum_rows(rows, units.padded_columns_of(tile.p), at.delta.panel(tile.p),
                              stage.out.stride, adds, gradients[1]);
}

}  // namespace fnn::core
