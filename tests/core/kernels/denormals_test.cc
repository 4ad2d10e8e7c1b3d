#include "core/kernels/denormals.h"

#include <limits>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

TEST(DenormalsTest, AreFlushedOnlyInside) {
#if defined(__SSE__) || defined(__aarch64__)
  volatile float tiny = std::numeric_limits<float>::min();
  volatile float half = 0.5F;
  {
    const ScopedFlushDenormals outer;
    {
      const ScopedFlushDenormals inner;
      EXPECT_EQ(tiny * half, 0.0F);
    }
    EXPECT_EQ(tiny * half, 0.0F);
  }
  EXPECT_GT(tiny * half, 0.0F);
#endif
}

}  // namespace
}  // namespace fnn::core
