#include "core/analysis/surface_directions.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

#include "core/random/philox.h"

namespace fnn::core {
namespace {

double Dot(const Direction& a, const Direction& b) {
  using Vector = Eigen::Map<const Eigen::VectorXd>;
  const auto n = static_cast<Eigen::Index>(a.size());
  return Vector(a.data(), n).dot(Vector(b.data(), n));
}

// Eigenvalues below this share of the largest are rounding.
constexpr double kLeastShare = 1e-12;

}  // namespace

Direction FilterNormalized(const Plan& plan, std::span<const float> center, uint64_t seed,
                           uint64_t index) {
  Direction out(plan.parameter_count());
  const RandomStream normal(seed, Purpose::kDirections, index);
  for (const ParameterBlock& block : plan.parameters()) {
    if (!block.trained || block.shape.size() < 2) continue;
    const int64_t filter = block.size / block.shape[0];
    for (int64_t begin = block.offset; begin < block.offset + block.size; begin += filter) {
      double drawn = 0;
      double there = 0;
      for (int64_t i = begin; i < begin + filter; ++i) {
        out[i] = normal.Normal(static_cast<uint64_t>(i));
        drawn += out[i] * out[i];
        there += static_cast<double>(center[i]) * center[i];
      }
      const double scale = drawn == 0 ? 0 : std::sqrt(there / drawn);
      for (int64_t i = begin; i < begin + filter; ++i) out[i] *= scale;
    }
  }
  return out;
}

Direction Difference(const Plan& plan, std::span<const float> from, std::span<const float> to) {
  Direction out(plan.parameter_count());
  for (const ParameterBlock& block : plan.parameters()) {
    if (!block.trained) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      out[i] = static_cast<double>(to[i]) - from[i];
    }
  }
  return out;
}

void MakeOrthogonal(const Direction& other, Direction& direction) {
  const double squares = Dot(other, other);
  if (squares == 0) return;
  // Twice, as rounding leaves a rest the first time (Parlett, 1980).
  for (int pass = 0; pass < 2; ++pass) {
    const double along = Dot(direction, other) / squares;
    for (size_t i = 0; i < direction.size(); ++i) direction[i] -= along * other[i];
  }
  const double rest = Dot(direction, direction);
  if (rest == 0) return;
  const double scale = std::sqrt(squares / rest);
  for (double& value : direction) value *= scale;
}

std::optional<PrincipalDirections> FindPrincipalDirections(const Plan& plan,
                                                           std::span<const std::vector<float>> way,
                                                           int count,
                                                           absl::FunctionRef<bool()> stop) {
  const auto n = static_cast<Eigen::Index>(way.size());
  std::vector<Direction> steps;
  steps.reserve(way.size());
  for (const std::vector<float>& point : way) {
    if (stop()) return std::nullopt;
    steps.push_back(Difference(plan, way.back(), point));
  }
  // The right singular vectors of the steps follow from the small matrix of their products.
  Eigen::MatrixXd products(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      if (stop()) return std::nullopt;
      products(i, j) = products(j, i) = Dot(steps[i], steps[j]);
    }
  }
  PrincipalDirections out;
  const double total = products.trace();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);
  if (solver.info() != Eigen::Success || !(total > 0)) return out;
  for (Eigen::Index k = n - 1; k >= 0 && static_cast<int>(out.directions.size()) < count; --k) {
    const double value = solver.eigenvalues()(k);
    if (!(value > kLeastShare * total)) break;
    Direction direction(plan.parameter_count());
    for (Eigen::Index i = 0; i < n; ++i) {
      if (stop()) return std::nullopt;
      const double share = solver.eigenvectors()(i, k) / std::sqrt(value);
      for (size_t p = 0; p < direction.size(); ++p) direction[p] += share * steps[i][p];
    }
    if (Dot(direction, steps.front()) > 0) {
      for (double& x : direction) x = -x;
    }
    out.directions.push_back(std::move(direction));
    out.explained_variance.push_back(value / total);
  }
  return out;
}

std::pair<double, double> Project(const Plan& plan, std::span<const Direction> directions,
                                  std::span<const float> center, std::span<const float> point) {
  const Direction from_center = Difference(plan, center, point);
  const double a = Dot(directions[0], directions[0]);
  const double p = Dot(directions[0], from_center);
  if (directions.size() == 1) return {a == 0 ? 0 : p / a, 0};
  const double b = Dot(directions[0], directions[1]);
  const double c = Dot(directions[1], directions[1]);
  const double q = Dot(directions[1], from_center);
  const double determinant = a * c - b * b;
  if (!(determinant > 0)) return {a == 0 ? 0 : p / a, 0};
  return {(p * c - q * b) / determinant, (q * a - p * b) / determinant};
}

}  // namespace fnn::core
