// Problems for what differentiates: a network as text, with data of waves.

#ifndef FNN_TESTS_CORE_AUTODIFF_PROBLEM_H_
#define FNN_TESTS_CORE_AUTODIFF_PROBLEM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/autodiff/gradients.h"
#include "core/data/binding.h"
#include "core/plan/plan.h"

namespace fnn::core {

struct ProblemData {
  int64_t features = 3;
  int64_t classes = 0;  // 0: targets are numbers, one for each output.
  int64_t rows = 6;
  bool weighted = false;
};

// Its parameters are waves too, none of them 0.
GradientProblem MakeProblem(const std::string& network, const ProblemData& data);

// What the plan starts from, scaling measured on the data.
std::vector<float> InitialParameters(const Plan& plan, const BoundTable& data, uint64_t seed);

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_AUTODIFF_PROBLEM_H_
