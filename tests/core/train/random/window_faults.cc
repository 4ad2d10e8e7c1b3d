// Faults of widths, windows and their padding.

#include <array>
#include <cstdint>

#include "tests/core/train/random/faults.h"
#include "tests/core/train/random/splice.h"

namespace fnn::core {
namespace {

constexpr NetworkFault kFaults[] = {
    // Widths and windows.
    {"dense of a wrong width",
     [](Dice& dice, RandomNetwork& n) { Splice(n).mutable_dense()->set_units(WrongWidth(dice)); }},
    {"maxout of a wrong width",
     [](Dice& dice, RandomNetwork& n) { Splice(n).mutable_maxout()->set_units(WrongWidth(dice)); }},
    {"maxout of a wrong number of pieces",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 4> kPieces = {0, 1, -2, 1025};
       v1::Maxout& maxout = *Splice(n).mutable_maxout();
       maxout.set_units(2);
       maxout.set_pieces(dice.Pick(kPieces));
     }},
    {"maxout too wide by its pieces",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Maxout& maxout = *Splice(n).mutable_maxout();
       maxout.set_units(1 << 23);
       maxout.set_pieces(3);
     }},
    {"a convolution of a wrong number of channels",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).set_channels(WrongWidth(dice));
       } else {
         SpliceConv2D(n).set_channels(WrongWidth(dice));
       }
       SpliceFlatten(n);
     }},
    {"a convolution without a kernel",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).clear_kernel();
       } else {
         SpliceConv2D(n).clear_kernel();
       }
       SpliceFlatten(n);
     }},
    {"a kernel larger than the input",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).set_kernel(n.last_width + 1);
       } else {
         SpliceConv2D(n).set_kernel(0, n.last_width + 1);
       }
       SpliceFlatten(n);
     }},
    {"a kernel larger than the input by its dilation",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv1D& conv = SpliceConv1D(n);
       conv.set_kernel(2);
       conv.set_dilation(n.last_width);
       SpliceFlatten(n);
     }},
    {"a kernel larger than the padded input",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv1D& conv = SpliceConv1D(n);
       conv.set_kernel(n.last_width + 4);
       conv.set_padding(v1::PADDING_EXPLICIT);
       conv.add_explicit_padding(1);
       conv.add_explicit_padding(2);
       SpliceFlatten(n);
     }},
    {"a number of a convolution out of range",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 4> kWrong = {0, -1, 65537, INT64_MAX};
       const int64_t wrong = dice.Pick(kWrong);
       v1::Conv1D& conv = SpliceConv1D(n);
       switch (dice.Between(0, 3)) {
         case 0:
           conv.set_kernel(wrong);
           break;
         case 1:
           conv.set_stride(wrong);
           break;
         case 2:
           conv.set_dilation(wrong);
           break;
         default:
           conv.set_groups(wrong);
           break;
       }
       SpliceFlatten(n);
     }},
    {"a number of a convolution over images out of range",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 4> kWrong = {0, -1, 65537, INT64_MAX};
       const int64_t wrong = dice.Pick(kWrong);
       v1::Conv2D& conv = SpliceConv2D(n);
       switch (dice.Between(0, 3)) {
         case 0:
           conv.add_kernel(wrong);
           break;
         case 1:
           conv.add_stride(wrong);
           break;
         case 2:
           conv.add_dilation(1);
           conv.add_dilation(wrong);
           break;
         default:
           conv.set_groups(wrong);
           break;
       }
       SpliceFlatten(n);
     }},
    {"three numbers for two axes",
     [](Dice& dice, RandomNetwork& n) {
       v1::Conv2D& conv = SpliceConv2D(n);
       auto& numbers = dice.Chance(0.3)   ? *conv.mutable_kernel()
                       : dice.Chance(0.5) ? *conv.mutable_stride()
                                          : *conv.mutable_dilation();
       while (numbers.size() < 3) numbers.Add(1);
       SpliceFlatten(n);
     }},
    {"groups that do not divide the input's channels",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceConv1D(n).set_groups(2);
       SpliceFlatten(n);
     }},
    {"groups that do not divide the output's channels",
     [](Dice& /*dice*/, RandomNetwork& n) {
       Splice(n).mutable_dense()->set_units(4);
       SpliceReshape(n, {2, 2});
       v1::Conv1D& conv = *Splice(n).mutable_conv1d();
       conv.set_channels(3);
       conv.set_kernel(1);
       conv.set_groups(2);
       SpliceFlatten(n);
     }},
    {"a wrong amount of padding",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 3> kWrong = {-1, 65537, INT64_MIN};
       v1::Conv2D& conv = SpliceConv2D(n);
       conv.set_padding(v1::PADDING_EXPLICIT);
       conv.add_explicit_padding(dice.Pick(kWrong));
       SpliceFlatten(n);
     }},
    {"padding of a wrong length",
     [](Dice& dice, RandomNetwork& n) {
       google::protobuf::RepeatedField<int64_t>* padding = nullptr;
       if (dice.Chance(0.5)) {
         v1::Conv1D& conv = SpliceConv1D(n);
         conv.set_padding(v1::PADDING_EXPLICIT);
         padding = conv.mutable_explicit_padding();
       } else {
         v1::Conv2D& conv = SpliceConv2D(n);
         conv.set_padding(v1::PADDING_EXPLICIT);
         padding = conv.mutable_explicit_padding();
       }
       const int64_t count = dice.Chance(0.5) ? 3 : 5;
       while (padding->size() < count) padding->Add(1);
       SpliceFlatten(n);
     }},
    {"explicit padding that is not given",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).set_padding(v1::PADDING_EXPLICIT);
       } else {
         SpliceConv2D(n).set_padding(v1::PADDING_EXPLICIT);
       }
       SpliceFlatten(n);
     }},
    {"padding of no known kind",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceConv1D(n).set_padding(static_cast<v1::Padding>(17));
       SpliceFlatten(n);
     }},
    {"a pool larger than the input",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceLine(n);
         Splice(n).mutable_max_pool1d()->set_window(n.last_width + 1);
       } else {
         SpliceImage(n);
         Splice(n).mutable_average_pool2d()->add_window(n.last_width + 1);
       }
       SpliceFlatten(n);
     }},
    {"a pool without a window",
     [](Dice& dice, RandomNetwork& n) {
       SpliceImage(n);
       if (dice.Chance(0.5)) {
         Splice(n).mutable_max_pool2d();
       } else {
         Splice(n).mutable_average_pool2d();
       }
       SpliceFlatten(n);
     }},
    {"a pool that goes nowhere",
     [](Dice& dice, RandomNetwork& n) {
       SpliceLine(n);
       v1::AveragePool1D& pool = *Splice(n).mutable_average_pool1d();
       pool.set_window(1);
       pool.set_stride(dice.Chance(0.5) ? 0 : -1);
       SpliceFlatten(n);
     }},
    {"a pool padded by more than half a window",
     [](Dice& dice, RandomNetwork& n) {
       SpliceLine(n);
       v1::MaxPool1D& pool = *Splice(n).mutable_max_pool1d();
       pool.set_window(dice.Chance(0.5) ? 1 : 3);
       pool.set_padding(v1::PADDING_EXPLICIT);
       pool.add_explicit_padding(2);
       SpliceFlatten(n);
     }},
};

}  // namespace

std::span<const NetworkFault> WindowFaults() { return kFaults; }

}  // namespace fnn::core
