// The small problem that the scripts reference/*_losses.py train on: their rows, and the parameters
// that they start from.

#ifndef FNN_TESTS_CORE_TRAIN_REFERENCE_PROBLEM_H_
#define FNN_TESTS_CORE_TRAIN_REFERENCE_PROBLEM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/data/binding.h"
#include "core/ops/table.h"

namespace fnn::core {

inline constexpr int64_t kReferenceRows = 23;
inline constexpr int64_t kReferenceFeatures = 4;
inline constexpr int64_t kReferenceOutputs = 3;

// Row r: the features, then the targets as the loss takes them.
std::vector<float> ReferenceRow(const LossOp& loss, int64_t r);
int64_t ReferenceTargets(const LossOp& loss);
// All rows.
BoundTable ReferenceData(const LossOp& loss);

// Dense layers of 6, 5 and 3 units; `last` is the last one's activation, as text, or empty.
std::string ReferenceNetwork(absl::string_view loss, absl::string_view hidden,
                             absl::string_view last = "");

template <typename T>
std::vector<T> ReferenceParameters(int64_t count) {
  std::vector<T> parameters(count);
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = static_cast<T>(static_cast<int>((i * 37 + 11) % 101) - 50) / 64;
  }
  return parameters;
}

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_REFERENCE_PROBLEM_H_
