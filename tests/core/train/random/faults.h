// Faults that are known, to be put into valid networks.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_FAULTS_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_FAULTS_H_

#include <span>

#include "absl/strings/string_view.h"
#include "tests/core/train/random/dice.h"
#include "tests/core/train/random/network.h"

namespace fnn::core {

// Makes a valid network invalid. Each is to be refused at a field of the network.
struct NetworkFault {
  absl::string_view name;
  void (*put)(Dice& dice, RandomNetwork& network);
};

// All of these lists, in this order.
std::span<const NetworkFault> NetworkFaults();

// Names, the graph and the input.
std::span<const NetworkFault> GraphFaults();
// How many inputs layers take, and of what shape.
std::span<const NetworkFault> ShapeFaults();
// Widths of layers, windows and their padding.
std::span<const NetworkFault> WindowFaults();
// Arguments of reshapes, activations and initialisers.
std::span<const NetworkFault> ArgumentFaults();

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_FAULTS_H_
