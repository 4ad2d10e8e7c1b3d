#include "core/base/errors.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/saturating.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(FieldPathTest, JoinsFieldsAndIndices) {
  EXPECT_EQ(FieldPath().str(), "");
  EXPECT_EQ((FieldPath() / "spec" / "layers")[2].str(), "spec.layers[2]");
  EXPECT_EQ((FieldPath("spec.network") / "layers")[10].str(), "spec.network.layers[10]");
}

TEST(EchoTest, QuotesAndEscapes) {
  EXPECT_EQ(Echo(""), "\"\"");
  EXPECT_EQ(Echo("abc ~"), "\"abc ~\"");
  EXPECT_EQ(Echo("a\"b\\c\n"), "\"a\\x22b\\x5cc\\x0a\"");
  EXPECT_EQ(Echo("\xc3\xa9\x7f"), "\"\\xc3\\xa9\\x7f\"");
  EXPECT_EQ(Echo(absl::string_view("\0", 1)), "\"\\x00\"");
}

TEST(EchoTest, CutsAt64Characters) {
  EXPECT_EQ(Echo(std::string(64, 'a')), absl::StrCat("\"", std::string(64, 'a'), "\""));
  EXPECT_EQ(Echo(std::string(65, 'a')),
            absl::StrCat("\"", std::string(64, 'a'), "\"... (65 characters)"));
}

TEST(ViolationsTest, EmptyIsOk) { EXPECT_TRUE(Violations().ToStatus().ok()); }

TEST(ViolationsTest, CarryPathReasonAndDescription) {
  Violations violations;
  violations.Add(FieldPath("a.b"), "OUT_OF_RANGE", "must be 1");
  violations.Add(FieldPath("c"), "REQUIRED", "must be given");
  EXPECT_FALSE(violations.empty());
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a.b: must be 1 (and 1 more)");
  EXPECT_EQ(Reason(status), "OUT_OF_RANGE");
  EXPECT_THAT(Faults(status), ElementsAre("a.b OUT_OF_RANGE", "c REQUIRED"));
  EXPECT_EQ(Descriptions(status), "must be 1\nmust be given\n");
}

