#include "core/ops/optimizers/line_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace fnn::core {
namespace {

// Where the cubic through both points has its minimum, within [low, high]; the middle where it has
// none, as where a value is not finite.
double Interpolate(const LinePoint& a, const LinePoint& b, double low, double high) {
  const auto& [left, right] = a.step <= b.step ? std::pair(a, b) : std::pair(b, a);
  const double length = right.step - left.step;
  const double d1 = left.slope + right.slope - 3 * (right.value - left.value) / length;
  const double square = d1 * d1 - left.slope * right.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double place =
      right.step - length * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  if (!std::isfinite(place)) return (low + high) / 2;
  return std::min(std::max(place, low), high);
}

class Search {
 public:
  Search(const LineSearchOptions& options, const LinePoint& start,
         absl::FunctionRef<std::optional<LinePoint>(double)> evaluate)
      : options_(options), start_(start), evaluate_(evaluate) {}

  std::optional<LinePoint> Run(double first) {
    if (!Bracket(first) || !Zoom()) return std::nullopt;
    return low_;
  }

 private:
  // The next point; false where there is none. A point where the loss or its slope is not finite is
  // worse than every other.
  bool Take(double step, LinePoint& point) {
    const std::optional<LinePoint> taken = evaluate_(step);
    if (!taken.has_value()) return false;
    ++evaluations_;
    point = {step, taken->value, taken->slope};
    if (!std::isfinite(point.value) || !std::isfinite(point.slope)) {
      point.value = std::numeric_limits<double>::infinity();
      return true;
    }
    const double noise = options_.noise * std::abs(start_.value);
    const double change = step * (start_.slope + point.slope) / 2;
    if (std::abs(change) < noise && std::abs(point.value - start_.value) < noise) {
      point.value = start_.value + change;
    }
    return true;
  }

  bool MayGoOn() const { return !found_ && evaluations_ < options_.max_evaluations; }
  bool FallsTooLittle(const LinePoint& point) const {
    return point.value > start_.value + kSufficientDecrease * point.step * start_.slope;
  }
  bool IsFlat(const LinePoint& point) const {
    return std::abs(point.slope) <= -kCurvature * start_.slope;
  }
  void SetEnds(const LinePoint& a, const LinePoint& b) {
    low_ = a.value <= b.value ? a : b;
    high_ = a.value <= b.value ? b : a;
  }

  // Steps that grow until there is one between the last two, or the last is one.
  bool Bracket(double first) {
    LinePoint previous = start_;
    LinePoint point;
    if (!Take(first, point)) return false;
    while (MayGoOn()) {
      if (FallsTooLittle(point) || (evaluations_ > 2 && point.value >= previous.value)) {
        SetEnds(previous, point);
        return true;
      }
      if (IsFlat(point)) {
        found_ = true;
        low_ = point;
        return true;
      }
      if (point.slope >= 0) {
        SetEnds(previous, point);
        return true;
      }
      const double next = Interpolate(
          previous, point, point.step + 0.01 * (point.step - previous.step), point.step * 10);
      previous = point;
      if (!Take(next, point)) return false;
    }
    SetEnds(start_, point);
    return true;
  }

  // Steps inside the bracket, which shrinks around low_, the best so far.
  bool Zoom() {
    bool close = false;  // Whether the last step was next to an end.
    while (MayGoOn()) {
      const double begin = std::min(low_.step, high_.step);
      const double end = std::max(low_.step, high_.step);
      if (end - begin < options_.tolerance) break;
      double step = Interpolate(low_, high_, begin, end);
      const double margin = 0.1 * (end - begin);
      if (std::min(end - step, step - begin) < margin) {
        if (close || step >= end || step <= begin) {
          step = end - step < step - begin ? end - margin : begin + margin;
          close = false;
        } else {
          close = true;
        }
      } else {
        close = false;
      }
      LinePoint point;
      if (!Take(step, point)) return false;
      if (FallsTooLittle(point) || point.value >= low_.value) {
        SetEnds(low_, point);
        continue;
      }
      found_ = IsFlat(point);
      if (!found_ && point.slope * (high_.step - low_.step) >= 0) high_ = low_;
      low_ = point;
    }
    return true;
  }

  const LineSearchOptions options_;
  const LinePoint start_;
  const absl::FunctionRef<std::optional<LinePoint>(double)> evaluate_;
  LinePoint low_;
  LinePoint high_;
  int64_t evaluations_ = 0;
  bool found_ = false;
};

}  // namespace

std::optional<LinePoint> SearchLine(
    const LineSearchOptions& options, const LinePoint& start, double first,
    absl::FunctionRef<std::optional<LinePoint>(double step)> evaluate) {
  return Search(options, start, evaluate).Run(first);
}

}  // namespace fnn::core
