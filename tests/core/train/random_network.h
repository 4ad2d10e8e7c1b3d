// Networks at random: valid ones over the whole contract, small enough to train thousands of them,
// and ones with a fault that is known.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_NETWORK_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_NETWORK_H_

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/data/binding.h"
#include "fnn/v1/network.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// The same numbers from the same seed on any machine.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  double Real(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1.0p-53;
  }
  bool Chance(double share) { return Real(0, 1) < share; }
  template <typename List>
  const auto& Pick(const List& list) {
    return list[Between(0, static_cast<int64_t>(list.size()) - 1)];
  }

 private:
  std::mt19937_64 engine_;
};

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

// Makes a valid network invalid. Each is to be refused at a field of the network.
struct NetworkFault {
  absl::string_view name;
  void (*put)(Dice& dice, RandomNetwork& network);
};
std::span<const NetworkFault> NetworkFaults();

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_NETWORK_H_
