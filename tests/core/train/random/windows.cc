#include "tests/core/train/random/windows.h"

#include <algorithm>
#include <array>

namespace fnn::core {

std::vector<Axis> DrawAxes(Dice& dice, const Shape& shape, bool pool, v1::Padding& padding) {
  static constexpr std::array kPaddings = {v1::PADDING_UNSPECIFIED, v1::PADDING_VALID,
                                           v1::PADDING_SAME, v1::PADDING_EXPLICIT};
  padding = dice.Pick(kPaddings);
  std::vector<Axis> axes;
  for (size_t i = 0; i + 1 < shape.size(); ++i) {
    Axis axis{.length = shape[i], .window = 1, .stride = 1};
    do {
      axis.window = dice.Between(1, 3);
      axis.stride = dice.Between(1, 3);
      axis.dilation = pool ? 1 : dice.Between(1, 2);
      if (padding == v1::PADDING_EXPLICIT) {
        const int64_t most = pool ? axis.window / 2 : 2;
        axis.before = dice.Between(0, most);
        axis.after = dice.Between(0, most);
      }
    } while (padding != v1::PADDING_SAME && !axis.Fits());
    axes.push_back(axis);
  }
  return axes;
}

Shape Column(const std::vector<Axis>& axes, int64_t Axis::*number) {
  Shape out;
  for (const Axis& axis : axes) out.push_back(axis.*number);
  return out;
}

Shape Windowed(const std::vector<Axis>& axes, v1::Padding padding, int64_t channels) {
  Shape out;
  for (const Axis& axis : axes) out.push_back(axis.Windows(padding));
  out.push_back(channels);
  return out;
}

void Repeat(Dice& dice, const Shape& numbers, google::protobuf::RepeatedField<int64_t>& field) {
  if (numbers[0] == numbers[1] && dice.Chance(0.5)) {
    field.Add(numbers[0]);
  } else {
    field.Add(numbers.begin(), numbers.end());
  }
}

void WriteExplicitPadding(Dice& dice, const std::vector<Axis>& axes,
                          google::protobuf::RepeatedField<int64_t>& field) {
  Shape ends;
  for (const Axis& axis : axes) ends.insert(ends.end(), {axis.before, axis.after});
  const auto all_are = [&](int64_t n) {
    return std::all_of(ends.begin(), ends.end(), [n](int64_t end) { return end == n; });
  };
  const bool alike = std::all_of(axes.begin(), axes.end(),
                                 [](const Axis& axis) { return axis.before == axis.after; });
  if (all_are(ends[0]) && dice.Chance(0.5)) {
    field.Add(ends[0]);
  } else if (axes.size() == 2 && alike && dice.Chance(0.5)) {
    field.Add(axes[0].before);
    field.Add(axes[1].before);
  } else {
    field.Add(ends.begin(), ends.end());
  }
}

}  // namespace fnn::core
