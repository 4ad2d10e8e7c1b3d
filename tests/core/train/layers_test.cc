// The trainer against PyTorch (reference/layers.py): small networks of every kind of layer, from
// given parameters, epoch by epoch. Losses, the parameters at the end and predictions are compared.
//
// Errors are ||ours - PyTorch's|| / ||PyTorch's|| of what is compared: a block, the losses, the
// predictions. Double is held to 1e-9: what two orders of summation and the file's 12 digits leave.
// Float is held to 1e-5 of PyTorch's float64; the median of the cases is 1.7e-7, which is what
// PyTorch's own float32 is from it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/data/samples.h"
#include "core/network.h"
#include "core/plan/arguments.h"
#include "core/train/trainer.h"
#include "fnn/v1/layer.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

constexpr double kDoubleTolerance = 1e-9;
constexpr double kFloatTolerance = 1e-5;
// A norm counts as at least this, so that what should be 0 may be nearly so.
constexpr double kSmall = 1e-3;

// A parameter block of a case.
struct Block {
  std::string name;  // `{layer}.{block}`.
  std::string shape;
  std::optional<double> start;  // Where it does not follow from a draw or from the data.
  int64_t offset = 0;
  int64_t size = 1;
};

// A line of the file.
struct Case {
  std::string name;
  v1::Network network;
  v1::TrainingOptions options;
  BoundTable data;
  std::vector<float> features;  // [rows, columns]
  std::vector<Block> blocks;
  std::vector<double> start;                       // Parameters.
  std::vector<double> train_loss, regularization;  // From epoch 0 on.
  std::vector<double> parameters, predictions;     // At the end.
};

std::vector<Block> ReadBlocks(const std::string& cell) {
  std::vector<Block> out;
  int64_t offset = 0;
  const std::vector<std::string> parts = absl::StrSplit(cell, ' ', absl::SkipEmpty());
  for (const std::string& part : parts) {
    Block& block = out.emplace_back();
    const std::vector<std::string> sides = absl::StrSplit(part, '=');
    if (sides.size() > 1) block.start = Numbers(sides[1]).at(0);
    const std::vector<std::string> name_and_shape = absl::StrSplit(sides.at(0), ':');
    block.name = name_and_shape.at(0);
    block.shape = name_and_shape.at(1);
    const std::vector<std::string> shape = absl::StrSplit(block.shape, 'x');
    for (const std::string& length : shape) block.size *= std::stoll(length);
    block.offset = offset;
    offset += block.size;
  }
  return out;
}

Case ReadCase(const std::vector<std::string>& row) {
  Case out;
  out.name = row.at(0);
  out.network = ParseNetwork(row.at(1));
  out.options = ParseOptions(row.at(2));
  const std::vector<std::string> features = absl::StrSplit(row.at(3), ';');
  const std::vector<std::string> targets = absl::StrSplit(row.at(4), ';');
  std::vector<float> table;
  const auto add = [](const std::string& eighths, std::vector<float>& to) {
    for (const double x : Numbers(eighths)) to.push_back(static_cast<float>(x / 8));
  };
  for (size_t r = 0; r < features.size(); ++r) {
    add(features[r], out.features);
    add(features[r], table);
    add(targets.at(r), table);
  }
  out.data = MakeData(static_cast<int64_t>(Numbers(features[0]).size()),
                      static_cast<int64_t>(Numbers(targets[0]).size()), std::move(table));
  out.blocks = ReadBlocks(row.at(5));
  for (const double x : Numbers(row.at(6))) out.start.push_back(x / 256);
  out.train_loss = Numbers(row.at(7));
  out.regularization = Numbers(row.at(8));
  out.parameters = Numbers(row.at(9));
  out.predictions = Numbers(row.at(10));
  return out;
}

const std::vector<Case>& Cases() {
  static const auto* const cases = [] {
    auto* const out = new std::vector<Case>();
    for (const auto& row : ReadReference("layers.csv")) out->push_back(ReadCase(row));
    return out;
  }();
  return *cases;
}

// ||got - expected|| / ||expected||; NaN where a value is.
template <typename T>
double RelativeError(std::span<const T> got, std::span<const double> expected) {
  if (got.size() != expected.size()) return std::nan("");
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    difference = std::hypot(difference, static_cast<double>(got[i]) - expected[i]);
    norm = std::hypot(norm, expected[i]);
  }
  return difference / std::max(norm, kSmall);
}

// A case made ready to be trained; nothing, and a failure, where the engine refuses it.
struct Prepared {
  std::shared_ptr<const Plan> plan;
  Samples samples;
  ResolvedOptions options;
};

std::optional<Prepared> Prepare(const Case& c) {
  Prepared out;
  auto plan =
      Plan::Compile(c.network, static_cast<int64_t>(c.data.features.size()), FieldPath("network"));
  if (!plan.ok()) {
    ADD_FAILURE() << plan.status();
    return std::nullopt;
  }
  auto samples = Samples::Create(**plan, c.data);
  if (!samples.ok()) {
    ADD_FAILURE() << samples.status();
    return std::nullopt;
  }
  auto options =
      ResolveOptions(c.options, samples->rows(), samples->classes(), FieldPath("options"));
  if (!options.ok()) {
    ADD_FAILURE() << options.status();
    return std::nullopt;
  }
  out.plan = *std::move(plan);
  out.samples = *std::move(samples);
  out.options = *std::move(options);

  std::vector<std::string> expected;
  for (const Block& block : c.blocks) {
    expected.push_back(absl::StrCat(block.name, ":", block.shape));
  }
  std::vector<std::string> got;
  for (const ParameterBlock& block : out.plan->parameters()) {
    got.push_back(absl::StrCat(block.name, ":", absl::StrJoin(block.shape, "x")));
  }
  EXPECT_EQ(got, expected) << "the order of the parameters";
  if (got != expected) return std::nullopt;
  return out;
}

