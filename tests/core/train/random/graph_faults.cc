// Faults of names, the graph and the input.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/core/train/random/faults.h"
#include "tests/core/train/random/splice.h"

namespace fnn::core {
namespace {

constexpr NetworkFault kFaults[] = {
    // Names and the graph.
    {"an input that is not there",
     [](Dice& dice, RandomNetwork& n) { AnyLayer(dice, n).set_inputs(0, "nobody"); }},
    {"an input of no name",
     [](Dice& dice, RandomNetwork& n) { AnyLayer(dice, n).set_inputs(0, ""); }},
    {"a layer that takes itself",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& layer = AnyLayer(dice, n);
       layer.set_inputs(0, layer.name());
     }},
    {"a cycle of two",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& first = Splice(n);
       first.mutable_add();
       const std::string name = first.name();
       Splice(n).mutable_activation()->mutable_tanh();
       for (v1::Layer& layer : *n.network.mutable_layers()) {
         if (layer.name() == name) layer.add_inputs(n.last);
       }
     }},
    {"a cycle that nothing comes into",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& a = *n.network.add_layers();
       a.set_name("a");
       a.add_inputs("b");
       a.mutable_flatten();
       v1::Layer& b = *n.network.add_layers();
       b.set_name("b");
       b.add_inputs("a");
       b.mutable_flatten();
     }},
    {"two layers of one name",
     [](Dice& dice, RandomNetwork& n) {
       const std::string name = AnyLayer(dice, n).name();
       v1::Layer& layer = Splice(n);
       layer.mutable_activation()->mutable_tanh();
       layer.set_name(name);
       OutputLayer(n.network).set_inputs(0, name);
     }},
    {"a layer that is called as the input",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& layer = Splice(n);
       layer.mutable_activation()->mutable_tanh();
       layer.set_name(InputName(n.network));
       OutputLayer(n.network).set_inputs(0, layer.name());
     }},
    {"a name of wrong letters",
     [](Dice& dice, RandomNetwork& n) {
       static const auto* const kNames = new std::vector<std::string>{
           "Upper", "1", "_", "with blank", "a.b", "a-b", std::string(64, 'a'), "\xc3\xa4"};
       v1::Layer& layer = Splice(n);
       layer.mutable_activation()->mutable_tanh();
       layer.set_name(dice.Pick(*kNames));
       OutputLayer(n.network).set_inputs(0, layer.name());
     }},
    {"a layer that nobody needs",
     [](Dice& /*dice*/, RandomNetwork& n) { Beside(n).mutable_dense()->set_units(2); }},
    {"two layers that nobody needs",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& first = Beside(n);
       first.mutable_activation()->mutable_tanh();
       const std::string name = first.name();
       v1::Layer& second = Beside(n);
       second.set_inputs(0, name);
       second.mutable_activation()->mutable_tanh();
     }},
    {"a layer without a kind",
     [](Dice& dice, RandomNetwork& n) { AnyLayer(dice, n).clear_kind(); }},
    {"an output that another layer takes",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& layer = Beside(n);
       layer.set_inputs(0, n.network.outputs(0).layer());
       layer.mutable_activation()->mutable_identity();
     }},
    {"an output of a layer that is not there",
     [](Dice& /*dice*/, RandomNetwork& n) { n.network.mutable_outputs(0)->set_layer("nobody"); }},
    {"no layer", [](Dice& /*dice*/, RandomNetwork& n) { n.network.clear_layers(); }},
    {"no output", [](Dice& /*dice*/, RandomNetwork& n) { n.network.clear_outputs(); }},
    {"two outputs",
     [](Dice& /*dice*/, RandomNetwork& n) { *n.network.add_outputs() = n.network.outputs(0); }},
    {"no loss",
     [](Dice& /*dice*/, RandomNetwork& n) {
       n.network.mutable_outputs(0)->mutable_loss()->clear_kind();
     }},
    {"too many class names",
     [](Dice& /*dice*/, RandomNetwork& n) {
       for (int i = 0; i < 9; ++i) {
         n.network.mutable_outputs(0)->add_class_names(absl::StrCat("more ", i));
       }
     }},
    // The input.
    {"two inputs",
     [](Dice& /*dice*/, RandomNetwork& n) {
       TheInput(n);
       n.network.add_inputs()->set_name("second");
     }},
    {"an input of four dimensions",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Input& input = TheInput(n);
       while (input.shape_size() < 4) input.add_shape(1);
     }},
    {"an input of a wrong length",
     [](Dice& dice, RandomNetwork& n) {
       v1::Input& input = TheInput(n);
       if (input.shape().empty()) input.add_shape(1);
       input.set_shape(0, WrongWidth(dice));
     }},
    {"scaling of no kind",
     [](Dice& /*dice*/, RandomNetwork& n) { TheInput(n).mutable_scaling()->clear_kind(); }},
    {"a range that is empty",
     [](Dice& dice, RandomNetwork& n) {
       v1::MinMax& range = *TheInput(n).mutable_scaling()->mutable_min_max();
       range.set_low(dice.Chance(0.5) ? 1 : 2);
       range.clear_high();  // 1.
     }},
    {"a range without an end",
     [](Dice& dice, RandomNetwork& n) {
       v1::MinMax& range = *TheInput(n).mutable_scaling()->mutable_min_max();
       if (dice.Chance(0.5)) {
         range.set_high(dice.Chance(0.5) ? kInfinity : kNan);
       } else {
         range.set_low(dice.Chance(0.5) ? -kInfinity : kNan);
       }
     }},
};

}  // namespace

std::span<const NetworkFault> GraphFaults() { return kFaults; }

}  // namespace fnn::core
