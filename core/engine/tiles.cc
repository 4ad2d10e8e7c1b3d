#include "core/engine/tiles.h"

#include <algorithm>
#include <array>

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
    for (size_t v = 0; v < stage.parameters.size(); ++v) {
      if (!program.plan().parameters()[stage.node->blocks[v]].trained) continue;
      add({.stage = index, .p = static_cast<int64_t>(v)}, 8 * stage.out.columns);
    }
  }
}

const MapPlace* Tiles::Map(const Tile& tile) const {
  const Stage& stage = program_.stages()[tile.stage];
  return stage.has_map() ? &stage.map : nullptr;
}

int64_t Tiles::Rows(const Tile& tile) const {
  return std::min(kPanelColumns, Map(tile)->fan_in - tile.b * kPanelColumns);
}

int64_t Tiles::Place(const Tile& tile) const {
  const MapPlace* const map = Map(tile);
  if (map == nullptr) return program_.stages()[tile.stage].parameters[tile.p];
  return map->panel(tile.group, tile.p) + tile.b * kPanelColumns * map->units.stride;
}

int64_t Tiles::Size(const Tile& tile) const {
  const MapPlace* const map = Map(tile);
  if (map != nullptr) return Rows(tile) * map->units.stride;
  const Stage& stage = program_.stages()[tile.stage];
  return WidePanels(stage.node->function->parameters()[tile.p].size).stride;
}

int64_t Tiles::BiasPlace(const Tile& tile) const {
  const MapPlace* const map = Map(tile);
  if (map == nullptr || tile.b > 0 || map->bias < 0) return -1;
  return map->bias_panel(tile.group, tile.p);
}

bool Tiles::Regularized(const Tile& tile) const {
  const PlanNode& node = *program_.stages()[tile.stage].node;
  const size_t block = Map(tile) != nullptr ? node.weights : node.blocks[tile.p];
  return program_.plan().parameters()[block].regularized;
}

void Tiles::Gradient(const Tile& tile, int64_t rows, int member, bool adds, float* gradient) const {
  const Stage& stage = program_.stages()[tile.stage];
  const StepMemory::StageRows& at = memory_.stage(tile.stage);
  std::array<ConstRows, LayerFunction::kMostInputs> in;
  if (stage.kind == Kind::kFunction) {
    const FunctionArguments arguments(pass_.CallOf(tile.stage, {0, rows, member}, in.data()));
    const int64_t size = stage.node->function->parameters()[tile.p].size;
    if (!adds) std::fill(gradient + size, gradient + Size(tile), 0.0F);
    stage.node->function->Gradient(arguments.input(), RowsOf(stage.out, ConstRows(at.delta)),
                                   static_cast<size_t>(tile.p), adds, gradient);
    return;
  }
  const Panels& units = stage.map.units;
  if (!adds && units.padded_columns_of(tile.p) < units.stride) {
    std::fill_n(gradient, Size(tile), 0.0F);
  }
  if (stage.kind == Kind::kConvolution) {
    ConvolutionGradient(pass_.CallOf(tile.stage, {0, rows, member}, in.data()), at.delta,
                        tile.group, tile.p, tile.b, adds, gradient);
    return;
  }
  program_.kernels().multiply({.rows = Rows(tile),
                               .columns = units.padded_columns_of(tile.p),
                               .depth = rows,
                               .x = at.in[0].panel(tile.b),
                               .x_row_stride = stage.in.stride,
                               .transposed = true,
                               .w = at.delta.panel(tile.p),
                               .w_stride = stage.out.stride,
                               .c = gradient,
                               .c_stride = units.stride,
                               .accumulate = adds});
}

void Tiles::BiasGradient(const Tile& tile, int64_t rows, bool adds, float* gradient) const {
  const Stage& stage = program_.stages()[tile.stage];
  const StepMemory::StageRows& at = memory_.stage(tile.stage);
  if (stage.kind == Kind::kConvolution) {
    ConvolutionBiasGradient(stage, rows, at.delta, tile.group, tile.p, adds, gradient);
    return;
  }
  program_.kernels().sum_rows(rows, stage.map.units.padded_columns_of(tile.p),
                              at.delta.panel(tile.p), stage.out.stride, adds, gradient);
}

}  // namespace fnn::core
