// max_pool and average_pool: the largest, and the mean, of each channel in each window. What lies
// beyond the borders is not there. At a tie the first of the window is the largest. NaN is larger
// than any number, so that it shows.

#ifndef FNN_CORE_OPS_LAYERS_POOL_H_
#define FNN_CORE_OPS_LAYERS_POOL_H_

#include <string>

#include "core/ops/layers/table.h"
#include "core/ops/number.h"

namespace fnn::core {

// What both have in common: windows over the input. How many dimensions they have is a matter of
// their messages alone.
template <typename Derived>
class Pool : public FunctionOf<Derived> {
 public:
  static constexpr bool kWindows = true;

  static std::string Fault(const LayerRequest&) { return ""; }
  explicit Pool(const LayerRequest& request) : windows_(request.windows) {
    this->shape_ = {windows_.width.out, windows_.channels};
    if (request.inputs[0].size() > 2) {
      this->shape_.insert(this->shape_.begin(), windows_.height.out);
    }
    this->operations_ = windows_.positions() * windows_.fan_in();
  }

 protected:
  // Calls f(output place, oy, ox) at each window.
  template <typename F>
  void ForEach(F f) const {
    int64_t place = 0;
    for (int64_t oy = 0; oy < windows_.height.out; ++oy) {
      for (int64_t ox = 0; ox < windows_.width.out; ++ox, place += windows_.channels) {
        f(place, oy, ox);
      }
    }
  }

  const Windows windows_;
};

template <typename Derived>
class MaxPool : public Pool<Derived> {
 public:
  static constexpr absl::string_view kFormula = "max over the window";
  using Pool<Derived>::Pool;

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    const int64_t channels = this->windows_.channels;
    for (int64_t r = 0; r < input.rows; ++r) {
      const T* const x = input.in[0][r];
      this->ForEach([&](int64_t place, int64_t oy, int64_t ox) {
        T* const y = out[r] + place;
        bool first = true;
        ForEachInWindow(this->windows_, oy, ox, [&](int64_t, int64_t, int64_t at) {
          for (int64_t c = 0; c < channels; ++c) {
            y[c] = first || Larger(x[at + c], y[c]) ? x[at + c] : y[c];
          }
          first = false;
        });
      });
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    const int64_t channels = this->windows_.channels;
    for (int64_t r = 0; r < input.rows; ++r) {
      const T* const x = input.in[0][r];
      T* const dx = in_delta[r];
      Clear(adds, this->windows_.in_size(), dx);
      this->ForEach([&](int64_t place, int64_t oy, int64_t ox) {
        for (int64_t c = 0; c < channels; ++c) {
          int64_t largest = -1;
          ForEachInWindow(this->windows_, oy, ox, [&](int64_t, int64_t, int64_t at) {
            if (largest < 0 || Larger(x[at + c], x[largest])) largest = at + c;
          });
          dx[largest] += delta[r][place + c];
        }
      });
    }
  }

 private:
  template <typename T>
  static bool Larger(T a, T b) {
    return a > b || IsNaN(a);
  }
};

class MaxPool1D : public MaxPool<MaxPool1D> {
 public:
  static constexpr absl::string_view kName = "max_pool1d";
  using MaxPool::MaxPool;
};
class MaxPool2D : public MaxPool<MaxPool2D> {
 public:
  static constexpr absl::string_view kName = "max_pool2d";
  using MaxPool::MaxPool;
};

template <typename Derived>
class AveragePool : public Pool<Derived> {
 public:
  static constexpr absl::string_view kFormula = "mean over the window";
  using Pool<Derived>::Pool;

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    const int64_t channels = this->windows_.channels;
    for (int64_t r = 0; r < input.rows; ++r) {
      const T* const x = input.in[0][r];
      this->ForEach([&](int64_t place, int64_t oy, int64_t ox) {
        T* const y = out[r] + place;
        Clear(false, channels, y);
        ForEachInWindow(this->windows_, oy, ox, [&](int64_t, int64_t, int64_t at) {
          for (int64_t c = 0; c < channels; ++c) y[c] += x[at + c];
        });
        const T count = Count<T>(oy, ox);
        for (int64_t c = 0; c < channels; ++c) y[c] /= count;
      });
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    const int64_t channels = this->windows_.channels;
    for (int64_t r = 0; r < input.rows; ++r) {
      T* const dx = in_delta[r];
      Clear(adds, this->windows_.in_size(), dx);
      this->ForEach([&](int64_t place, int64_t oy, int64_t ox) {
        const T count = Count<T>(oy, ox);
        ForEachInWindow(this->windows_, oy, ox, [&](int64_t, int64_t, int64_t at) {
          for (int64_t c = 0; c < channels; ++c) dx[at + c] += delta[r][place + c] / count;
        });
      });
    }
  }

 private:
  template <typename T>
  T Count(int64_t oy, int64_t ox) const {
    int64_t count = 0;
    ForEachInWindow(this->windows_, oy, ox, [&](int64_t, int64_t, int64_t) { ++count; });
    return static_cast<T>(count);
  }
};

class AveragePool1D : public AveragePool<AveragePool1D> {
 public:
  static constexpr absl::string_view kName = "average_pool1d";
  using AveragePool::AveragePool;
};
class AveragePool2D : public AveragePool<AveragePool2D> {
 public:
  static constexpr absl::string_view kName = "average_pool2d";
  using AveragePool::AveragePool;
};

// One window over all places: [.., channels] to [channels].
inline LayerRequest OverAllPlaces(const LayerRequest& request) {
  const Shape& in = request.inputs[0];
  const int64_t places = Size(in) / in.back();
  LayerRequest out = request;
  out.windows = {.width = {.in = places, .size = places}, .channels = in.back()};
  return out;
}

class GlobalMaxPool : public MaxPool<GlobalMaxPool> {
 public:
  static constexpr absl::string_view kName = "global_max_pool";
  static constexpr absl::string_view kFormula = "max over all places";
  static constexpr bool kWindows = false;
  explicit GlobalMaxPool(const LayerRequest& request) : MaxPool(OverAllPlaces(request)) {
    shape_ = {request.inputs[0].back()};
  }
};
class GlobalAveragePool : public AveragePool<GlobalAveragePool> {
 public:
  static constexpr absl::string_view kName = "global_average_pool";
  static constexpr absl::string_view kFormula = "mean over all places";
  static constexpr bool kWindows = false;
  explicit GlobalAveragePool(const LayerRequest& request) : AveragePool(OverAllPlaces(request)) {
    shape_ = {request.inputs[0].back()};
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_POOL_H_
