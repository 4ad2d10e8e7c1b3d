#include "tests/core/train/diagnosis_trainings.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/train/job.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

constexpr int64_t kMostRows = 600;

// The last column is the class.
BoundTable Load(const std::string& name) {
  std::ifstream file(absl::StrCat(FNN_SOURCE_DIR, "/tests/data/", name));
  std::vector<float> values;
  int64_t columns = 0;
  int64_t rows = 0;
  for (std::string line; rows < kMostRows && std::getline(file, line);) {
    if (line.empty() || line.find_first_of("0123456789") != 0) continue;  // A header.
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    columns = static_cast<int64_t>(cells.size());
    for (const std::string& cell : cells) values.push_back(std::stof(cell));
    ++rows;
  }
  EXPECT_GT(rows, 100) << name;
  return MakeData(columns - 1, 1, std::move(values));
}

std::string Dense(int units, const std::string& activation, const std::string& more = "") {
  return absl::StrCat("layers { dense { units: ", units, " activation { ", activation, " {} } ",
                      more, " } } ");
}

std::string Deep(int layers, int units, const std::string& activation,
                 const std::string& more = "") {
  std::string out;
  for (int i = 0; i < layers; ++i) absl::StrAppend(&out, Dense(units, activation, more));
  return out;
}

int64_t Classes(const std::string& data) { return data.starts_with("optdigits") ? 10 : 3; }

}  // namespace

std::vector<Pathology> Pathologies() {
  const std::string digits = "optdigits.tes";
  const std::string wide = "weight_initializer { normal { standard_deviation: 3 } }";
  return {
      {v1::DIAGNOSIS_KIND_VANISHING_GRADIENT,
       {digits, Deep(8, 24, "logistic"), "epochs: 6 optimizer { sgd {} learning_rate: 0.05 }"}},
      {v1::DIAGNOSIS_KIND_EXPLODING_GRADIENT,
       {digits,
        Deep(8, 32, "leaky_relu", "weight_initializer { normal { standard_deviation: 1 } }"),
        "epochs: 6 optimizer { sgd {} learning_rate: 100 } gradient_clipping { norm: 1 }"}},
      {v1::DIAGNOSIS_KIND_DEAD_UNITS,
       {digits, Deep(2, 32, "relu"), "epochs: 6 optimizer { sgd {} learning_rate: 20 }"}},
      {v1::DIAGNOSIS_KIND_SATURATED_UNITS,
       {digits, Dense(32, "tanh", wide), "epochs: 6 optimizer { sgd {} learning_rate: 0.01 }"}},
      {v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY,
       {digits, Deep(2, 16, "tanh", "weight_initializer { zeros {} }"),
        "epochs: 6 optimizer { sgd {} learning_rate: 0.1 }"}},
      {v1::DIAGNOSIS_KIND_NO_LEARNING,
       {digits, Dense(16, "tanh", "weight_initializer { uniform { low: -1e-9 high: 1e-9 } }"),
        "epochs: 7 optimizer { sgd {} learning_rate: 0.003 } regularization { l2: 3 }"}},
      {v1::DIAGNOSIS_KIND_OVERFITTING,
       {"wine.csv", Deep(2, 64, "relu"),
        "epochs: 30 optimizer { adam {} learning_rate: 0.03 } validation_fraction: 0.85"}},
      {v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_LOW,
       {digits, Dense(32, "relu"), "epochs: 6 optimizer { sgd {} learning_rate: 1e-7 }"}},
      {v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_HIGH,
       {digits, Deep(2, 32, "leaky_relu"), "epochs: 8 optimizer { adam {} learning_rate: 1 }"}},
      // In which relu is 0 for every sample, and every step is large against weights next to 0.
      {v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY,
       {digits, Deep(2, 16, "relu", "weight_initializer { zeros {} }"),
        "epochs: 8 optimizer { sgd {} learning_rate: 0.5 }"}},
      {v1::DIAGNOSIS_KIND_DIVERGED,
       {digits, Deep(3, 32, "relu"), "epochs: 30 optimizer { sgd {} learning_rate: 1e20 }"}},
  };
}

