// Back-propagation with a fault planted in it: what verification is there to catch.

#ifndef FNN_TESTS_CORE_AUTODIFF_FAULTS_H_
#define FNN_TESTS_CORE_AUTODIFF_FAULTS_H_

#include <functional>
#include <string>
#include <vector>

#include "core/autodiff/gradients.h"
#include "tests/core/autodiff/problem.h"

namespace fnn::core {

struct PlantedFault {
  std::string name;
  std::string network;
  ProblemData data;
  // The gradient by back-propagation with the fault.
  std::function<std::vector<double>(const GradientProblem&)> gradient;
  double l2 = 0;
};

std::vector<PlantedFault> PlantedFaults();

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_AUTODIFF_FAULTS_H_
