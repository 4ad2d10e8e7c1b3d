// The engine's own kernel on its own layouts: operands lie in panels already, and weights for the
// way back are transposed already.

#include <algorithm>
#include <memory>

#include "core/base/aligned.h"
#include "core/engine/panels.h"
#include "core/kernels/gemm.h"
#include "tests/bench/gemm/backend.h"

namespace fnn::bench {
namespace {

constexpr int64_t kTileRows = 64;

// op(m) [rows, columns] of a row-major matrix, in panels.
core::AlignedFloats InPanels(const float* m, bool transposed, int64_t rows, int64_t columns) {
  const core::Panels panels(columns);
  core::AlignedFloats out(static_cast<size_t>(panels.size(rows)));
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t p = c / core::kPanelColumns;
      out[static_cast<size_t>(p * panels.panel_size(rows) + r * panels.stride +
                              c % core::kPanelColumns)] =
          transposed ? m[c * rows + r] : m[r * columns + c];
    }
  }
  return out;
}

}  // namespace

std::function<void()> PrepareEngine(const Gemm& gemm) {
  // Where a is to be transposed it stays as it is, [k, m]: the kernel reads it by columns.
  const bool by_columns = gemm.transpose_a;
  const auto a =
      std::make_shared<core::AlignedFloats>(by_columns ? InPanels(gemm.a, false, gemm.k, gemm.m)
                                                       : InPanels(gemm.a, false, gemm.m, gemm.k));
  const auto b =
      std::make_shared<core::AlignedFloats>(InPanels(gemm.b, gemm.transpose_b, gemm.k, gemm.n));
  const core::Panels a_panels(by_columns ? gemm.m : gemm.k);
  const core::Panels panels(gemm.n);
  const int64_t a_panel = a_panels.panel_size(by_columns ? gemm.k : gemm.m);
  const auto c = std::make_shared<core::AlignedFloats>(panels.size(gemm.m));
  return [=, multiply = core::Multiply(), m = gemm.m, k = gemm.k] {
    for (int64_t p = 0; p < panels.count; ++p) {
      for (int64_t r = 0; r < m; r += kTileRows) {
        multiply({.rows = std::min(kTileRows, m - r),
                  .columns = panels.padded_columns_of(p),
                  .depth = k,
                  .x = a->data() +
                       (by_columns ? r / core::kPanelColumns * a_panel : r * a_panels.stride),
                  .x_row_stride = a_panels.stride,
                  .x_block_stride = by_columns ? 0 : a_panel,
                  .transposed = by_columns,
                  .w = b->data() + p * panels.panel_size(k),
                  .w_stride = panels.stride,
                  .c = c->data() + p * panels.panel_size(m) + r * panels.stride,
                  .c_stride = panels.stride});
      }
    }
  };
}

}  // namespace fnn::bench
