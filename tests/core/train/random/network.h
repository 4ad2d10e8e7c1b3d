// Networks at random: valid ones over the whole contract, small enough to train thousands of them.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_NETWORK_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_NETWORK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/binding.h"
#include "fnn/v1/network.pb.h"
#include "fnn/v1/training.pb.h"
#include "tests/core/train/random/dice.h"

namespace fnn::core {

// A network, and what it takes to train it for two steps.
struct RandomNetwork {
  v1::Network network;  // Every layer has a name and says its inputs, and the output its layer.
  v1::TrainingOptions options;
  BoundTable data;
  std::vector<float> features;  // [rows, columns]
  // What the output's layer takes, and how wide that is: where faults are put in.
  std::string last;
  int64_t last_width = 0;
};

// A valid one. What it computes stays finite: nothing grows without a bound before it is squashed.
RandomNetwork DrawNetwork(uint64_t seed);

// Leaves away some of what follows by default: names, inputs, the output's layer.
void Shorten(Dice& dice, v1::Network& network);

// What layers call the input.
std::string InputName(const v1::Network& network);

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_NETWORK_H_
