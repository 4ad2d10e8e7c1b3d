// Windows of convolutions and pools at random.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_WINDOWS_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_WINDOWS_H_

#include <cstdint>
#include <vector>

#include "core/ops/layers/shape.h"
#include "fnn/v1/layer.pb.h"
#include "google/protobuf/repeated_field.h"
#include "tests/core/train/random/dice.h"

namespace fnn::core {

// How windows go over one axis.
struct Axis {
  int64_t length, window, stride, dilation = 1;
  int64_t before = 0, after = 0;
  int64_t room() const { return (window - 1) * dilation + 1; }
  bool Fits() const { return length + before + after >= room(); }
  int64_t Windows(v1::Padding padding) const {
    if (padding == v1::PADDING_SAME) return (length + stride - 1) / stride;
    return (length + before + after - room()) / stride + 1;
  }
};

// Draws windows over the places of `shape`, and how they are padded.
std::vector<Axis> DrawAxes(Dice& dice, const Shape& shape, bool pool, v1::Padding& padding);

// One number of each axis.
Shape Column(const std::vector<Axis>& axes, int64_t Axis::*number);
// The shape that windows make of one with so many channels.
Shape Windowed(const std::vector<Axis>& axes, v1::Padding padding, int64_t channels);

// One number, or two where they differ or the dice say so.
void Repeat(Dice& dice, const Shape& numbers, google::protobuf::RepeatedField<int64_t>& field);

// In one of the forms that say the same.
void WriteExplicitPadding(Dice& dice, const std::vector<Axis>& axes,
                          google::protobuf::RepeatedField<int64_t>& field);
template <typename Message>
void WritePadding(Dice& dice, const std::vector<Axis>& axes, v1::Padding padding,
                  Message& message) {
  message.set_padding(padding);
  if (padding != v1::PADDING_EXPLICIT) return;
  WriteExplicitPadding(dice, axes, *message.mutable_explicit_padding());
}

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_WINDOWS_H_
