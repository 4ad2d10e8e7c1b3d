#include "tests/core/train/reference_problem.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "tests/core/testing.h"

namespace fnn::core {

std::vector<float> ReferenceRow(const LossOp& loss, int64_t r) {
  std::vector<float> row;
  for (int64_t c = 0; c < kReferenceFeatures; ++c) {
    row.push_back(static_cast<float>((r * 31 + c * 17) % 23 - 11) / 8);
  }
  if (loss.targets == Targets::kDistribution) {
    row.push_back(static_cast<float>((r * r + r / 3) % kReferenceOutputs));
    return row;
  }
  for (int64_t c = 0; c < kReferenceOutputs; ++c) {
    const int64_t fifth = (r * 3 + c * 5) % 5;
    row.push_back(loss.targets == Targets::kAny ? static_cast<float>((r * 5 + c * 3) % 9 - 4) / 4
                  : loss.targets == Targets::kSigns ? static_cast<float>(fifth > 1 ? 1 : -1)
                                                    : static_cast<float>(fifth) / 4);
  }
  return row;
}

int64_t ReferenceTargets(const LossOp& loss) {
  return loss.targets == Targets::kDistribution ? 1 : kReferenceOutputs;
}

BoundTable ReferenceData(const LossOp& loss) {
  std::vector<float> values;
  for (int64_t r = 0; r < kReferenceRows; ++r) {
    const std::vector<float> row = ReferenceRow(loss, r);
    values.insert(values.end(), row.begin(), row.end());
  }
  return MakeData(kReferenceFeatures, ReferenceTargets(loss), std::move(values));
}

std::string ReferenceNetwork(absl::string_view loss, absl::string_view hidden,
                             absl::string_view last) {
  return absl::StrFormat(
      "layers { dense { units: 6 activation { %s {} } } } layers { dense { units: 5 activation { "
      "%s {} } } } layers { dense { units: 3 %s } } outputs { loss { %s {} } }",
      hidden, hidden, last, loss);
}

}  // namespace fnn::core