// The parameters of a training, in the plan's logical order.
std::vector<double> ParametersOf(Trainer<double>& trainer) {
  const double* const values = trainer.training().parameters();
  return {values, values + trainer.compiled()->parameter_count()};
}
std::vector<float> ParametersOf(Trainer<float>& trainer) {
  std::vector<float> out(trainer.compiled()->plan().parameter_count());
  trainer.compiled()->ReadAll(trainer.training().parameters(), out);
  return out;
}

// What a training's network predicts for its samples.
template <typename T>
std::vector<T> Predictions(Trainer<T>& trainer, const Prepared& prepared, Team& team) {
  const int64_t rows = prepared.samples.rows();
  const int64_t values = rows * prepared.samples.outputs();
  std::vector<T> predictions(values);
  std::vector<T> targets(values);
  std::vector<T> losses(rows);
  typename EngineOf<T>::Inference inference(trainer.compiled(), 1, rows);
  inference.Measure(trainer.training().parameters(), prepared.samples, 0, rows, team,
                    predictions.data(), targets.data(), losses.data());
  return predictions;
}

// Trains the case and compares. Gives the worst error.
template <typename T>
double ExpectEqual(const Case& c, double tolerance) {
  SCOPED_TRACE(absl::StrCat(c.name, ": ", c.network.ShortDebugString()));
  const std::optional<Prepared> prepared = Prepare(c);
  if (!prepared.has_value()) return 0;
  SoloTeam team;
  Trainer<T> trainer(prepared->plan, prepared->options, prepared->samples, nullptr, team);
  std::vector<T> start;
  for (const double x : c.start) start.push_back(static_cast<T>(x));
  trainer.SetParameters(start);
  EXPECT_EQ(ParametersOf(trainer), start);
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);

  double worst = 0;
  const auto expect = [&]<typename U>(std::span<const U> got, std::span<const double> expected,
                                      const std::string& what) {
    const double error = RelativeError(got, expected);
    EXPECT_LE(error, tolerance) << what;
    worst = std::max(worst, error);
  };
  std::vector<double> train_loss;
  std::vector<double> regularization;
  for (const v1::EpochReport& report : recorder.epochs) {
    train_loss.push_back(report.train_loss());
    regularization.push_back(report.regularization());
  }
  expect(std::span<const double>(train_loss), c.train_loss, "training loss");
  expect(std::span<const double>(regularization), c.regularization, "regularization");
  const std::vector<T> parameters = ParametersOf(trainer);
  for (const Block& block : c.blocks) {
    expect(std::span<const T>(parameters).subspan(block.offset, block.size),
           std::span(c.parameters).subspan(block.offset, block.size), block.name);
  }
  expect(std::span<const T>(Predictions(trainer, *prepared, team)), c.predictions, "predictions");
  if constexpr (std::is_same_v<T, float>) {
    // What is published predicts the same.
    const Network network(trainer.compiled(), trainer.training().TakeParameters());
    expect(std::span<const float>(network.Predict(c.features)), c.predictions, "Predict");
  }
  return worst;
}

template <typename T>
double ExpectAllEqual(double tolerance) {
  double worst = 0;
  for (const Case& c : Cases()) worst = std::max(worst, ExpectEqual<T>(c, tolerance));
  return worst;
}

TEST(LayersReferenceTest, DoubleEqualsPyTorch) {
  RecordProperty("worst_relative_error", absl::StrCat(ExpectAllEqual<double>(kDoubleTolerance)));
}

TEST(LayersReferenceTest, FloatEqualsPyTorch) {
  RecordProperty("worst_relative_error", absl::StrCat(ExpectAllEqual<float>(kFloatTolerance)));
}

// Blocks that are not drawn start where the contract says, and those of scaling follow from the
// rows.
TEST(LayersReferenceTest, ParametersStartAsTheContractSays) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    const std::optional<Prepared> prepared = Prepare(c);
    if (!prepared.has_value()) continue;
    SoloTeam team;
    Trainer<double> trainer(prepared->plan, prepared->options, prepared->samples, nullptr, team);
    trainer.Draw();
    const std::vector<double> parameters = ParametersOf(trainer);
    for (const Block& block : c.blocks) {
      const bool of_data = absl::EndsWith(block.name, ".shift") ||  //
                           absl::EndsWith(block.name, ".scale");
      if (!block.start.has_value() && !of_data) continue;
      for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
        const double expected = of_data ? c.start[i] : *block.start;
        EXPECT_TRUE(Near(parameters[i], expected, kDoubleTolerance, 0))
            << block.name << "[" << i - block.offset << "]: " << parameters[i] << ", not "
            << expected;
      }
    }
  }
}

// A new kind of layer must be in the script. Dropout cannot be: its draws are ours alone.
TEST(LayersReferenceTest, CoversEveryKindOfLayer) {
  std::set<std::string> seen = {"dropout"};
  for (const Case& c : Cases()) {
    for (const v1::Layer& layer : c.network.layers()) seen.insert(ChosenKind(layer)->name());
  }
  const auto* kind = v1::Layer::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kind->field_count(); ++i) {
    EXPECT_TRUE(seen.contains(kind->field(i)->name())) << kind->field(i)->name();
  }
}

}  // namespace
}  // namespace fnn::core
