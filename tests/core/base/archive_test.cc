#include "core/base/archive.h"

#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/base/errors.h"
#include "fnn/v1/training.pb.h"
#include "gtest/gtest.h"
#include "tests/core/bytes.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

// A bit of everything.
struct Thing {
  int64_t number = 0;
  double real = 0;
  bool flag = false;
  std::optional<double> perhaps;
  std::vector<float> values;
  v1::EpochReport report;

  void Visit(Archive& archive) {
    archive.Expect(7);
    archive.Value(number);
    archive.Value(real);
    archive.Value(flag);
    archive.Value(perhaps);
    archive.Vector(values, 3);
    archive.Message(report);
    archive.Seal();
  }
};

Thing Example() {
  Thing thing;
  thing.number = -5;
  thing.real = -0.0;
  thing.flag = true;
  thing.perhaps = std::numeric_limits<double>::denorm_min();
  thing.values = {1, -0.0F, std::numeric_limits<float>::infinity()};
  thing.report.set_parameter_digest(std::string(200'000, 'x'));
  return thing;
}

std::string Saved(Thing thing) {
  StringSink sink;
  Archive archive(sink);
  thing.Visit(archive);
  EXPECT_TRUE(archive.ok()) << archive.status();
  return sink.bytes;
}

TEST(ArchiveTest, LoadsWhatItSavedToTheBit) {
  const std::string bytes = Saved(Example());
  MemorySource source(bytes);
  Archive archive(source);
  Thing loaded;
  loaded.perhaps = std::nullopt;
  loaded.Visit(archive);
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_EQ(Saved(loaded), bytes);
  EXPECT_EQ(loaded.number, -5);
  EXPECT_EQ(loaded.report.parameter_digest().size(), 200'000u);
}

TEST(ArchiveTest, WhatIsNotThereIsTakenAway) {
  const std::string bytes = Saved(Thing());
  MemorySource source(bytes);
  Archive archive(source);
  Thing loaded = Example();
  loaded.Visit(archive);
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_FALSE(loaded.perhaps.has_value());
  EXPECT_TRUE(loaded.values.empty());
  EXPECT_EQ(Saved(loaded), bytes);
}

absl::Status Load(const std::string& bytes) {
  MemorySource source(bytes);
  Archive archive(source);
  Thing loaded;
  loaded.Visit(archive);
  return archive.status();
}

TEST(ArchiveTest, RefusesWhatIsDamaged) {
  Thing small = Example();
  small.report.set_parameter_digest("abc");
  const std::string bytes = Saved(small);
  ASSERT_TRUE(Load(bytes).ok());
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(Reason(Load(bytes.substr(0, i))), "INVALID_CHECKPOINT") << i;
    std::string damaged = bytes;
    for (const int bits : {1, 0x80, 0xff}) {
      damaged[i] = static_cast<char>(bytes[i] ^ bits);
      EXPECT_EQ(Reason(Load(damaged)), "INVALID_CHECKPOINT") << i;
    }
  }
}

TEST(ArchiveTest, SizesAloneAllocateNothing) {
  // A message of almost a gibibyte, of which no byte is there.
  StringSink sink;
  Archive out(sink);
  int64_t size = (int64_t{1} << 30) - 1;
  out.Value(size);
  MemorySource source(sink.bytes);
  Archive in(source);
  v1::EpochReport report;
  in.Message(report);
  EXPECT_EQ(Reason(in.status()), "INVALID_CHECKPOINT");
  MemorySource again(sink.bytes);
  Archive vector(again);
  std::vector<float> values;
  vector.Vector(values, 3);
  EXPECT_EQ(Reason(vector.status()), "INVALID_CHECKPOINT");
  EXPECT_EQ(values.capacity(), 0u);
}

class FullSink : public ByteSink {
 public:
  absl::Status Append(std::span<const std::byte> /*bytes*/) override {
    ++appended;
    return MakeError(absl::StatusCode::kResourceExhausted, "FULL", "there is no room");
  }
  int appended = 0;
};

TEST(ArchiveTest, ErrorsOfTheSinkAreFinal) {
  FullSink sink;
  Archive archive(sink);
  Example().Visit(archive);
  EXPECT_EQ(Reason(archive.status()), "FULL");
  EXPECT_EQ(sink.appended, 1);
}

}  // namespace
}  // namespace fnn::core
