// Which layers are told of while a network trains, and what of each is looked at.

#ifndef FNN_CORE_PLAN_WATCHED_LAYERS_H_
#define FNN_CORE_PLAN_WATCHED_LAYERS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ops/flat_parts.h"
#include "core/plan/plan.h"

namespace fnn::core {

struct WatchedLayer {
  int layer = 0;               // In network().layers().
  std::vector<size_t> blocks;  // In parameters(): what it learns.
  int64_t learned = 0;         // How many parameters those are.
  // The node whose values are its activities. None where they are the net input of an activation
  // layer, which alone takes them: they are not kept.
  std::optional<size_t> activities;
  FlatParts flat;       // Of the activation that gives them.
  int64_t width = 0;    // Activities of a sample.
  int64_t units = 0;    // Channels, where there are places.
  bool output = false;  // Whether it gives the network's output.
  // Its affine map, where it is learned and has units that can be alike: each is held against the
  // one `period` before it in its group, so that maxout's pieces are held against each other's
  // likes.
  std::optional<size_t> map;
  int64_t period = 1;
};

// Layers that have parameters or an activation, in the network's order. What the loss is fused with
// is no activation here: the output's activities are what the loss takes.
std::vector<WatchedLayer> WatchedLayers(const Plan& plan);

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_WATCHED_LAYERS_H_
