// How matrices lie in memory while the engine works on them.
//
// The columns of a matrix are cut into panels of 64. A panel of activities is [rows, stride], one
// row after the other, so that a block of 64 columns of any number of rows is contiguous; a panel
// of weights is [fan_in, stride], for each input the weights of the panel's 64 outputs. A matrix of
// at most 64 columns is one panel, its stride rounded up to 16. Columns beyond the matrix's own are
// padding: zero in weights, and in activities whatever comes of it.
//
// Activities that something reads row by row, such as a convolution, are `wide` instead: one row
// after the other, [rows, stride], so that a panel is a block of columns of each.

#ifndef FNN_CORE_KERNELS_LAYOUT_H_
#define FNN_CORE_KERNELS_LAYOUT_H_

#include <algorithm>
#include <cstdint>

namespace fnn::core {

inline constexpr int64_t kPanelColumns = 64;
inline constexpr int64_t kPadding = 16;  // Floats: the widest vector.

// The least multiple of the padding that is not less.
constexpr int64_t Padded(int64_t floats) { return (floats + kPadding - 1) / kPadding * kPadding; }

struct Panels {
  Panels() = default;
  explicit Panels(int64_t width)
      : columns(width),
        count((width + kPanelColumns - 1) / kPanelColumns),
        stride(std::min(kPanelColumns, Padded(width))) {}

  // The columns of panel p, and as many rounded up to the padding.
  int64_t columns_of(int64_t p) const {
    return std::min(kPanelColumns, columns - p * kPanelColumns);
  }
  int64_t padded_columns_of(int64_t p) const { return Padded(columns_of(p)); }
  // The floats from one panel to the next, and those of all panels, with `rows` rows each.
  int64_t panel_size(int64_t rows) const { return wide ? kPanelColumns : rows * stride; }
  int64_t size(int64_t rows) const { return wide ? rows * stride : count * rows * stride; }
  // How much of it is side by side: `parts` arrays of [rows, stride], one for each panel or one.
  int64_t parts() const { return wide ? 1 : count; }

  int64_t columns = 0;
  int64_t count = 0;
  int64_t stride = 0;  // From one row to the next.
  bool wide = false;
};

inline Panels WidePanels(int64_t width) {
  Panels panels(width);
  panels.stride = Padded(width);
  panels.wide = true;
  return panels;
}

}  // namespace fnn::core

#endif  // FNN_CORE_KERNELS_LAYOUT_H_
