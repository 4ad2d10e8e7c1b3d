#include "core/train/weights.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

using ClassNumbers = absl::flat_hash_map<absl::string_view, int64_t>;

constexpr Argument kWeight{.name = "", .default_value = 1, .min = 0};

// The names that classes go by, for an error.
std::string KnownClasses(const Plan& plan) {
  constexpr size_t kMostNames = 20;
  const std::vector<std::string>& names = plan.class_names();
  if (names.empty()) return absl::StrCat("are called \"0\" to \"", plan.class_count() - 1, "\"");
  std::vector<std::string> shown;
  for (size_t i = 0; i < std::min(names.size(), kMostNames); ++i) shown.push_back(Echo(names[i]));
  return absl::StrCat("are called ", absl::StrJoin(shown, ", "),
                      names.size() > kMostNames ? ", ..." : "");
}

// The class of that name, or -1.
int64_t FindClass(const Plan& plan, const ClassNumbers& by_name, const std::string& name) {
  if (!plan.class_names().empty()) {
    const auto at = by_name.find(name);
    return at == by_name.end() ? -1 : at->second;
  }
  int64_t index = -1;
  const bool known = absl::SimpleAtoi(name, &index) && index >= 0 && index < plan.class_count() &&
                     name == absl::StrCat(index);
  return known ? index : -1;
}

absl::StatusOr<Samples::ClassWeights> NamedWeights(const v1::ClassWeights& message,
                                                   const Plan& plan, const FieldPath& path) {
  ClassNumbers by_name;
  for (const std::string& name : plan.class_names()) {
    by_name.emplace(name, static_cast<int64_t>(by_name.size()));
  }
  Samples::ClassWeights weights;
  Violations violations;
  // In the order of names, so that errors do not depend on a map's.
  for (const auto& [name, weight] :
       std::map<std::string, double>(message.weights().begin(), message.weights().end())) {
    const FieldPath at(absl::StrCat((path / "weights").str(), "[", Echo(name), "]"));
    const int64_t c = FindClass(plan, by_name, name);
    const std::string fault = RangeFault(kWeight, weight);
    if (c < 0) {
      violations.Add(at, "UNKNOWN_CLASS",
                     absl::StrCat("is no class; the classes ", KnownClasses(plan)));
    } else if (!fault.empty()) {
      violations.Add(at, "OUT_OF_RANGE", fault);
    } else {
      weights[c] = weight;
    }
  }
  if (!violations.empty()) return violations.ToStatus();
  return weights;
}

Samples::ClassWeights BalancedWeights(const Samples& train) {
  const auto counts = train.CountClasses();
  const auto classes = static_cast<double>(counts.size());
  Samples::ClassWeights weights;
  for (const auto& [c, count] : counts) {
    weights[c] = static_cast<double>(train.rows()) / (classes * static_cast<double>(count));
  }
  return weights;
}

absl::StatusOr<Samples::ClassWeights> ClassWeightsOf(const v1::ClassWeights& message,
                                                     const Plan& plan, const FieldPath& path,
                                                     const Samples& train) {
  if (!train.classes()) {
    return InvalidField(path, "NOT_CLASSES", "make sense only where the targets are classes");
  }
  if (message.balanced() && !message.weights().empty()) {
    return InvalidField(path / "balanced", "NOT_ALLOWED",
                        "must not go with weights; drop one of the two");
  }
  if (!message.balanced() && message.weights().empty()) {
    return InvalidField(path, "REQUIRED", "must give weights, or be balanced");
  }
  if (message.balanced()) return BalancedWeights(train);
  return NamedWeights(message, plan, path);
}

}  // namespace

absl::Status CheckWeights(const Samples& samples, const FieldPath& path, absl::string_view which) {
  std::array<double, 256> weights{};
  const Permutation order(samples.rows());
  bool any = false;
  for (int64_t begin = 0; begin < samples.rows(); begin += weights.size()) {
    const int64_t rows = std::min<int64_t>(weights.size(), samples.rows() - begin);
    samples.GatherWeights(order, begin, rows, weights.data());
    for (int64_t r = 0; r < rows; ++r) {
      any |= weights[r] >= std::numeric_limits<float>::min();  // Less may be flushed to 0.
      if (weights[r] <= std::numeric_limits<float>::max()) continue;
      return InvalidField(path, "OUT_OF_RANGE",
                          absl::StrCat("a row that is ", which, " comes to weigh ", weights[r],
                                       ", more than a float holds; take smaller weights"));
    }
  }
  if (any) return absl::OkStatus();
  return InvalidField(
      path, "NO_WEIGHT",
      absl::StrCat("all rows that are ", which,
                   " weigh 0, or less than a float holds; at least one must weigh more"));
}

absl::Status ResolveWeights(const v1::TrainingOptions& options, const Plan& plan,
                            const FieldPath& path, Samples& train, Samples* validation) {
  const FieldPath at = path / "class_weights";
  if (options.has_class_weights()) {
    auto weights = ClassWeightsOf(options.class_weights(), plan, at, train);
    if (!weights.ok()) return weights.status();
    const auto shared = std::make_shared<const Samples::ClassWeights>(*std::move(weights));
    train.SetClassWeights(shared);
    if (validation != nullptr) validation->SetClassWeights(shared);
  }
  const auto check = [&at](const Samples& samples, absl::string_view which) {
    if (!samples.weighted()) return absl::OkStatus();
    return CheckWeights(samples, samples.has_sample_weights() ? samples.weight_path() : at, which);
  };
  if (absl::Status status = check(train, "trained on"); !status.ok()) return status;
  return validation == nullptr ? absl::OkStatus() : check(*validation, "validated on");
}

}  // namespace fnn::core
