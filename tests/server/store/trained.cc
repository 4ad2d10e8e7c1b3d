#include "tests/server/store/trained.h"

#include <span>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "gtest/gtest.h"
#include "tests/server/requests.h"
#include "tests/status_matchers.h"

namespace fnn::server {

core::Network Trained(int64_t width, uint64_t seed, int64_t hidden) {
  auto plan = core::Plan::Compile(XorNetwork(hidden), width, core::FieldPath("network"));
  EXPECT_THAT(plan, fnn::testing::IsOk());
  std::vector<float> parameters(static_cast<size_t>((*plan)->parameter_count()));
  (*plan)->Initialize<float>(seed, parameters);
  return core::Network(*std::move(plan), parameters);
}

std::string DigestOf(const core::Network& network) {
  const std::vector<float> parameters = network.parameters();
  return core::Digest(std::as_bytes(std::span(parameters)));
}

}  // namespace fnn::server
