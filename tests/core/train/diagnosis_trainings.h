// Trainings on real data: some that are sick on purpose, and many that are well.

#ifndef FNN_TESTS_CORE_TRAIN_DIAGNOSIS_TRAININGS_H_
#define FNN_TESTS_CORE_TRAIN_DIAGNOSIS_TRAININGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fnn/v1/health.pb.h"
#include "tests/core/testing.h"

namespace fnn::core {

struct TrainingCase {
  std::string data;  // In tests/data.
  std::string layers;
  std::string options;
};

struct Pathology {
  v1::DiagnosisKind kind;
  TrainingCase training;
};

// One or more for each diagnosis.
std::vector<Pathology> Pathologies();
std::vector<TrainingCase> HealthyTrainings();

// Trains a classifier with standardized features.
Recorder Train(const TrainingCase& training, uint64_t seed);

// The diagnoses and the last report, to read.
std::string Describe(const Recorder& seen);

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_DIAGNOSIS_TRAININGS_H_
