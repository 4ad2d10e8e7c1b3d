// A mini-batch: some samples, in some order.

#ifndef FNN_CORE_DATA_BATCH_H_
#define FNN_CORE_DATA_BATCH_H_

#include <cstdint>

#include "core/data/samples.h"
#include "core/random/permutation.h"

namespace fnn::core {

// Samples order(begin) ... order(begin + rows - 1) of an epoch. What it refers to outlives it.
struct Batch {
  const Samples& samples;
  const Permutation& order;
  int64_t begin = 0;
  int64_t rows = 0;
  uint64_t seed = 0;
  int64_t epoch = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_BATCH_H_
