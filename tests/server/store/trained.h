// Trained networks for tests of what keeps them.

#ifndef FNN_TESTS_SERVER_STORE_TRAINED_H_
#define FNN_TESTS_SERVER_STORE_TRAINED_H_

#include <cstdint>
#include <string>

#include "core/network.h"

namespace fnn::server {

// XOR's network for rows of `width`, with parameters that follow from `seed`.
core::Network Trained(int64_t width = 2, uint64_t seed = 1, int64_t hidden = 4);

// What the epoch reports say of its parameters.
std::string DigestOf(const core::Network& network);

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_STORE_TRAINED_H_
