#include "core/data/gzip_source.h"

#include <algorithm>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;

std::unique_ptr<ByteSource> Open(absl::string_view bytes) {
  return GzipSource::Create(bytes, FieldPath("upload")).value();
}

// The next `size` bytes, or fewer at the end.
std::string Next(ByteSource& source, size_t size) {
  std::string out(size, '\0');
  const auto read = source.Read(std::as_writable_bytes(std::span(out)));
  EXPECT_THAT(read, IsOk());
  out.resize(read.value_or(0));
  return out;
}

std::string Text(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i % 251);
  return text;
}

TEST(GzipSourceTest, GivesTheContentsOfAllMembersInAnyPortions) {
  const std::string text = Text(100'000);
  const std::string bytes = Gzip(text.substr(0, 7)) + Gzip("") + Gzip(text.substr(7)) + Gzip("");
  for (const size_t part : {size_t{1}, size_t{7}, size_t{4096}, text.size(), text.size() + 1}) {
    const auto source = Open(bytes);
    std::string all;
    for (std::string next; !(next = Next(*source, part)).empty();) all += next;
    EXPECT_TRUE(all == text) << part;
    EXPECT_EQ(Next(*source, 1), "");
  }
}

TEST(GzipSourceTest, ACloneGoesOnFromTheSamePlace) {
  const std::string text = Text(50'000);
  const std::string bytes = Gzip(text.substr(0, 30'000)) + Gzip(text.substr(30'000));
  for (const size_t at : {size_t{0}, size_t{1}, size_t{29'999}, size_t{30'000}, size_t{50'000}}) {
    const auto source = Open(bytes);
    Next(*source, at);
    const auto clone = source->Clone().value();
    EXPECT_TRUE(Next(*clone, text.size()) == text.substr(at)) << at;
    EXPECT_TRUE(Next(*source, text.size()) == text.substr(at)) << at;
  }
}

TEST(GzipSourceTest, EveryCutIsNoticed) {
  const std::string bytes = Gzip("some text") + Gzip("and more");
  const size_t member = Gzip("some text").size();
  for (size_t size = 0; size < bytes.size(); ++size) {
    if (size == 0 || size == member) continue;
    std::string out(100, '\0');
    const auto source = Open(absl::string_view(bytes).substr(0, size));
    EXPECT_THAT(source->Read(std::as_writable_bytes(std::span(out))), HasReason("BAD_GZIP"))
        << size;
  }
}

TEST(GzipSourceTest, KnowsItsOwn) {
  EXPECT_TRUE(IsGzip(Gzip("")));
  EXPECT_FALSE(IsGzip(""));
  EXPECT_FALSE(IsGzip("\x1f"));
  EXPECT_FALSE(IsGzip("1,2"));
}

}  // namespace
}  // namespace fnn::core
