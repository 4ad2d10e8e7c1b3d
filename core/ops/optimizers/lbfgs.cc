#include "core/ops/optimizers/lbfgs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/ops/optimizers/line_search.h"

namespace fnn::core {
namespace {

// What is worked on at once: sums are made of sums over pieces, whoever makes those.
constexpr int64_t kPiece = 8192;
// Partial sums of a piece.
constexpr int64_t kLanes = 16;
// Pairs that curve less say nothing of the loss; PyTorch's number.
constexpr double kLeastCurvature = 1e-10;
// How many units in the last place a loss may be off by.
constexpr double kRounding = 100;

int64_t Pieces(int64_t size) { return (size + kPiece - 1) / kPiece; }

// The sum of f(i) over [begin, end).
template <typename F>
double SumOver(int64_t begin, int64_t end, F f) {
  std::array<double, kLanes> sums{};
  int64_t i = begin;
  for (; i + kLanes <= end; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) sums[lane] += f(i + lane);
  }
  for (int64_t lane = 0; i + lane < end; ++lane) sums[lane] += f(i + lane);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

template <typename T>
Lbfgs<T>::Lbfgs(const Arguments& arguments, int64_t size)
    : size_(size),
      max_evaluations_(static_cast<int64_t>(arguments[1])),
      tolerance_gradient_(arguments[2]),
      tolerance_change_(arguments[3]),
      pairs_(static_cast<size_t>(arguments[0]) + 1),
      start_(size),
      partial_(Pieces(size)) {
  for (Pair& pair : pairs_) {
    pair.s.resize(size);
    pair.y.resize(size);
  }
}

template <typename T>
int64_t Lbfgs<T>::Arrays(const Arguments& arguments) {
  return 2 * (static_cast<int64_t>(arguments[0]) + 1) + 1;
}

template <typename T>
SaturatingSize Lbfgs<T>::Bytes(const Arguments& arguments, int64_t size) {
  return SaturatingSize(Arrays(arguments)) * size * sizeof(T) +
         SaturatingSize(Pieces(size)) * sizeof(double);
}

template <typename T>
template <typename F>
void Lbfgs<T>::ForEach(const Objective& objective, F f) const {
  objective.for_each(Pieces(size_), [&](int64_t piece) {
    f(piece * kPiece, std::min((piece + 1) * kPiece, size_));
  });
}

template <typename T>
template <typename F>
double Lbfgs<T>::Sum(const Objective& objective, F f) {
  ForEach(objective,
          [&](int64_t begin, int64_t end) { partial_[begin / kPiece] = SumOver(begin, end, f); });
  return std::accumulate(partial_.begin(), partial_.end(), 0.0);
}

template <typename T>
double Lbfgs<T>::Dot(const Objective& objective, const T* a, const T* b) {
  return Sum(objective,
             [=](int64_t i) { return static_cast<double>(a[i]) * static_cast<double>(b[i]); });
}

template <typename T>
double Lbfgs<T>::AbsoluteSum(const Objective& objective, const T* a) {
  return Sum(objective, [=](int64_t i) { return std::abs(static_cast<double>(a[i])); });
}

template <typename T>
double Lbfgs<T>::Largest(const Objective& objective, const T* a) {
  ForEach(objective, [&](int64_t begin, int64_t end) {
    T most = 0;
    for (int64_t i = begin; i < end; ++i) most = std::max(most, std::abs(a[i]));
    partial_[begin / kPiece] = static_cast<double>(most);
  });
  return std::accumulate(partial_.begin(), partial_.end(), 0.0,
                         [](double a, double b) { return std::max(a, b); });
}

template <typename T>
void Lbfgs<T>::Forget() {
  count_ = 0;
  scale_ = 1;
  step_ = 0;
  fresh_ = true;
}

template <typename T>
void Lbfgs<T>::Learn(const Objective& objective) {
  if (step_ == 0) return;
  Pair& made = At(count_);
  T* const s = made.s.data();
  T* const y = made.y.data();
  const T* const g = objective.gradient;
  const auto step = static_cast<T>(step_);
  ForEach(objective, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      s[i] *= step;
      y[i] = g[i] - y[i];
    }
  });
  const double curvature = Dot(objective, s, y);
  if (!(curvature > kLeastCurvature)) return;
  made.inverse = 1 / curvature;
  scale_ = curvature / Dot(objective, y, y);
  if (count_ + 1 < static_cast<int64_t>(pairs_.size())) {
    ++count_;
  } else {
    first_ = (first_ + 1) % static_cast<int64_t>(pairs_.size());
  }
}

