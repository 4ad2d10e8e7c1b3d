// Thousands of networks at random: each valid one is accepted, trains and predicts finite numbers;
// each with a fault is refused, at a field of the network. A failure prints the seed and the
// network.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "core/train/job.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/core/train/random/faults.h"
#include "tests/core/train/random/network.h"

namespace fnn::core {
namespace {

constexpr uint64_t kNetworks = 2000;

absl::StatusOr<TrainingJob> Prepare(const RandomNetwork& n) {
  return TrainingJob::Prepare({.network = n.network,
                               .network_path = FieldPath("network"),
                               .options = n.options,
                               .options_path = FieldPath("options"),
                               .data = n.data,
                               .validation = {},
                               .max_threads = 1});
}

// Counts each kind that is chosen in a message and below, as `Layer.dense`.
void CountKinds(const google::protobuf::Message& message, std::map<std::string, int>& counts) {
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    const auto* oneof = field->containing_oneof();
    if (oneof != nullptr && oneof->name() == "kind") {
      ++counts[absl::StrCat(message.GetDescriptor()->name(), ".", field->name())];
    }
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CountKinds(reflection->GetMessage(message, field), counts);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      CountKinds(reflection->GetRepeatedMessage(message, field, i), counts);
    }
  }
}

TEST(RandomNetworksTest, ValidOnesTrainAndPredict) {
  for (uint64_t seed = 0; seed < kNetworks; ++seed) {
    RandomNetwork n = DrawNetwork(seed);
    Dice dice(seed + kNetworks);
    if (dice.Chance(0.7)) Shorten(dice, n.network);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", n.network.ShortDebugString(), " ",
                              n.options.ShortDebugString()));
    const auto job = Prepare(n);
    if (!job.ok()) {
      ADD_FAILURE() << job.status();
      continue;
    }
    Recorder recorder;
    const TrainingResult result = job->Run(recorder);
    EXPECT_EQ(recorder.batches_done, 2);
    if (!result.network.has_value()) {
      ADD_FAILURE() << result.error.ShortDebugString();
      continue;
    }
    EXPECT_TRUE(std::isfinite(result.last_epoch.train_loss()));
    const std::vector<float> predictions = result.network->Predict(n.features);
    EXPECT_EQ(predictions.size(), static_cast<size_t>(n.data.table->rows()) *
                                      static_cast<size_t>(job->plan()->output_width()));
    EXPECT_TRUE(std::all_of(predictions.begin(), predictions.end(),
                            [](float y) { return std::isfinite(y); }));
  }
}

TEST(RandomNetworksTest, InvalidOnesAreRefusedAtAField) {
  const auto faults = NetworkFaults();
  for (uint64_t seed = 0; seed < kNetworks; ++seed) {
    RandomNetwork n = DrawNetwork(seed);
    const NetworkFault& fault = faults[seed % faults.size()];
    Dice dice(seed + kNetworks);
    fault.put(dice, n);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", ", fault.name, ": ", n.network.ShortDebugString()));
    const absl::Status status = Prepare(n).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    const std::vector<std::string> refused = Faults(status);
    EXPECT_TRUE(std::any_of(refused.begin(), refused.end(), [](const std::string& at) {
      return absl::StartsWith(at, "network.");
    })) << status;
  }
}

// So that the tests above say something of every kind there is.
TEST(RandomNetworksTest, DrawEveryKind) {
  std::map<std::string, int> counts;
  for (uint64_t seed = 0; seed < kNetworks; ++seed) {
    const RandomNetwork n = DrawNetwork(seed);
    CountKinds(n.network, counts);
    CountKinds(n.options, counts);
  }
  for (const auto* message :
       {v1::Layer::descriptor(), v1::Activation::descriptor(), v1::Initializer::descriptor(),
        v1::Loss::descriptor(), v1::Optimizer::descriptor(), v1::Scaling::descriptor()}) {
    const auto* kind = message->FindOneofByName("kind");
    for (int i = 0; i < kind->field_count(); ++i) {
      const std::string name = absl::StrCat(message->name(), ".", kind->field(i)->name());
      EXPECT_GE(counts[name], 10) << name;
    }
  }
}

}  // namespace
}  // namespace fnn::core