std::vector<TrainingCase> HealthyTrainings() {
  std::vector<TrainingCase> out;
  for (const std::string data : {"iris.csv", "wine.csv", "optdigits.tes"}) {
    // Most of these networks would overfit in the end.
    const char* const validation = " validation_fraction: 0.2 early_stopping { patience: 3 }";
    for (const char* const layers : {"relu", "tanh", "swish", "gelu", "elu", "relu6"}) {
      for (const char* const optimizer :
           {"adam {}", "momentum {} learning_rate: 0.01", "sgd {} learning_rate: 0.1"}) {
        out.push_back(
            {data, Dense(32, layers) + Dense(16, layers),
             absl::StrCat("epochs: 25 batch_size: 16 optimizer { ", optimizer, " }", validation)});
      }
    }
    const std::string options = absl::StrCat("epochs: 40 batch_size: 16", validation);
    out.push_back({data, "", options});
    const std::string dropped = Dense(32, "relu") + "layers { dropout { rate: 0.5 } } ";
    out.push_back({data, dropped + dropped, "epochs: 60 batch_size: 16"});
    out.push_back({data, Dense(64, "relu") + "layers { dropout { rate: 0.3 } } ", options});
    out.push_back({data,
                   "layers { dense { units: 32 } } layers { batch_norm {} } layers { activation { "
                   "relu {} } } ",
                   options});
    out.push_back(
        {data, "layers { maxout { units: 16 pieces: 3 } } layers { dynamic_tanh {} } ", options});
    out.push_back({data, Dense(16, "logistic"),
                   "epochs: 40 batch_size: 16 optimizer { adam {} learning_rate: 0.01 }"});
    out.push_back({data, Deep(4, 24, "relu"), options});
    out.push_back({data, Dense(12, "tanh"), "epochs: 40 optimizer { lbfgs {} }"});
    out.push_back({data, Dense(12, "relu"),
                   "epochs: 60 batch_size: 100 optimizer { rmsprop {} learning_rate: 0.01 }"});
    out.push_back({data, Dense(12, "hard_tanh"),
                   "epochs: 40 batch_size: 1 optimizer { sgd {} learning_rate: 0.01 }"});
  }
  return out;
}

Recorder Train(const TrainingCase& training, uint64_t seed) {
  const int64_t classes = Classes(training.data);
  const std::string last = absl::StrCat(
      "layers { dense { units: ", classes,
      " } } inputs { scaling { standardize {} } } outputs { loss { cross_entropy {} } }");
  const v1::Network network = ParseNetwork(training.layers + last);
  const v1::TrainingOptions options = ParseOptions(absl::StrCat(training.options, " seed: ", seed));
  const auto job = TrainingJob::Prepare({.network = network,
                                         .network_path = FieldPath("network"),
                                         .options = options,
                                         .options_path = FieldPath("options"),
                                         .data = Load(training.data),
                                         .validation = std::nullopt});
  EXPECT_TRUE(job.ok()) << job.status() << training.layers << training.options;
  Recorder recorder;
  if (job.ok()) job->Run(recorder);
  return recorder;
}

std::string Describe(const Recorder& seen) {
  std::string text;
  for (const v1::Diagnosis& d : seen.diagnoses) absl::StrAppend(&text, d.ShortDebugString(), "\n");
  for (const v1::EpochReport& report : seen.epochs)
    absl::StrAppend(&text, report.train_loss(), " ");
  if (!seen.epochs.empty()) {
    for (const v1::LayerHealth& health : seen.epochs.back().health()) {
      absl::StrAppend(&text, "\n", health.ShortDebugString());
    }
  }
  return text;
}

}  // namespace fnn::core
