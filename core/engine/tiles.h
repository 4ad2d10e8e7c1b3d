// The gradients of parameters, cut into tiles that are each computed on their own: a block of
// weights, with a panel of the bias at some of them; or all vectors of a function, whose gradients
// depend on each other's values.

#ifndef FNN_CORE_ENGINE_TILES_H_
#define FNN_CORE_ENGINE_TILES_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/program.h"
#include "core/engine/row_pass.h"
#include "core/engine/step_memory.h"

namespace fnn::core {

// Panel p of the units of a group, block b of 64 of what each is made of; or a whole function.
struct Tile {
  int32_t stage = 0;
  int32_t group = 0;
  int64_t p = 0;
  int64_t b = 0;
};

// What lies side by side of a tile.
struct TilePart {
  int64_t place = 0;  // In an arena.
  int64_t size = 0;   // In floats, padding included.
  bool regularized = false;
};

// Refers to what it is given.
class Tiles {
 public:
  Tiles(const Program& program, const StepMemory& memory, const RowPass& pass);

  // Of all that is trained.
  std::span<const Tile> all() const { return tiles_; }
  // What all tiles before tile t cost, for t up to their number.
  std::span<const int64_t> cost() const { return cost_; }

  static constexpr int kMostParts = LayerFunction::kMostParameters;
  // The parts of a tile: weights, and perhaps bias; or what is trained of the vectors.
  std::span<const TilePart> Parts(const Tile& tile, std::array<TilePart, kMostParts>& room) const;
  // The stage's map, or null for a function.
  const MapPlace* Map(const Tile& tile) const;

  // The gradient of each part over rows [0, rows) of the chunk, instead of what is at
  // `gradients[part]` or added to it; padding becomes 0. On one member of a team.
  void Gradient(const Tile& tile, int64_t rows, int member, bool adds,
                float* const* gradients) const;

 private:
  void FunctionGradient(const Tile& tile, const StageCall& call, bool adds,
                        float* const* gradients) const;

  const Program& program_;
  const StepMemory& memory_;
  const RowPass& pass_;
  std::vector<Tile> tiles_;
  std::vector<int64_t> cost_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_TILES_H_