template <typename T>
void Lbfgs<T>::MakeDirection(const Objective& objective) {
  T* const d = At(count_).s.data();
  const auto add = [&](double factor, const T* a) {
    ForEach(objective, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        d[i] = static_cast<T>(static_cast<double>(d[i]) + factor * static_cast<double>(a[i]));
      }
    });
  };
  const T* const g = objective.gradient;
  ForEach(objective, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) d[i] = -g[i];
  });
  for (int64_t k = count_ - 1; k >= 0; --k) {
    Pair& pair = At(k);
    pair.alpha = pair.inverse * Dot(objective, pair.s.data(), d);
    add(-pair.alpha, pair.y.data());
  }
  ForEach(objective, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      d[i] = static_cast<T>(static_cast<double>(d[i]) * scale_);
    }
  });
  for (int64_t k = 0; k < count_; ++k) {
    Pair& pair = At(k);
    const double beta = pair.inverse * Dot(objective, pair.y.data(), d);
    add(pair.alpha - beta, pair.s.data());
  }
}

template <typename T>
void Lbfgs<T>::Move(double step, const Objective& objective) {
  const T* const d = At(count_).s.data();
  const T* const from = start_.data();
  T* const to = objective.parameters;
  ForEach(objective, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const double moved = static_cast<double>(from[i]) + step * static_cast<double>(d[i]);
      // A zero keeps its sign, and an infinite step is no NaN.
      to[i] = d[i] == 0 ? from[i] : static_cast<T>(moved);
    }
  });
}

template <typename T>
bool Lbfgs<T>::Step(double learning_rate, double loss, const Objective& objective) {
  const T* const g = objective.gradient;
  std::copy_n(objective.parameters, size_, start_.data());
  const double size_of_gradient = AbsoluteSum(objective, g);
  if (!std::isfinite(size_of_gradient)) {
    // There is no way down, and the parameters show it.
    Forget();
    MakeDirection(objective);
    Move(1, objective);
    return true;
  }
  if (Largest(objective, g) <= tolerance_gradient_) return true;

  Learn(objective);
  MakeDirection(objective);
  Pair& next = At(count_);
  std::copy_n(g, size_, next.y.data());
  const T* const d = next.s.data();
  const double slope = Dot(objective, g, d);
  if (!(slope <= -tolerance_change_) || slope == 0 || !std::isfinite(slope)) {
    // Where it is the pairs that lead uphill, the next step does without.
    Forget();
    return true;
  }

  const double first =
      learning_rate * (std::exchange(fresh_, false) ? std::min(1.0, 1 / size_of_gradient) : 1);
  const LineSearchOptions options{.max_evaluations = max_evaluations_,
                                  .tolerance = tolerance_change_ / Largest(objective, d),
                                  .noise = kRounding * std::numeric_limits<T>::epsilon()};
  const auto evaluate = [&](double step) -> std::optional<LinePoint> {
    Move(step, objective);
    const std::optional<double> value = objective.evaluate();
    if (!value.has_value()) return std::nullopt;
    return LinePoint{step, *value, Dot(objective, g, d)};
  };
  const std::optional<LinePoint> best =
      SearchLine(options, {.step = 0, .value = loss, .slope = slope}, first, evaluate);
  if (!best.has_value()) return false;
  step_ = best->step;
  Move(step_, objective);
  if (step_ == 0) Forget();
  return true;
}

template <typename T>
void Lbfgs<T>::Visit(Archive& archive, absl::FunctionRef<void(std::span<T>)> array) {
  archive.Value(count_);
  archive.Check(count_ >= 0 && count_ < static_cast<int64_t>(pairs_.size()),
                "more steps are remembered than there is room for");
  archive.Value(step_);
  archive.Value(scale_);
  archive.Value(fresh_);
  if (!archive.ok()) return;
  if (archive.loading()) first_ = 0;
  // The last step was not learned from yet.
  const int64_t pairs = count_ + (step_ != 0 ? 1 : 0);
  for (int64_t k = 0; k < pairs; ++k) {
    Pair& pair = At(k);
    array(pair.s);
    array(pair.y);
    archive.Value(pair.inverse);
  }
}

template class Lbfgs<float>;
template class Lbfgs<double>;

}  // namespace fnn::core
