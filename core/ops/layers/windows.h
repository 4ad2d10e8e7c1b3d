// The windows that a convolution or a pool looks through: over [height, width, channels], channels
// last; what has only a length is one row high.

#ifndef FNN_CORE_OPS_LAYERS_WINDOWS_H_
#define FNN_CORE_OPS_LAYERS_WINDOWS_H_

#include <algorithm>
#include <cstdint>

namespace fnn::core {

// One of the two dimensions.
struct WindowAxis {
  int64_t in = 1;   // The input's size.
  int64_t out = 1;  // How many windows there are.
  int64_t size = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t before = 0;  // Padding.

  // The input's place of element `k` of window `o`; outside [0, in) is padding.
  int64_t At(int64_t o, int64_t k) const { return o * stride - before + k * dilation; }
};

struct Windows {
  WindowAxis height{}, width{};
  int64_t channels = 1;  // Of the input.
  int64_t groups = 1;

  int64_t positions() const { return height.out * width.out; }
  int64_t in_size() const { return height.in * width.in * channels; }
  // Elements of a window that one group sees: the fan-in of a convolution.
  int64_t fan_in() const { return height.size * width.size * (channels / groups); }
};

// Calls f(ky, kx, place) with each element of the window at output (oy, ox) that lies in the input,
// in order; `place` is that of its first channel in the input.
template <typename F>
void ForEachInWindow(const Windows& windows, int64_t oy, int64_t ox, F f) {
  for (int64_t ky = 0; ky < windows.height.size; ++ky) {
    const int64_t y = windows.height.At(oy, ky);
    if (y < 0 || y >= windows.height.in) continue;
    for (int64_t kx = 0; kx < windows.width.size; ++kx) {
      const int64_t x = windows.width.At(ox, kx);
      if (x < 0 || x >= windows.width.in) continue;
      f(ky, kx, (y * windows.width.in + x) * windows.channels);
    }
  }
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_WINDOWS_H_
