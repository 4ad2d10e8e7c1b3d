#include "core/reference/convolution.h"

#include <algorithm>

namespace fnn::core {
namespace {

// Calls f(z, x, w) with the places of every product that is summed up.
template <typename F>
void ForEachProduct(const Windows& windows, int64_t rows, int64_t out, F f) {
  const int64_t channels = windows.channels / windows.groups;
  const int64_t units = out / windows.groups;
  int64_t z = 0;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t oy = 0; oy < windows.height.out; ++oy) {
      for (int64_t ox = 0; ox < windows.width.out; ++ox, z += out) {
        ForEachInWindow(windows, oy, ox, [&](int64_t ky, int64_t kx, int64_t place) {
          const int64_t x = r * windows.in_size() + place;
          for (int64_t o = 0; o < out; ++o) {
            const int64_t first = o / units * channels;  // Of the group's channels.
            const int64_t w = ((o * windows.height.size + ky) * windows.width.size + kx) * channels;
            for (int64_t c = 0; c < channels; ++c) f(z + o, x + first + c, w + c);
          }
        });
      }
    }
  }
}

}  // namespace

void Convolve(const Windows& windows, int64_t rows, int64_t out, const double* x, const double* w,
              const double* b, double* z) {
  const int64_t channels = windows.channels / windows.groups;
  const int64_t units = out / windows.groups;
  for (int64_t r = 0; r < rows; ++r, x += windows.in_size()) {
    for (int64_t oy = 0; oy < windows.height.out; ++oy) {
      for (int64_t ox = 0; ox < windows.width.out; ++ox, z += out) {
        for (int64_t o = 0; o < out; ++o) z[o] = b == nullptr ? 0 : b[o];
        ForEachInWindow(windows, oy, ox, [&](int64_t ky, int64_t kx, int64_t place) {
          const double* by = w + (ky * windows.width.size + kx) * channels;
          for (int64_t o = 0; o < out;) {
            const double* const from = x + place + o / units * channels;
            for (int64_t u = 0; u < units; ++u, ++o, by += windows.fan_in()) {
              double sum = z[o];
              for (int64_t c = 0; c < channels; ++c) sum += from[c] * by[c];
              z[o] = sum;
            }
          }
        });
      }
    }
  }
}

void ConvolutionInputGradient(const Windows& windows, int64_t rows, int64_t out, const double* dz,
                              const double* w, double* dx) {
  std::fill(dx, dx + rows * windows.in_size(), 0);
  ForEachProduct(windows, rows, out,
                 [&](int64_t iz, int64_t ix, int64_t iw) { dx[ix] += dz[iz] * w[iw]; });
}

void ConvolutionParameterGradient(const Windows& windows, int64_t rows, int64_t out,
                                  const double* dz, const double* x, double* dw, double* db) {
  std::fill(dw, dw + out * windows.fan_in(), 0);
  ForEachProduct(windows, rows, out,
                 [&](int64_t iz, int64_t ix, int64_t iw) { dw[iw] += dz[iz] * x[ix]; });
  if (db == nullptr) return;
  std::fill(db, db + out, 0);
  for (int64_t i = 0; i < rows * windows.positions() * out; ++i) db[i % out] += dz[i];
}

}  // namespace fnn::core
