// Metrics of how well scores tell the rows of a class from the rest: exact, so every row's scores
// are kept. Op::Of is the figure of one class, NaN where it has none.

#ifndef FNN_CORE_OPS_METRICS_RANKING_H_
#define FNN_CORE_OPS_METRICS_RANKING_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/ops/metrics/class_of.h"
#include "core/ops/table.h"

namespace fnn::core {

// Rows, by their weights.
struct Tie {
  double positives = 0;
  double negatives = 0;

  // Negative where the row is none of the class.
  void Add(double weight) { (weight > 0 ? positives : negatives) += std::abs(weight); }
};

// A row's score for a class, and its weight: negative where it is not of that class, never 0.
template <typename T>
struct Scored {
  T score;
  T weight;
};

// Calls f(tie) for each score there is, the largest first. `rows` are sorted by it.
template <typename T, typename F>
void ForEachTie(std::span<const Scored<T>> rows, F f) {
  for (size_t i = 0; i < rows.size();) {
    const T score = rows[i].score;
    Tie tie;
    for (; i < rows.size() && rows[i].score == score; ++i) {
      tie.Add(static_cast<double>(rows[i].weight));
    }
    f(tie);
  }
}

template <typename Op, typename T>
class Ranking : public MetricAccumulator<T> {
 public:
  Ranking(const Arguments& /*arguments*/, const MetricSize& size)
      : most_rows_(size.rows), columns_(Columns(size.outputs)), weighted_(size.weighted) {
    scores_.reserve(size.rows * columns_);
    classes_.reserve(size.rows);
    sorted_.reserve(size.rows);
    if (size.weighted) weights_.reserve(size.rows);
  }
  static SaturatingSize Bytes(const MetricSize& size) {
    return SaturatingSize(size.rows) *
           (SaturatingSize(Columns(size.outputs)) * sizeof(T) + sizeof(int32_t) +
            sizeof(Scored<T>) + (size.weighted ? sizeof(T) : 0));
  }

  void Clear() override {
    scores_.clear();
    classes_.clear();
    weights_.clear();
    has_nan_ = false;
  }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) override {
    if (weights != nullptr) weights_.insert(weights_.end(), weights, weights + rows);
    for (int64_t r = 0; r < rows; ++r) {
      const T* const prediction = predictions + r * outputs;
      // Of two classes the second is enough.
      const T* const first = outputs == 2 ? prediction + 1 : prediction;
      has_nan_ |= std::any_of(first, first + columns_, [](T x) { return std::isnan(x); });
      scores_.insert(scores_.end(), first, first + columns_);
      classes_.push_back(static_cast<int32_t>(ClassOf(outputs, targets + r * outputs)));
    }
  }
  double Value() override {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    if (has_nan_) return kNan;
    if (columns_ == 1) return OfClass(0, 1);
    double sum = 0;
    int64_t count = 0;
    for (int64_t c = 0; c < columns_; ++c) {
      const double figure = OfClass(c, static_cast<int32_t>(c));
      if (std::isnan(figure)) continue;
      sum += figure;
      ++count;
    }
    return count == 0 ? kNan : sum / static_cast<double>(count);
  }
  void Visit(Archive& archive) override {
    archive.Vector(classes_, most_rows_);
    archive.Vector(scores_, most_rows_ * columns_);
    archive.Vector(weights_, weighted_ ? most_rows_ : 0);
    archive.Value(has_nan_);
    archive.Check(scores_.size() == classes_.size() * columns_ &&
                      (!weighted_ || weights_.size() == classes_.size()),
                  "a metric's parts have different sizes");
  }

 private:
  static int64_t Columns(int64_t outputs) { return outputs <= 2 ? 1 : outputs; }

  double OfClass(int64_t column, int32_t positive) {
    sorted_.clear();
    Tie all;
    for (size_t r = 0; r < classes_.size(); ++r) {
      const T weight = weights_.empty() ? T{1} : weights_[r];
      if (weight == 0) continue;
      sorted_.push_back(
          {scores_[r * columns_ + column], classes_[r] == positive ? weight : -weight});
      all.Add(static_cast<double>(sorted_.back().weight));
    }
    std::sort(sorted_.begin(), sorted_.end(),
              [](const Scored<T>& a, const Scored<T>& b) { return a.score > b.score; });
    return Op::Of(sorted_, all);
  }

  const int64_t most_rows_;
  const int64_t columns_;
  const bool weighted_;
  std::vector<T> scores_;         // [rows, columns].
  std::vector<int32_t> classes_;  // Each row's.
  std::vector<T> weights_;        // Each row's; empty where they have none.
  std::vector<Scored<T>> sorted_;
  bool has_nan_ = false;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_RANKING_H_
