// How much samples count, read where it lies: in a column of the table, and by their class.

#include <algorithm>
#include <array>

#include "core/data/samples.h"

namespace fnn::core {

template <typename E>
int64_t Samples::ClassOfRow(const E* row) const {
  const std::vector<int64_t>& targets = data_.targets;
  if (one_hot_) return static_cast<int64_t>(row[targets[0]]);
  if (outputs_ == 1) return static_cast<float>(row[targets[0]]) >= 0.5F ? 1 : 0;
  return std::max_element(targets.begin(), targets.end(),
                          [row](int64_t a, int64_t b) { return row[a] < row[b]; }) -
         targets.begin();
}

template <typename F>
void Samples::ForEachRow(const Permutation& order, int64_t begin, int64_t rows, F f) const {
  constexpr int64_t kAhead = 16;  // In a random order each row is a miss of every cache.
  VisitElements(data_.table->type(), data_.table->bytes().data(), [&](const auto* values) {
    std::array<decltype(values), kAhead> ahead;  // Row r is in ahead[r % kAhead].
    const auto ask = [&](int64_t r) {
      ahead[r % kAhead] = Row(values, order(begin + r));
      if (data_.weight.has_value()) __builtin_prefetch(ahead[r % kAhead] + *data_.weight);
      if (class_weights_ != nullptr) __builtin_prefetch(ahead[r % kAhead] + data_.targets[0]);
    };
    for (int64_t r = 0; r < std::min(kAhead, rows); ++r) ask(r);
    for (int64_t r = 0; r < rows; ++r) {
      const auto* const row = ahead[r % kAhead];
      if (r + kAhead < rows) ask(r + kAhead);
      f(r, row);
    }
  });
}

template <typename T>
void Samples::GatherWeights(const Permutation& order, int64_t begin, int64_t rows, T* w) const {
  if (class_weights_ == nullptr) return GatherSampleWeights(order, begin, rows, w);
  ForEachRow(order, begin, rows, [&](int64_t r, const auto* row) {
    const auto at = class_weights_->find(ClassOfRow(row));
    double weight = at == class_weights_->end() ? 1 : at->second;
    if (data_.weight.has_value()) weight *= static_cast<double>(row[*data_.weight]);
    w[r] = static_cast<T>(weight);
  });
}

template <typename T>
void Samples::GatherSampleWeights(const Permutation& order, int64_t begin, int64_t rows,
                                  T* w) const {
  if (!data_.weight.has_value()) {
    std::fill(w, w + rows, T{1});
    return;
  }
  ForEachRow(order, begin, rows,
             [&](int64_t r, const auto* row) { w[r] = static_cast<T>(row[*data_.weight]); });
}

template void Samples::GatherWeights(const Permutation&, int64_t, int64_t, float*) const;
template void Samples::GatherWeights(const Permutation&, int64_t, int64_t, double*) const;
template void Samples::GatherSampleWeights(const Permutation&, int64_t, int64_t, float*) const;
template void Samples::GatherSampleWeights(const Permutation&, int64_t, int64_t, double*) const;

absl::flat_hash_map<int64_t, int64_t> Samples::CountClasses() const {
  absl::flat_hash_map<int64_t, int64_t> counts;
  ForEachRow(Permutation(count_), 0, count_,
             [&](int64_t /*r*/, const auto* row) { ++counts[ClassOfRow(row)]; });
  return counts;
}

}  // namespace fnn::core
