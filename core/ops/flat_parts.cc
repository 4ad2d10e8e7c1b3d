#include "core/ops/flat_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fnn::core {
namespace {

constexpr double kShare = 0.01;
// Net inputs are looked at from -kReach to kReach.
constexpr double kReach = 32;
constexpr int kPoints = 257;
constexpr int kMiddle = kPoints / 2;
using Points = std::array<double, kPoints>;

struct Samples {
  Points z, activity, slope;
};

Samples Sample(const ActivationOp& op, const Arguments& arguments, double low, double high) {
  Samples out;
  for (int i = 0; i < kPoints; ++i) out.z[i] = low + (high - low) * i / (kPoints - 1);
  out.slope.fill(1);
  op.f64.forward(arguments, 1, kPoints, out.z.data(), out.activity.data());
  op.f64.backward(arguments, 1, kPoints, out.z.data(), out.activity.data(), out.slope.data());
  return out;
}

// The activity at the flat point that is nearest to one that is not, of which `flat` and `steep`
// are a pair.
double Edge(const ActivationOp& op, const Arguments& arguments, double flat, double steep,
            double limit) {
  double activity = 0;
  for (int i = 0; i < 60; ++i) {
    const double z = i == 0 ? flat : (flat + steep) / 2;
    double a = 0;
    double slope = 1;
    op.f64.forward(arguments, 1, 1, &z, &a);
    op.f64.backward(arguments, 1, 1, &z, &a, &slope);
    const bool is_flat = std::abs(slope) < limit;
    (is_flat ? flat : steep) = z;
    if (is_flat) activity = a;
  }
  return activity;
}

}  // namespace

FlatParts FlatPartsOf(const ActivationOp& op, const Arguments& arguments) {
  FlatParts out;
  if (!op.elementwise || !op.differentiable) return out;
  const Samples at = Sample(op, arguments, -kReach, kReach);
  // Far from where exp(-z) is 0 in floats, beside where a shrinking activation is 0.
  const Samples near = Sample(op, arguments, -12, 12);
  const auto dead = [](const Samples& s, int i) { return s.activity[i] == 0 && s.slope[i] == 0; };
  out.dies = (dead(near, 0) && dead(near, 1)) || (dead(near, kMiddle - 1) && dead(near, kMiddle));
  double largest = 0;
  for (const double slope : at.slope) largest = std::max(largest, std::abs(slope));
  const double limit = kShare * largest;
  const auto flat = [&](int i) { return std::abs(at.slope[i]) < limit; };
  if (!flat(0) || !flat(kPoints - 1) || flat(kMiddle - 1) || flat(kMiddle + 1)) return out;
  int low = 0;
  while (flat(low + 1)) ++low;
  int high = kPoints - 1;
  while (flat(high - 1)) --high;
  out.saturates = true;
  out.dies = false;
  out.low = Edge(op, arguments, at.z[low], at.z[low + 1], limit);
  out.high = Edge(op, arguments, at.z[high], at.z[high - 1], limit);
  if (out.low > out.high) std::swap(out.low, out.high);
  return out;
}

}  // namespace fnn::core
