// Faults of how many inputs layers take, and of what shape.

#include <string>

#include "tests/core/train/random/faults.h"
#include "tests/core/train/random/splice.h"

namespace fnn::core {
namespace {

constexpr NetworkFault kFaults[] = {
    // How many inputs, and of what shape.
    {"add of one", [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_add(); }},
    {"multiply of one", [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_multiply(); }},
    {"concat of one", [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_concat(); }},
    {"concat of 65",
     [](Dice& /*dice*/, RandomNetwork& n) {
       const std::string last = n.last;
       v1::Layer& layer = Splice(n);
       layer.mutable_concat();
       for (int i = 0; i < 64; ++i) layer.add_inputs(last);
     }},
    {"two inputs to a layer of one",
     [](Dice& /*dice*/, RandomNetwork& n) {
       const std::string last = n.last;
       v1::Layer& layer = Splice(n);
       layer.mutable_dense()->set_units(2);
       layer.add_inputs(last);
     }},
    {"add of shapes that differ",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& other = Beside(n);
       other.mutable_dense()->set_units(n.last_width + 1);
       const std::string name = other.name();
       v1::Layer& layer = Splice(n);
       layer.add_inputs(name);
       if (dice.Chance(0.5)) {
         layer.mutable_add();
       } else {
         layer.mutable_multiply();
       }
     }},
    {"combination of ranks that differ",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& other = Beside(n);
       other.mutable_reshape()->add_shape(n.last_width);
       other.mutable_reshape()->add_shape(1);
       const std::string name = other.name();
       v1::Layer& layer = Splice(n);
       layer.add_inputs(name);
       if (dice.Chance(0.5)) {
         layer.mutable_concat();
       } else {
         layer.mutable_add();
       }
     }},
    {"concat of places that differ",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& other = Beside(n);
       other.mutable_dense()->set_units(n.last_width + 1);
       const std::string dense = other.name();
       v1::Layer& line = Beside(n);
       line.set_inputs(0, dense);
       line.mutable_reshape()->add_shape(n.last_width + 1);
       line.mutable_reshape()->add_shape(1);
       const std::string name = line.name();
       SpliceLine(n);
       v1::Layer& layer = Splice(n);
       layer.add_inputs(name);
       layer.mutable_concat();
       SpliceFlatten(n);
     }},
    {"dense on a line",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceLine(n);
       Splice(n).mutable_dense()->set_units(2);
     }},
    {"dense or maxout on an image", [](Dice& /*dice*/, RandomNetwork& n) { SpliceImage(n); }},
    {"conv1d on [units]",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv1D& conv = *Splice(n).mutable_conv1d();
       conv.set_channels(1);
       conv.set_kernel(1);
     }},
    {"conv1d on an image",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceImage(n);
       v1::Conv1D& conv = *Splice(n).mutable_conv1d();
       conv.set_channels(1);
       conv.set_kernel(1);
       SpliceFlatten(n);
     }},
    {"conv2d on a line",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceLine(n);
       v1::Conv2D& conv = *Splice(n).mutable_conv2d();
       conv.set_channels(1);
       conv.add_kernel(1);
       SpliceFlatten(n);
     }},
    {"a pool over length on an image",
     [](Dice& dice, RandomNetwork& n) {
       SpliceImage(n);
       v1::Layer& layer = Splice(n);
       if (dice.Chance(0.5)) {
         layer.mutable_max_pool1d()->set_window(1);
       } else {
         layer.mutable_average_pool1d()->set_window(1);
       }
       SpliceFlatten(n);
     }},
    {"a pool over an image on a line",
     [](Dice& dice, RandomNetwork& n) {
       SpliceLine(n);
       v1::Layer& layer = Splice(n);
       if (dice.Chance(0.5)) {
         layer.mutable_max_pool2d()->add_window(1);
       } else {
         layer.mutable_average_pool2d()->add_window(1);
       }
       SpliceFlatten(n);
     }},
};

}  // namespace

std::span<const NetworkFault> ShapeFaults() { return kFaults; }

}  // namespace fnn::core
