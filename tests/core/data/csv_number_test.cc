#include "core/data/csv_number.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

// The C library rounds correctly, too.
void ExpectNearest(const std::string& text) {
  const std::optional<float> got = ParseCsvNumber(text);
  ASSERT_TRUE(got.has_value()) << text;
  EXPECT_EQ(std::bit_cast<uint32_t>(*got),
            std::bit_cast<uint32_t>(std::strtof(text.c_str(), nullptr)))
      << text;
}

TEST(CsvNumberTest, RoundsToTheNearestFloat) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = std::to_string(random() >> (random() % 64));
    text = text.substr(0, 1 + random() % text.size());
    if (random() % 4 > 0) text.insert(random() % (text.size() + 1), ".");
    if (random() % 2 == 0) text.insert(0, "-");
    ExpectNearest(text);
  }
}

// Where one more digit decides, and where two roundings would go wrong.
TEST(CsvNumberTest, RoundsRightBetweenTwoFloats) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 50'000; ++i) {
    const float low = std::ldexp(static_cast<float>(random() % (1 << 24)), -(i % 50));
    const double high = std::nextafter(low, HUGE_VALF);
    const double middle = (static_cast<double>(low) + high) / 2;
    for (const int digits : {15, 17, 18, 19}) {
      ExpectNearest(absl::StrFormat("%.*f", digits - 3, middle));
    }
    ExpectNearest(absl::StrFormat("%.17g", std::nextafter(middle, 0)));
    ExpectNearest(absl::StrFormat("%.17g", std::nextafter(middle, HUGE_VAL)));
  }
  for (const char* text : {"16777217", "16777219", "33554434", "16777217.0000000001", "0.0", "-0",
                           "9999999999999999999", "18446744073709551616", "00000000000000000001",
                           ".0000000000000000001", "0.00000000000000000000000000000000000000001"}) {
    ExpectNearest(text);
  }
}

TEST(CsvNumberTest, TellsWhatIsNoNumber) {
  for (const char* text : {"", ".", "-", "-.", "+-1", "--1", "1.2.3", "1 ", " 1", "1e", "0x10", "a",
                           "1_000", "12345678901234567890123x"}) {
    EXPECT_FALSE(ParseCsvNumber(text).has_value()) << text;
  }
  EXPECT_EQ(ParseCsvNumber("1e39"), HUGE_VALF);
  EXPECT_EQ(ParseCsvNumber("-inf"), -HUGE_VALF);
  EXPECT_TRUE(std::isnan(ParseCsvNumber("nan").value()));
}

}  // namespace
}  // namespace fnn::core
