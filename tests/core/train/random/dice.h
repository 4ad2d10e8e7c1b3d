// What random networks are drawn with.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_DICE_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_DICE_H_

#include <cstdint>
#include <random>

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

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_DICE_H_
