#include "core/engine/convolution.h"

#include <algorithm>

namespace fnn::core {
namespace {

constexpr int64_t kTileFloats = kTileRows * kPanelColumns;

// Positions whose windows are worked on at once: what is copied stays in the second cache.
int64_t TilePositions(int64_t fan_in) {
  constexpr int64_t kFloats = int64_t{1} << 15;
  return std::clamp<int64_t>(kFloats / Padded(fan_in) / 8 * 8, 8, kTileRows);
}

// What is the same for all rows and tiles of a convolution.
struct Convolution {
  explicit Convolution(const Stage& stage)
      : windows(*stage.node->windows),
        map(stage.map),
        channels(windows.channels / windows.groups),
        outputs(stage.channels),
        positions(windows.positions()),
        copies(windows.height.size > 1 || windows.width.size > 1 || windows.height.stride > 1 ||
               windows.width.stride > 1 || windows.groups > 1 ||
               positions != windows.height.in * windows.width.in),
        // Then outputs of a position begin where a vector may, and panels are whole.
        direct(windows.groups == 1 && outputs % kPadding == 0) {}

  const Windows& windows;
  const MapPlace& map;
  int64_t channels;  // Of a group's input.
  int64_t outputs;   // Of all groups.
  int64_t positions;
  bool copies;
  bool direct;
};

// Calls f(position's own index, ky, offset of the run in the window, in the input, length) for the
// runs of input that windows of positions [first, first + count) hold in elements [begin, end) of a
// group; elements that no run covers are padding.
template <typename F>
void ForEachRun(const Convolution& c, int64_t group, int64_t first, int64_t count, int64_t begin,
                int64_t end, F f) {
  const Windows& w = c.windows;
  // Taps side by side in the input are one run, where nothing lies between them.
  const bool side_by_side = w.width.dilation == 1 && w.groups == 1;
  const int64_t line = w.width.size * c.channels;  // Elements of a window at one height.
  for (int64_t i = 0; i < count; ++i) {
    const int64_t oy = (first + i) / w.width.out;
    const int64_t ox = (first + i) % w.width.out;
    const int64_t x0 = w.width.At(ox, 0);
    for (int64_t ky = begin / line; ky < w.height.size && ky * line < end; ++ky) {
      const int64_t y = w.height.At(oy, ky);
      if (y < 0 || y >= w.height.in) continue;
      const int64_t row = y * w.width.in * w.channels + group * c.channels;
      const auto run = [&](int64_t from, int64_t to, int64_t input_of_from) {
        const int64_t low = std::max(from, begin);
        const int64_t high = std::min(to, end);
        if (low < high) f(i, low - begin, row + input_of_from + (low - from), high - low);
      };
      if (side_by_side) {
        const int64_t kx0 = std::max<int64_t>(0, -x0);
        const int64_t kx1 = std::min(w.width.size, w.width.in - x0);
        run(ky * line + kx0 * c.channels, ky * line + kx1 * c.channels, (x0 + kx0) * w.channels);
        continue;
      }
      for (int64_t kx = 0; kx < w.width.size; ++kx) {
        const int64_t x = w.width.At(ox, kx);
        if (x < 0 || x >= w.width.in) continue;
        const int64_t at = ky * line + kx * c.channels;
        run(at, at + c.channels, x * w.channels);
      }
    }
  }
}

// Rows of windows: those of positions [first, first + count), elements [begin, end).
struct Patches {
  const float* data;
  int64_t stride;
};
Patches GatherPatches(const Convolution& c, const float* x, int64_t group, int64_t first,
                      int64_t count, int64_t begin, int64_t end, float* room) {
  if (!c.copies) return {x + first * c.channels + begin, c.channels};
  const int64_t stride = Padded(end - begin);
  std::fill(room, room + count * stride, 0.0F);
  ForEachRun(c, group, first, count, begin, end,
             [&](int64_t i, int64_t element, int64_t input, int64_t length) {
               const float* const from = x + input;
               float* const to = room + i * stride + element;
               for (int64_t k = 0; k < length; ++k) to[k] = from[k];
             });
  return {room, stride};
}

// Copies the units of panel p of a group between a position's outputs and a tile.
float* UnitsOf(const Convolution& c, float* row, int64_t group, int64_t p, int64_t position) {
  return row + position * c.outputs + group * c.map.units.columns + p * kPanelColumns;
}

}  // namespace

int64_t ConvolutionScratch(const Stage& stage) {
  const int64_t fan_in = stage.map.fan_in;
  return std::max(TilePositions(fan_in) * Padded(fan_in), kTileFloats) + kTileFloats;
}

void ConvolutionForward(const StageCall& call) {
  const Convolution c(call.stage);
  const MapPlace& map = c.map;
  const int64_t tile_positions = TilePositions(map.fan_in);
  float* const tile = call.scratch;
  float* const room = tile + kTileFloats;
  for (int64_t r = 0; r < call.rows; ++r) {
    const float* const x = call.in(0).from(call.stage.in, r).data;
    float* const z = call.value(0).from(call.stage.out, r).data;
    for (int64_t first = 0; first < c.positions; first += tile_positions) {
      const int64_t count = std::min(tile_positions, c.positions - first);
      for (int64_t g = 0; g < map.groups; ++g) {
        const Patches patches = GatherPatches(c, x, g, first, count, 0, map.fan_in, room);
        for (int64_t p = 0; p < map.units.count; ++p) {
          call.program.kernels().multiply(
              {.rows = count,
               .columns = map.units.padded_columns_of(p),
               .depth = map.fan_in,
               .x = patches.data,
               .x_row_stride = patches.stride,
               .x_block_stride = kPanelColumns,
               .w = call.arena + map.panel(g, p),
               .w_stride = map.units.stride,
               .start = map.bias < 0 ? nullptr : call.arena + map.bias_panel(g, p),
               .c = c.direct ? UnitsOf(c, z, g, p, first) : tile,
               .c_stride = c.direct ? c.outputs : kPanelColumns});
          for (int64_t i = 0; i < count && !c.direct; ++i) {
            std::copy_n(tile + i * kPanelColumns, map.units.columns_of(p),
                        UnitsOf(c, z, g, p, first + i));
          }
        }
      }
    }
  }
}

void ConvolutionBackward(const StageCall& call, ConstRows delta, bool adds, MutableRows in_delta,
                         float* transposed) {
  const Convolution c(call.stage);
  const MapPlace& map = c.map;
  const Panels& in = call.stage.in;
  float* const tile = call.scratch;
  for (int64_t r = 0; r < call.rows && !adds; ++r) {
    std::fill_n(in_delta.from(in, r).data, in.columns, 0.0F);
  }
  for (int64_t g = 0; g < map.groups; ++g) {
    for (int64_t begin = 0; begin < map.fan_in; begin += kPanelColumns) {
      const int64_t end = std::min(begin + kPanelColumns, map.fan_in);
      for (int64_t q = 0; q < map.units.count; ++q) {
        call.program.kernels().transpose(end - begin, map.units.padded_columns_of(q),
                                         call.arena + map.panel(g, q) + begin * map.units.stride,
                                         map.units.stride, transposed + q * kTileFloats);
      }
      for (int64_t r = 0; r < call.rows; ++r) {
        const float* const dz = delta.from(call.stage.out, r).data;
        float* const dx = in_delta.from(in, r).data;
        for (int64_t first = 0; first < c.positions; first += kTileRows) {
          const int64_t count = std::min(kTileRows, c.positions - first);
          call.program.kernels().multiply({.rows = count,
                                           .columns = Padded(end - begin),
                                           .depth = map.units.columns,
                                           .x = dz + first * c.outputs + g * map.units.columns,
                                           .x_row_stride = c.outputs,
                                           .x_block_stride = kPanelColumns,
                                           .w = transposed,
                                           .w_stride = kPanelColumns,
                                           .c = tile,
                                           .c_stride = kPanelColumns});
          ForEachRun(c, g, first, count, begin, end,
                     [&](int64_t i, int64_t element, int64_t input, int64_t length) {
                       const float* const from = tile + i * kPanelColumns + element;
                       for (int64_t k = 0; k < length; ++k) dx[input + k] += from[k];
                     });
        }
      }
    }
  }
}

void ConvolutionGradient(const StageCall& call, ConstRows delta, int64_t group, int64_t p,
                         int64_t b, bool adds, float* gradient) {
  const Convolution c(call.stage);
  const MapPlace& map = c.map;
  const int64_t begin = b * kPanelColumns;
  const int64_t end = std::min(begin + kPanelColumns, map.fan_in);
  const int64_t columns = map.units.padded_columns_of(p);
  float* const tile = call.scratch;
  float* const room = tile + kTileFloats;
  for (int64_t r = 0; r < call.rows; ++r) {
    const float* const x = call.in(0).from(call.stage.in, r).data;
    for (int64_t first = 0; first < c.positions; first += kTileRows) {
      const int64_t count = std::min(kTileRows, c.positions - first);
      const Patches patches = GatherPatches(c, x, group, first, count, begin, end, room);
      const float* dz = delta.from(call.stage.out, r).data + first * c.outputs +
                        group * map.units.columns + p * kPanelColumns;
      int64_t dz_stride = c.outputs;
      if (!c.direct) {
        for (int64_t i = 0; i < count; ++i) {
          float* const to = tile + i * kPanelColumns;
          std::copy_n(dz + i * c.outputs, map.units.columns_of(p), to);
          std::fill(to + map.units.columns_of(p), to + columns, 0.0F);
        }
        dz = tile;
        dz_stride = kPanelColumns;
      }
      call.program.kernels().multiply({.rows = end - begin,
                                       .columns = columns,
                                       .depth = count,
                                       .x = patches.data,
                                       .x_row_stride = patches.stride,
                                       .transposed = true,
                                       .w = dz,
                                       .w_stride = dz_stride,
                                       .c = gradient,
                                       .c_stride = map.units.stride,
                                       .accumulate = adds});
      adds = true;
    }
  }
}

void ConvolutionBiasGradient(const Stage& stage, int64_t rows, ConstRows delta, int64_t group,
                             int64_t p, bool adds, float* gradient) {
  const Convolution c(stage);
  const int64_t units = c.map.units.columns_of(p);
  if (!adds) std::fill_n(gradient, c.map.units.stride, 0.0F);
  for (int64_t r = 0; r < rows; ++r) {
    const float* dz =
        delta.from(stage.out, r).data + group * c.map.units.columns + p * kPanelColumns;
    for (int64_t i = 0; i < c.positions; ++i, dz += c.outputs) {
      for (int64_t u = 0; u < units; ++u) gradient[u] += dz[u];
    }
  }
}

}  // namespace fnn::core
