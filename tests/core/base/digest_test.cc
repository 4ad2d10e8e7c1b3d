#include "core/base/digest.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

TEST(DigestTest, IsThatOfXxh3) {
  EXPECT_EQ(Digest({}), "99aa06d3014798d86001c324468d497f");  // XXH3-128 of nothing.
}

TEST(DigesterTest, PartsGiveTheDigestOfTheWhole) {
  std::vector<std::byte> bytes(10'000);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  for (const size_t part : {1, 3, 240, 1024, 9999, 10'000}) {
    Digester digester;
    for (size_t at = 0; at < bytes.size(); at += part) {
      digester.Update(std::span(bytes).subspan(at, std::min(part, bytes.size() - at)));
    }
    EXPECT_EQ(digester.Finish(), Digest(bytes)) << part;
  }
  EXPECT_EQ(Digester().Finish(), Digest({}));
}

}  // namespace
}  // namespace fnn::core
