// Rows between row-major arrays and panels (core/kernels/layout.h).

#ifndef FNN_CORE_ENGINE_PANELS_H_
#define FNN_CORE_ENGINE_PANELS_H_

#include <algorithm>
#include <cstdint>

#include "core/kernels/layout.h"

namespace fnn::core {

// Some rows of a matrix in panels.
template <typename T>
struct PanelRows {
  T* data = nullptr;       // The first row, in the first panel.
  int64_t panel_size = 0;  // From one panel to the next.

  T* panel(int64_t p) const { return data + p * panel_size; }
  // From row `r` on.
  PanelRows from(const Panels& panels, int64_t r) const {
    return {data + r * panels.stride, panel_size};
  }
  operator PanelRows<const T>() const { return {data, panel_size}; }  // NOLINT: as pointers do.
};

using MutableRows = PanelRows<float>;
using ConstRows = PanelRows<const float>;

// Panel p of out = scale times in; in is [rows, panels.columns]. Padding up to a multiple of 16
// becomes 0.
inline void PackPanel(const Panels& panels, int64_t p, int64_t rows, float scale, const float* in,
                      float* out) {
  const int64_t columns = panels.columns_of(p);
  const int64_t padded = panels.padded_columns_of(p);
  for (int64_t r = 0; r < rows; ++r) {
    const float* from = in + r * panels.columns + p * kPanelColumns;
    float* to = out + r * panels.stride;
    for (int64_t c = 0; c < columns; ++c) to[c] = scale * from[c];
    for (int64_t c = columns; c < padded; ++c) to[c] = 0;
  }
}

inline void Pack(const Panels& panels, int64_t rows, float scale, const float* in,
                 MutableRows out) {
  for (int64_t p = 0; p < panels.count; ++p) PackPanel(panels, p, rows, scale, in, out.panel(p));
}

// out is [rows, panels.columns].
inline void Unpack(const Panels& panels, int64_t rows, ConstRows in, float* out) {
  for (int64_t p = 0; p < panels.count; ++p) {
    const int64_t columns = panels.columns_of(p);
    for (int64_t r = 0; r < rows; ++r) {
      const float* from = in.panel(p) + r * panels.stride;
      std::copy(from, from + columns, out + r * panels.columns + p * kPanelColumns);
    }
  }
}

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_PANELS_H_
