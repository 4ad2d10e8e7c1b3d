#include "client/cli/plot/axis.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

constexpr int kSteps = 5;

std::string Label(double value, double step) {
  // Rounding leaves dust such as 1e-17 where 0 is meant.
  if (std::abs(value) < step * 1e-6) value = 0;
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  if (decimals > 5 || std::abs(value) >= 1e7) return Number(value, 4);
  return absl::StrFormat("%.*f", decimals, value);
}

}  // namespace

double NiceStep(double range, int steps) {
  const double raw = range / steps;
  const double magnitude = std::pow(10, std::floor(std::log10(raw)));
  const double fraction = raw / magnitude;
  if (fraction < 1.5) return magnitude;
  if (fraction < 3.5) return 2 * magnitude;
  if (fraction < 7.5) return 5 * magnitude;
  return 10 * magnitude;
}

Axis Axis::Linear(double low, double high) {
  if (high - low <= std::max(std::abs(low), std::abs(high)) * 1e-9) {
    const double room = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= room;
    high += room;
  }
  const double step = NiceStep(high - low, kSteps);
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  Axis axis(false, first * step, last * step);
  for (double i = first; i <= last; ++i) axis.ticks_.push_back({i * step, Label(i * step, step)});
  return axis;
}

Axis Axis::Integers(double low, double high) {
  if (high <= low) {
    low -= 1;
    high = low + 2;
  }
  const double step = std::max(1.0, NiceStep(high - low, 8));
  Axis axis(false, low, high);
  for (double i = std::ceil(low / step); i * step <= high; ++i) {
    axis.ticks_.push_back({i * step, Number(i * step, 15)});
  }
  return axis;
}

Axis Axis::Log(double low, double high) {
  const double first = std::floor(std::log10(low) + 1e-9);
  const double last = std::max(std::ceil(std::log10(high) - 1e-9), first + 1);
  // Every decade has a line; labels thin out where there are many.
  const double every = std::ceil((last - first) / 8);
  Axis axis(true, first, last);
  for (double decade = first; decade <= last; ++decade) {
    const bool labelled = std::fmod(decade - first, every) == 0;
    axis.ticks_.push_back({std::pow(10, decade), labelled ? Number(std::pow(10, decade)) : ""});
    if (last - first > 3 || decade == last) continue;
    for (const int digit : {2, 5}) axis.ticks_.push_back({digit * std::pow(10, decade), ""});
  }
  return axis;
}

double Axis::Position(double value) const {
  return ((log_ ? std::log10(value) : value) - low_) / (high_ - low_);
}

}  // namespace fnn::cli
