// The ways along which a loss is looked at: directions in the space of a network's parameters.

#ifndef FNN_CORE_ANALYSIS_SURFACE_DIRECTIONS_H_
#define FNN_CORE_ANALYSIS_SURFACE_DIRECTIONS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/plan/plan.h"

namespace fnn::core {

// In the plan's logical order, [parameter_count]; 0 for what is not trained.
using Direction = std::vector<double>;

// A random direction, normalised filter by filter (Li, Xu, Taylor, Studer and Goldstein,
// "Visualizing the loss landscape of neural nets", 2018): standard normal numbers, of which those
// of each unit or filter are scaled to the norm of its weights at `center`. Vectors, such as
// biases, do not move. `index` tells the directions of one seed apart.
Direction FilterNormalized(const Plan& plan, std::span<const float> center, uint64_t seed,
                           uint64_t index);

// to - from, where it is trained.
Direction Difference(const Plan& plan, std::span<const float> from, std::span<const float> to);

// Takes out of `direction` what lies along `other`, and gives it the norm of that; as it is where
// either is 0.
void MakeOrthogonal(const Direction& other, Direction& direction);

// The principal components of a way through the parameters, as seen from its end.
struct PrincipalDirections {
  std::vector<Direction> directions;  // Of norm 1, orthogonal; the start lies at x <= 0, y <= 0.
  std::vector<double> explained_variance;  // The share of all squares that each has.
};
// At most `count` of them, fewer where the way has fewer dimensions; `way` is at least one point.
// Nothing where `stop`, asked after each pass over the parameters, said so.
std::optional<PrincipalDirections> FindPrincipalDirections(const Plan& plan,
                                                           std::span<const std::vector<float>> way,
                                                           int count,
                                                           absl::FunctionRef<bool()> stop);

// Where `point` lies as seen from `center`: the coordinates along one or two directions that come
// nearest to it.
std::pair<double, double> Project(const Plan& plan, std::span<const Direction> directions,
                                  std::span<const float> center, std::span<const float> point);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_SURFACE_DIRECTIONS_H_
