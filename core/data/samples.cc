#include "core/data/samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace fnn::core {
namespace {

// How far the sum of a row of class probabilities may be from 1.
constexpr double kSumTolerance = 1e-3;

std::string At(const Table& table, int64_t row, int64_t column) {
  return absl::StrCat("row ", row, " (from 0) of column ", Echo(table.names()[column]), " is ",
                      table.at(row, column));
}

absl::Status CheckClassIndices(const BoundTable& data, int64_t classes) {
  const int64_t column = data.targets[0];
  for (int64_t r = 0; r < data.table->rows(); ++r) {
    const float value = data.table->at(r, column);
    if (value != std::trunc(value)) {
      return InvalidField(
          data.targets_path, "NOT_A_CLASS",
          absl::StrCat(At(*data.table, r, column),
                       "; a class index must be a whole number from 0 to ", classes - 1));
    }
    if (value < 0 || value >= static_cast<float>(classes)) {
      return InvalidField(data.targets_path, "OUT_OF_RANGE",
                          absl::StrCat(At(*data.table, r, column), "; a class index must be 0 to ",
                                       classes - 1, " for ", classes, " outputs"));
    }
  }
  return absl::OkStatus();
}

// What is wrong with one target, or empty.
absl::string_view TargetFault(Targets targets, float value) {
  switch (targets) {
    case Targets::kAny:
      return "";
    case Targets::kNotNegative:
      return value >= 0 ? "" : "; a target of this loss must be >= 0";
    case Targets::kUnitInterval:
    case Targets::kDistribution:
      return value >= 0 && value <= 1 ? "" : "; a target of this loss must be in [0, 1]";
    case Targets::kSigns:
      return value == 0 || value == 1 || value == -1
                 ? ""
                 : "; a target of this loss must be 0 or 1, or -1 or 1";
  }
  return "";
}

absl::Status CheckTargets(const BoundTable& data, Targets targets) {
  for (int64_t r = 0; r < data.table->rows(); ++r) {
    double sum = 0;
    for (const int64_t column : data.targets) {
      const float value = data.table->at(r, column);
      const absl::string_view fault = TargetFault(targets, value);
      if (!fault.empty()) {
        return InvalidField(data.targets_path, "OUT_OF_RANGE",
                            absl::StrCat(At(*data.table, r, column), fault));
      }
      sum += value;
    }
    if (targets == Targets::kDistribution && std::abs(sum - 1) > kSumTolerance) {
      return InvalidField(data.targets_path, "NOT_A_DISTRIBUTION",
                          absl::StrCat("the targets of row ", r, " (from 0) add up to ", sum,
                                       "; as a distribution over classes they must to 1"));
    }
  }
  return absl::OkStatus();
}

// Less is 0 to a processor that flushes denormal numbers, as it does in training.
constexpr float kLeastWeight = std::numeric_limits<float>::min();

absl::Status CheckSampleWeights(const BoundTable& data) {
  const int64_t column = *data.weight;
  bool any = false;
  for (int64_t r = 0; r < data.table->rows(); ++r) {
    const float value = data.table->at(r, column);
    if (!(value >= 0)) {
      return InvalidField(
          data.weight_path, "OUT_OF_RANGE",
          absl::StrCat(At(*data.table, r, column), "; a sample's weight must be >= 0"));
    }
    any |= value >= kLeastWeight;
  }
  if (any) return absl::OkStatus();
  return InvalidField(data.weight_path, "NO_WEIGHT",
                      absl::StrCat("all weights in column ", Echo(data.table->names()[column]),
                                   " are 0, or less than a float holds; at least one must be > 0"));
}

bool AreConsecutive(const std::vector<int64_t>& columns) {
  for (size_t i = 1; i < columns.size(); ++i) {
    if (columns[i] != columns[i - 1] + 1) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Samples> Samples::Create(const Plan& plan, BoundTable data) {
  const auto features = static_cast<int64_t>(data.features.size());
  const auto targets = static_cast<int64_t>(data.targets.size());
  const int64_t outputs = plan.output_width();
  Violations violations;
  if (features != plan.input_width()) {
    violations.Add(data.features_path, "WRONG_WIDTH",
                   absl::StrCat("the data has ", features, " feature columns, but the network's ",
                                "input takes ", plan.input_width()));
  }
  if (targets != 1 && targets != outputs) {
    violations.Add(data.targets_path, "WRONG_WIDTH",
                   absl::StrCat("the data has ", targets, " target columns, but the network has ",
                                outputs, " outputs; give one column of class indices, or one ",
                                "column for each output"));
  }
  if (!violations.empty()) return violations.ToStatus();

  Samples samples;
  samples.outputs_ = outputs;
  samples.one_hot_ = targets == 1 && outputs > 1;
  samples.classes_ = samples.one_hot_ || plan.classifies();
  absl::Status status;
  if (samples.one_hot_) {
    status = CheckClassIndices(data, outputs);
  } else if (plan.loss().targets != Targets::kAny) {
    status = CheckTargets(data, plan.loss().targets);
  }
  if (status.ok() && data.weight.has_value()) status = CheckSampleWeights(data);
  if (!status.ok()) return status;
  samples.order_ = Permutation(data.table->rows());
  samples.count_ = data.table->rows();
  samples.consecutive_ = AreConsecutive(data.features);
  samples.data_ = std::move(data);
  return samples;
}

Samples Samples::Subset(const Permutation& order, int64_t begin, int64_t count) const {
  Samples out = *this;
  out.order_ = order;
  out.begin_ = begin;
  out.count_ = count;
  return out;
}

}  // namespace fnn::core
