// Copying samples out of their table: what training does for every row of every epoch.

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "core/data/samples.h"

namespace fnn::core {
namespace {

// In a random order each row is a miss of every cache: rows are asked for so many ahead of being
// copied, the first so many bytes of each; what follows comes by itself, being read in order.
constexpr int64_t kAhead = 16;
constexpr int64_t kLine = 64;
constexpr int64_t kPrefetched = 8 * kLine;

void AskFor(const void* from, int64_t bytes) {
  const auto* at = static_cast<const std::byte*>(from);
  const int64_t end = std::min(bytes, kPrefetched);
  for (int64_t i = 0; i < end; i += kLine) __builtin_prefetch(at + i);
  __builtin_prefetch(at + end - 1);  // A row need not begin with a line.
}

template <typename E>
void Convert(const E* from, int64_t count, float* to) {
  if constexpr (std::is_same_v<E, float>) {
    std::memcpy(to, from, count * sizeof(float));
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
  }
}

}  // namespace

template <typename E, typename T>
void Samples::CopyTargets(const E* row, T* t) const {
  if (one_hot_) {
    std::fill(t, t + outputs_, T{0});
    t[static_cast<int64_t>(row[data_.targets[0]])] = 1;
    return;
  }
  for (const int64_t column : data_.targets) *t++ = static_cast<T>(row[column]);
}

template <typename E>
void Samples::CopyPanels(const E* row, int64_t panel_stride, float* x) const {
  const int64_t width = features();
  const int64_t* const columns = data_.features.data();
  for (int64_t c = 0; c < width; c += kPanelWidth, x += panel_stride) {
    const int64_t count = std::min(kPanelWidth, width - c);
    if (consecutive_) {
      Convert(row + columns[c], count, x);
    } else {
      for (int64_t i = 0; i < count; ++i) x[i] = static_cast<float>(row[columns[c + i]]);
    }
  }
}

template <typename T>
void Samples::Gather(int64_t i, T* x, T* t) const {
  VisitElements(data_.table->type(), data_.table->bytes().data(), [&](const auto* values) {
    const auto* const row = Row(values, i);
    for (const int64_t column : data_.features) *x++ = static_cast<T>(row[column]);
    CopyTargets(row, t);
  });
}

template void Samples::Gather(int64_t, float*, float*) const;
template void Samples::Gather(int64_t, double*, double*) const;

void Samples::GatherPanels(const Permutation& order, int64_t begin, int64_t rows,
                           int64_t panel_stride, int64_t row_stride, float* x, float* t) const {
  VisitElements(data_.table->type(), data_.table->bytes().data(), [&](const auto* values) {
    const int64_t row_bytes = RowBytes();
    std::array<decltype(values), kAhead> ahead;  // Row r is in ahead[r % kAhead].
    const auto ask = [&](int64_t r) {
      ahead[r % kAhead] = Row(values, order(begin + r));
      AskFor(ahead[r % kAhead], row_bytes);
      __builtin_prefetch(ahead[r % kAhead] + data_.targets[0]);
    };
    for (int64_t r = 0; r < std::min(kAhead, rows); ++r) ask(r);
    for (int64_t r = 0; r < rows; ++r) {
      const auto* const row = ahead[r % kAhead];
      if (r + kAhead < rows) ask(r + kAhead);
      CopyPanels(row, panel_stride, x + r * row_stride);
      CopyTargets(row, t + r * outputs_);
    }
  });
}

void Samples::Prefetch(const Permutation& order, int64_t begin, int64_t rows) const {
  VisitElements(data_.table->type(), data_.table->bytes().data(), [&](const auto* values) {
    const int64_t row_bytes = RowBytes();
    for (int64_t r = begin; r < begin + rows; ++r) {
      const auto* const row = reinterpret_cast<const std::byte*>(Row(values, order(r)));
      for (int64_t i = 0; i < row_bytes; i += kLine) __builtin_prefetch(row + i, 0, 2);
    }
  });
}

int64_t Samples::RowsToPrefetch(int64_t rows) const {
  constexpr int64_t kMostBytes = int64_t{512} << 10;  // Half of a second cache.
  const int64_t row_bytes = RowBytes();
  // GatherPanels itself is early enough for short rows.
  return row_bytes <= kPrefetched ? 0 : std::min(rows, kMostBytes / row_bytes);
}

int64_t Samples::RowBytes() const {
  return data_.table->columns() * static_cast<int64_t>(ElementSize(data_.table->type()));
}

}  // namespace fnn::core
