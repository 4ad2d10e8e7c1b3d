// Places in networks where faults are put.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_SPLICE_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_SPLICE_H_

#include <cstdint>
#include <limits>

#include "core/ops/layers/shape.h"
#include "fnn/v1/layer.pb.h"
#include "tests/core/train/random/dice.h"
#include "tests/core/train/random/network.h"

namespace fnn::core {

// The message of the input, whether or not it was left away.
v1::Input& TheInput(RandomNetwork& n);
v1::Layer& OutputLayer(v1::Network& network);
v1::Layer& AnyLayer(Dice& dice, RandomNetwork& n);

// Puts a layer between what the output's layer took and that layer; its kind is to be chosen.
v1::Layer& Splice(RandomNetwork& n);
// As Splice, a reshape to places of one channel each, [length, 1], or as asked.
void SpliceReshape(RandomNetwork& n, const Shape& shape);
void SpliceLine(RandomNetwork& n);
void SpliceImage(RandomNetwork& n);
// And back.
void SpliceFlatten(RandomNetwork& n);
// A convolution with nothing wrong yet; SpliceFlatten is to follow.
v1::Conv1D& SpliceConv1D(RandomNetwork& n);
v1::Conv2D& SpliceConv2D(RandomNetwork& n);

// A layer beside the way to the output, that takes what the output's layer takes.
v1::Layer& Beside(RandomNetwork& n);

int64_t WrongWidth(Dice& dice);
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_SPLICE_H_
