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

// Whether there are numbers enough between the two for ticks.
bool IsWide(double low, double high) {
  return high - low > std::max(std::abs(low), std::abs(high)) * 1e-9;
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
  if (!IsWide(low, high)) {
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

Axis Axis::Exactly(double low, double high) {
  if (!IsWide(low, high)) return Linear(low, high);
  const double step = NiceStep(high - low, kSteps);
  Axis axis(false, low, high);
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) {
    axis.ticks_.push_back({i * step, Label(i * step, step)});
  }
  return axis;
}

Axis Axis::Integers(double low, double high) {
  if (high <= low) {
    Axis axis(false, low - 1, low + 1);
    axis.ticks_.push_back({low, Number(low, 15)});
    return axis;
  }
  const double step = std::max(1.0, NiceStep(high - low, 8));
  Axis axis(false, low, high);
  for (double i = std::ceil(low / step); i * step <= high; ++i) {
    axis.ticks_.push_back({i * step, Number(i * step, 15)});
  }
  return axis;
}

Axis Axis::Log(double low, double high) {
  // The ends are 1, 2 or 5 times a power of ten.
  const double first = std::floor(std::log10(low) + 1e-9);
  const double last = std::ceil(std::log10(high) - 1e-9);
  std::vector<Tick> ticks;
  for (double decade = first; decade <= last; ++decade) {
    for (const int digit : {1, 2, 5}) ticks.push_back({digit * std::pow(10, decade), ""});
  }
  const auto begin = std::find_if(ticks.rbegin(), ticks.rend(),
                                  [&](const Tick& tick) { return tick.value <= low * (1 + 1e-9); })
                         .base() -
                     1;
  auto end = std::find_if(begin + 1, ticks.end(),
                          [&](const Tick& tick) { return tick.value >= high * (1 - 1e-9); });
  if (end != ticks.end()) ++end;
  ticks = {begin, end};

  Axis axis(true, std::log10(ticks.front().value), std::log10(ticks.back().value));
  // Few ticks are all labelled; of many only those of the decades, and of many decades only some.
  const double decades = axis.high_ - axis.low_;
  const double every = std::ceil(decades / 8);
  for (Tick& tick : ticks) {
    const double exponent = std::log10(tick.value);
    const double decade = std::round(exponent);
    const bool whole = std::abs(exponent - decade) < 1e-6;
    if ((!whole && decades > 4) || (decades > 12 && std::fmod(decade - first, every) != 0))
      continue;
    if (decades <= 2.5 || (whole && std::fmod(decade - first, every) == 0)) {
      tick.label = Number(tick.value);
    }
    axis.ticks_.push_back(tick);
  }
  return axis;
}

double Axis::Position(double value) const {
  return ((log_ ? std::log10(value) : value) - low_) / (high_ - low_);
}

}  // namespace fnn::cli
