#include "server/store/model_file.h"

#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/server/store/trained.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

std::string Payload(const core::Network& network, const v1::ModelVersion& version = {}) {
  ModelFilePayload payload(version, network);
  std::string out;
  for (std::string part; payload.Next(part);) out += part;
  EXPECT_EQ(payload.size(), out.size());
  return out;
}

class ModelFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<ModelFile> Read(const std::string& bytes) {
    core::MemorySource source(bytes);
    return ReadModelFile(source, bytes.size(), core::FieldPath("data"),
                         [this](int64_t n) { return budget_.Reserve(n); });
  }
  // `bytes` with the header that `change` makes of its own.
  template <typename Change>
  std::string WithHeader(const std::string& bytes, const Change& change) {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    storage::v1::ModelFileHeader header;
    EXPECT_TRUE(header.ParseFromString(bytes.substr(sizeof(length), length)));
    change(header);
    const std::string changed = header.SerializeAsString();
    const uint64_t size = changed.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + changed +
           bytes.substr(sizeof(length) + length);
  }

  MemoryBudget budget_{10 << 20};
};

TEST_F(ModelFileTest, GivesBackWhatWasWritten) {
  // Several parts: more than a mebibyte of parameters.
  const core::Network network = Trained(3, 7, 100'000);
  v1::ModelVersion version;
  version.set_name("models/a/versions/3");
  version.add_aliases("best");
  version.mutable_provenance()->set_dataset("datasets/d");
  const absl::StatusOr<ModelFile> file = Read(Payload(network, version));
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->network.parameters(), network.parameters());
  EXPECT_EQ(file->network.plan().network().SerializeAsString(),
            network.plan().network().SerializeAsString());
  const std::vector<float> x = {0.25F, -1, 3};
  EXPECT_EQ(file->network.Predict(x), network.Predict(x));
  EXPECT_EQ(file->version.name(), version.name());
  EXPECT_EQ(file->version.provenance().dataset(), "datasets/d");
  EXPECT_EQ(file->version.aliases_size(), 0);
  EXPECT_EQ(file->version.epoch().parameter_digest(), DigestOf(network));
  EXPECT_GE(file->memory.bytes(), network.memory_bytes());
}

TEST_F(ModelFileTest, EveryTruncationIsRefused) {
  const std::string bytes = Payload(Trained());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(Read(bytes.substr(0, size)), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
  EXPECT_THAT(Read(bytes + '\0'), HasReason("INVALID_MODEL_FILE"));
}

// Without the checksum of the file around it: a flip gives an error or, where it does not matter
// (in what is said of the version, say), the same parameters. Nothing else.
TEST_F(ModelFileTest, NoFlipChangesParameters) {
  const core::Network network = Trained();
  const std::string bytes = Payload(network);
  int refused = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const absl::StatusOr<ModelFile> file = Read(flipped);
    if (!file.ok()) {
      EXPECT_TRUE(absl::IsInvalidArgument(file.status()) ||
                  absl::IsResourceExhausted(file.status()))
          << file.status();
      ++refused;
    } else {
      EXPECT_EQ(file->network.parameters(), network.parameters());
    }
  }
  EXPECT_GT(refused, static_cast<int>(17 * sizeof(float) * 8));
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(ModelFileTest, RefusesWhatItDoesNotKnow) {
  const std::string bytes = Payload(Trained());
  EXPECT_THAT(Read(WithHeader(bytes, [](auto& header) { header.set_format(2); })),
              HasReason("MODEL_FILE_FORMAT"));
  EXPECT_THAT(Read(WithHeader(bytes, [](auto& header) { header.set_parameter_count(1); })),
              HasReason("INVALID_MODEL_FILE"));
  EXPECT_THAT(Read(WithHeader(bytes, [](auto& header) { header.set_parameter_digest("00"); })),
              HasReason("INVALID_MODEL_FILE"));
  EXPECT_THAT(
      Read(WithHeader(
          bytes, [](auto& header) { header.mutable_network()->mutable_inputs(0)->clear_shape(); })),
      StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(
      Read(WithHeader(bytes,
                      [](auto& header) {
                        header.mutable_network()->mutable_layers(0)->mutable_dense()->set_units(-1);
                      })),
      HasViolation("data.network.layers[0].dense.units"));
  // A network of terabytes, in a file of some hundred bytes.
  EXPECT_THAT(
      Read(WithHeader(
          bytes,
          [](auto& header) {
            header.mutable_network()->mutable_layers(0)->mutable_dense()->set_units(1 << 24);
            header.mutable_network()->mutable_layers(1)->mutable_dense()->set_units(1 << 24);
          })),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ModelFileTest, RefusesParametersThatAreNoNumbers) {
  auto plan = Trained().plan();
  std::vector<float> parameters = Trained().parameters();
  parameters[3] = std::numeric_limits<float>::quiet_NaN();
  auto shared = core::Plan::Compile(plan.network(), std::nullopt, core::FieldPath());
  ASSERT_THAT(shared, IsOk());
  const auto read = Read(Payload(core::Network(*shared, parameters)));
  EXPECT_THAT(read, HasReason("INVALID_MODEL_FILE"));
  EXPECT_TRUE(absl::StrContains(read.status().message(), "not finite")) << read.status();
}

TEST_F(ModelFileTest, TakesNoMoreThanThereIs) {
  const std::string bytes = Payload(Trained(3, 7, 100'000));
  MemoryBudget little(100'000);
  core::MemorySource source(bytes);
  EXPECT_THAT(ReadModelFile(source, bytes.size(), core::FieldPath("data"),
                            [&](int64_t n) { return little.Reserve(n); }),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(little.free(), little.total());
}

}  // namespace
}  // namespace fnn::server
