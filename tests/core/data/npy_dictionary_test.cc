#include "core/data/npy_dictionary.h"

#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NpyDictionaryTest, ReadsWhatNumPyAndOthersWrite) {
  for (const char* text : {
           "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4), }        \n",
           "{'shape': (3, 4), 'fortran_order': True, 'descr': '<f4'}",
           " { \"descr\" : \"<f4\" ,\"fortran_order\":True,\"shape\":( 3 ,4, ) } ",
           "{'descr': '<f4', 'fortran_order': True, 'shape': (3L, 4L)}",
       }) {
    const auto read = ParseNpyDictionary(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(read->type, "<f4");
    EXPECT_TRUE(read->fortran_order);
    EXPECT_THAT(read->shape, ElementsAre(3, 4));
  }
}

TEST(NpyDictionaryTest, ReadsEveryShape) {
  const auto shape = [](const std::string& text) {
    return ParseNpyDictionary("{'descr': '|u1', 'fortran_order': False, 'shape': " + text + "}")
        .value()
        .shape;
  };
  EXPECT_THAT(shape("()"), IsEmpty());
  EXPECT_THAT(shape("(7,)"), ElementsAre(7));
  EXPECT_THAT(shape("(0, 9223372036854775806)"), ElementsAre(0, INT64_MAX - 1));
  EXPECT_THAT(shape("(99999999999999999999999999,)"), ElementsAre(INT64_MAX));
}

TEST(NpyDictionaryTest, AStructuredTypeHasNoName) {
  const auto read = ParseNpyDictionary("{'descr': [('a', '<f4')], 'fortran_order': False}");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->type, "");
}

TEST(NpyDictionaryTest, TakesNoOtherPython) {
  for (const char* text : {"", "{", "{}", "{'descr': '<f4', 'fortran_order': false, 'shape': ()}",
                           "{'descr': '', 'fortran_order': False, 'shape': ()}",
                           "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
                           "{'descr': '<f4 'fortran_order': False, 'shape': ()}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': ()}}"}) {
    EXPECT_FALSE(ParseNpyDictionary(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace fnn::core