TEST(ViolationsTest, KeepTheFirst16AndCountTheRest) {
  Violations violations;
  for (int i = 0; i < 100'000; ++i) violations.Add(FieldPath("f")[i], "BAD", "is bad");
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(Faults(status), SizeIs(16));
  EXPECT_THAT(std::string(status.message()), HasSubstr("(and 99999 more)"));
}

TEST(ViolationsTest, StayUnder4KiBHoweverLongEachIs) {
  for (const size_t length : {1, 50, 100, 200, 400, 1000, 100'000}) {
    Violations violations;
    for (int i = 0; i < 100; ++i) {
      violations.Add(FieldPath("spec.network.layers")[i] / "name", "INVALID_NAME",
                     absl::StrCat(i, Echo(std::string(length, '\x01')), std::string(length, 'd')));
    }
    const absl::Status status = violations.ToStatus();
    EXPECT_LT(SizeOnTheWire(status), 4096u) << length;
    const auto faults = Faults(status);
    ASSERT_FALSE(faults.empty());
    EXPECT_LE(faults.size(), Violations::kMost);
    EXPECT_EQ(faults.front(), "spec.network.layers[0].name INVALID_NAME");
    EXPECT_THAT(std::string(status.message()), HasSubstr("(and 99 more)"));
  }
}

TEST(InvalidFieldTest, IsOneViolation) {
  const absl::Status status = InvalidField(FieldPath("x"), "EMPTY", "must not be");
  EXPECT_THAT(Faults(status), ElementsAre("x EMPTY"));
  EXPECT_EQ(status.message(), "x: must not be");
}

google::rpc::ResourceInfo Resource(const absl::Status& status) {
  google::rpc::ResourceInfo info;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.ResourceInfo");
  EXPECT_TRUE(payload.has_value());
  // Fails where a name was cut inside a character: a proto3 string is UTF-8.
  if (payload.has_value()) {
    EXPECT_TRUE(info.ParseFromString(std::string(*payload)));
  }
  return info;
}

TEST(ResourceErrorTest, NamesTypeAndName) {
  const absl::Status missing = NotFound("fnn.v1.Model", "models/a");
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(missing.message(), "there is no model \"models/a\"");
  EXPECT_EQ(Reason(missing), "MODEL_NOT_FOUND");
  EXPECT_EQ(Resource(missing).resource_type(), "fnn.v1.Model");
  EXPECT_EQ(Resource(missing).resource_name(), "models/a");

  const absl::Status taken = AlreadyExists("fnn.v1.Dataset", "datasets/a");
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(taken), "DATASET_ALREADY_EXISTS");
}

TEST(ResourceErrorTest, LongNamesAreCutBetweenCharacters) {
  std::string name = "x";
  for (int i = 0; i < 10'000; ++i) name += "\xe2\x82\xac";  // The euro sign: three bytes.
  const absl::Status status = NotFound("fnn.v1.Run", name);
  EXPECT_LT(SizeOnTheWire(status), 4096u);
  const std::string cut = Resource(status).resource_name();
  EXPECT_EQ(cut, name.substr(0, cut.size()));
  EXPECT_EQ(cut.size(), 64u);  // 1 + 21 times 3.
  EXPECT_EQ(Resource(NotFound("fnn.v1.Run", name.substr(1))).resource_name().size(), 63u);
}

TEST(LimitExceededTest, HoldsBothNumbers) {
  const absl::Status status = LimitExceeded("MEMORY", "bytes of memory", INT64_MAX, 17);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(),
            "needs 9223372036854775807 bytes of memory, but only 17 are available");
  EXPECT_EQ(Reason(status), "MEMORY");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(
      std::string(*status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo"))));
  EXPECT_EQ(info.metadata().at("needed"), "9223372036854775807");
  EXPECT_EQ(info.metadata().at("available"), "17");
}

TEST(LimitExceededTest, NamesTheFieldToChange) {
  const absl::Status status = LimitExceeded("MEMORY", "bytes of memory", 18, 17,
                                            FieldPath("batch_size"), "take a smaller one");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(),
            "batch_size: needs 18 bytes of memory, but only 17 are available; take a smaller one");
  EXPECT_EQ(Reason(status), "MEMORY");
  EXPECT_THAT(Faults(status), ElementsAre("batch_size MEMORY"));
}

TEST(SaturatingSizeTest, StopsAtTheLargest) {
  EXPECT_EQ((SaturatingSize(3) * 4 + 5).value(), 17);
  EXPECT_FALSE((SaturatingSize(3) * 4).saturated());
  EXPECT_TRUE((SaturatingSize(INT64_MAX) + 1).saturated());
  EXPECT_TRUE((SaturatingSize(int64_t{1} << 32) * (int64_t{1} << 31)).saturated());
  EXPECT_TRUE((SaturatingSize(int64_t{1} << 62) * 4 * 4).saturated());
  EXPECT_EQ((SaturatingSize(INT64_MAX) * 0).value(), 0);
  EXPECT_EQ((SaturatingSize(int64_t{1} << 31) * (int64_t{1} << 31)).value(), int64_t{1} << 62);
}

TEST(DigestTest, IsXxh3Of128Bits) {
  // XXH3_128bits of no bytes and of 0x00, as xxhsum -H2 prints them.
  EXPECT_EQ(Digest({}), "99aa06d3014798d86001c324468d497f");
  const std::byte zero{0};
  EXPECT_EQ(Digest({&zero, 1}).size(), 32u);
  EXPECT_NE(Digest({&zero, 1}), Digest({}));
}

}  // namespace
}  // namespace fnn::core
