// The gradients of parameters, cut into tiles that are each computed on their own: a block of
// weights with, at one of them, a panel of the bias; or a vector of a function.

#ifndef FNN_CORE_ENGINE_TILES_H_
#define FNN_CORE_ENGINE_TILES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/program.h"
#include "core/engine/row_pass.h"
#include "core/engine/step_memory.h"

namespace fnn::core {

// Panel p of the units of a group, block b of 64 of what each is made of; or vector number p.
struct Tile {
  int32_t stage = 0;
  int32_t group = 0;
  int64_t p = 0;
  int64_t b = 0;
};

// Refers to what it is given.
class Tiles {
 public:
  Tiles(const Program& program, const StepMemory& memory, const RowPass& pass);

  // Of all that is trained.
  std::span<const Tile> all() const { return tiles_; }
  // What all tiles before tile t cost, for t up to their number.
  std::span<const int64_t> cost() const { return cost_; }

  // Where the tile's weights or vector lie in an arena, and how many floats that are.
  int64_t Place(const Tile& tile) const;
  int64_t Size(const Tile& tile) const;
  // Where its panel of the bias lies, of units.stride floats; -1: it has none.
  int64_t BiasPlace(const Tile& tile) const;
  // Whether its weights count in the norm.
  bool Regularized(const Tile& tile) const;
  // The stage's map, or null for a vector.
  const MapPlace* Map(const Tile& tile) const;
  // The rows of weights in it.
  int64_t Rows(const Tile& tile) const;

  // The gradient over rows [0, rows) of the chunk, instead of `gradient` or added to it; padding
  // becomes 0. On one member of a team.
  void Gradient(const Tile& tile, int64_t rows, int member, bool adds, float* gradient) const;
  void BiasGradient(const Tile& tile, int64_t rows, bool adds, float* gradient) const;

 private:
  const Program& program_;
  const StepMemory& memory_;
  const RowPass& pass_;
  std::vector<Tile> tiles_;
  std::vector<int64_t> cost_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_TILES_H_
