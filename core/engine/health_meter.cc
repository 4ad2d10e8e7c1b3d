#include "core/engine/health_meter.h"

#include <algorithm>
#include <array>

#include "core/engine/health_sums.h"

namespace fnn::core {
namespace {

bool StepsLate(const StepOptions& options) {
  return options.max_norm > 0 || options.optimizer->whole_batch;
}

// What a member keeps of a tile.
int64_t RoomFloats(const Program& program, const StepOptions& options) {
  if (StepsLate(options)) return 0;
  return std::max(kTileRows * kPanelColumns + kPanelColumns, program.most_vectors());
}

// For each node the stage whose last value is its own, or -1 where none's is.
std::vector<int> StagesOfValues(const Program& program) {
  const auto nodes = program.plan().nodes();
  std::vector<int> out(nodes.size(), -1);
  for (size_t s = 0; s < program.stages().size(); ++s) {
    const Stage& stage = program.stages()[s];
    const auto first = static_cast<size_t>(stage.node - nodes.data());
    out[stage.activations.empty() ? first : stage.activations.back().node] = static_cast<int>(s);
  }
  // What an identity passes on is its own value.
  for (size_t n = 0; n < nodes.size(); ++n) {
    const bool identity = nodes[n].kind == PlanNode::Kind::kActivation &&
                          nodes[n].activation->name == "identity" && nodes[n].inputs[0] >= 0;
    if (out[n] < 0 && identity) out[n] = out[nodes[n].inputs[0]];
  }
  return out;
}

}  // namespace

HealthMeter::HealthMeter(const Program& program, const StepMemory& memory, const Tiles& tiles,
                         std::span<const WatchedLayer> layers, const StepOptions& options,
                         int members)
    : program_(program),
      memory_(memory),
      tiles_(tiles),
      detailed_(options.health == HealthDepth::kDetailed),
      layers_(layers),
      alive_(layers_.size()),
      of_tiles_(tiles.all().size()),
      map_stage_(layers_.size(), -1),
      before_(StepsLate(options) ? program.arena_size() : 0),
      room_(RoomFloats(program, options) * members),
      room_floats_(RoomFloats(program, options)),
      figures_(layers_.size()) {
  const auto stages = program.stages();
  const std::vector<int> stage_of = StagesOfValues(program);
  std::vector<int> layer_of(program.plan().network().layers_size(), -1);
  for (size_t l = 0; l < layers_.size(); ++l) {
    const WatchedLayer& layer = layers_[l];
    layer_of[layer.layer] = static_cast<int>(l);
    const int s = layer.activities.has_value() ? stage_of[*layer.activities] : -1;
    if (s < 0) continue;
    for (int64_t p = 0; p < stages[s].out.count; ++p) {
      parts_.push_back({.layer = l, .stage = static_cast<size_t>(s), .p = p, .figures = {}});
    }
    if (layer.flat.dies) alive_[l].resize(layer.width);
  }
  for (size_t s = 0; s < stages.size(); ++s) {
    const int l = stages[s].has_map() ? layer_of[stages[s].node->layer] : -1;
    if (l >= 0) map_stage_[l] = static_cast<int>(s);
  }
  for (const Tile& tile : tiles.all()) {
    layer_of_.push_back(layer_of[stages[tile.stage].node->layer]);
  }
}

SaturatingSize HealthMeter::Bytes(const Program& program, const StepOptions& options, int members) {
  if (options.health == HealthDepth::kOff) return 0;
  const SaturatingSize floats = StepsLate(options)
                                    ? SaturatingSize(program.arena_size())
                                    : SaturatingSize(RoomFloats(program, options)) * members;
  SaturatingSize bytes = floats * sizeof(float);
  for (const Stage& stage : program.stages()) {
    bytes = bytes + SaturatingSize(stage.out.count) * sizeof(Part) + stage.out.columns;
    if (!stage.has_map() || !stage.map.trained) continue;
    const SaturatingSize tiles =
        SaturatingSize(stage.map.groups) * stage.map.units.count * Panels(stage.map.fan_in).count;
    bytes = bytes + tiles * (sizeof(ParameterFigures) + sizeof(int));
  }
  return bytes;
}

void HealthMeter::Clear() {
  for (Part& part : parts_) part.figures = {};
  for (std::vector<uint8_t>& alive : alive_) std::fill(alive.begin(), alive.end(), 0);
}

void HealthMeter::AddActivities(size_t i, int64_t rows) {
  Part& part = parts_[i];
  const WatchedLayer& layer = layers_[part.layer];
  const Panels& out = program_.stages()[part.stage].out;
  std::vector<uint8_t>& alive = alive_[part.layer];
  AddColumns({.rows = rows,
              .columns = out.columns_of(part.p),
              .stride = out.stride,
              .values = memory_.stage(part.stage).values.back().panel(part.p),
              .flat = layer.flat,
              .alive = alive.empty() ? nullptr : alive.data() + part.p * kPanelColumns,
              .detailed = detailed_},
             part.figures);
}

float* HealthMeter::Kept(int member) { return room_.data() + member * room_floats_; }

void HealthMeter::BeforeStep(size_t t, const float* arena, float* const* gradients, int member) {
  ParameterFigures& figures = of_tiles_[t] = {};
  std::array<TilePart, Tiles::kMostParts> room;
  float* kept = Kept(member);
  for (const TilePart& part : tiles_.Parts(tiles_.all()[t], room)) {
    const float* const w = arena + part.place;
    const float* const g = *gradients++;
    figures.squared_gradient += SquaredSum(part.size, g);
    figures.squares += SquaredSum(part.size, w);
    if (detailed_) {
      figures.gradient_max = std::max(figures.gradient_max, LargestSize(part.size, g));
      figures.max = std::max(figures.max, LargestSize(part.size, w));
    }
    float* const to = steps_late() ? before_.data() + part.place : kept;
    std::copy(w, w + part.size, to);
    kept += part.size;
  }
}

void HealthMeter::AfterStep(size_t t, const float* arena, int member) {
  std::array<TilePart, Tiles::kMostParts> room;
  const float* kept = Kept(member);
  for (const TilePart& part : tiles_.Parts(tiles_.all()[t], room)) {
    const float* const from = steps_late() ? before_.data() + part.place : kept;
    of_tiles_[t].squared_step += SquaredDistance(part.size, from, arena + part.place);
    kept += part.size;
  }
}

bool HealthMeter::Alike(size_t l, const float* arena) const {
  if (!layers_[l].map.has_value()) return false;
  const MapPlace& map = program_.stages()[map_stage_[l]].map;
  const int64_t period = layers_[l].period;
  for (int64_t g = 0; g < map.groups; ++g) {
    for (int64_t u = period; u < map.units.columns; ++u) {
      const int64_t v = u - period;
      const auto at = [&](int64_t unit, int64_t k) {
        return arena[map.panel(g, unit / kPanelColumns) + k * map.units.stride +
                     unit % kPanelColumns];
      };
      for (int64_t k = 0; k < map.fan_in; ++k) {
        if (at(u, k) != at(v, k)) return false;
      }
      const auto bias = [&](int64_t unit) {
        return arena[map.bias_panel(g, unit / kPanelColumns) + unit % kPanelColumns];
      };
      if (map.bias >= 0 && bias(u) != bias(v)) return false;
    }
  }
  return true;
}

void HealthMeter::Finish(const float* arena) {
  for (size_t l = 0; l < layers_.size(); ++l) {
    figures_[l] = {};
    figures_[l].alike = Alike(l, arena);
    for (int64_t u = 0; u < layers_[l].units && !alive_[l].empty(); ++u) {
      bool alive = false;
      for (int64_t c = u; c < layers_[l].width; c += layers_[l].units) {
        alive = alive || alive_[l][c] != 0;
      }
      figures_[l].dead += alive ? 0 : 1;
    }
  }
  for (const Part& part : parts_) figures_[part.layer].activities.Add(part.figures);
  for (size_t t = 0; t < of_tiles_.size(); ++t) figures_[layer_of_[t]].parameters.Add(of_tiles_[t]);
}

}  // namespace fnn::core
