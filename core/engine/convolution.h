// Convolutions as products: the windows of some positions are copied side by side, a tile of rows
// [positions, fan-in], and multiplied with the weights as a dense map's rows are. A window of one
// element that moves by one needs no copy. Samples are wide rows, [positions, channels] each.

#ifndef FNN_CORE_ENGINE_CONVOLUTION_H_
#define FNN_CORE_ENGINE_CONVOLUTION_H_

#include <cstdint>

#include "core/engine/panels.h"
#include "core/engine/stage_kernels.h"

namespace fnn::core {

// Floats of room that each of these takes as `scratch`.
int64_t ConvolutionScratch(const Stage& stage);

// values[0] = the convolution of the input.
void ConvolutionForward(const StageCall& call);

// dL/d input from `delta`, that with regard to values[0]; added to what is there where `adds`.
// `transposed` is room for 64 floats of each unit of a group, rounded up to 64 units.
void ConvolutionBackward(const StageCall& call, ConstRows delta, bool adds, MutableRows in_delta,
                         float* transposed);

// A tile of the weights of a group: the units of panel p, and 64 elements of the windows, from
// 64 b on. dL/dw, summed over rows and positions in order, instead of `gradient` [64, units.stride]
// or added to it.
void ConvolutionGradient(const StageCall& call, ConstRows delta, int64_t group, int64_t p,
                         int64_t b, bool adds, float* gradient);

// dL/db of that panel, likewise.
void ConvolutionBiasGradient(const Stage& stage, int64_t rows, ConstRows delta, int64_t group,
                             int64_t p, bool adds, float* gradient);

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_CONVOLUTION_H_
