#ifndef FNN_CLIENT_CLI_TRAINING_OPTIONS_H_
#define FNN_CLIENT_CLI_TRAINING_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// How a network is trained, as the command line says it. What is not given is left to the server.
struct TrainingOptionArgs {
  // Operators, see fnn/operator_form.h; empty: the server's default.
  std::string optimizer;
  std::string schedule;
  // Each time one or several.
  std::vector<std::string> metrics;
  // Arguments of an EarlyStopping, perhaps none.
  std::optional<std::string> early_stopping;

  std::optional<double> learning_rate;
  std::optional<double> momentum;
  std::optional<int64_t> epochs;
  std::optional<int64_t> batch_size;
  std::optional<double> l1;
  std::optional<double> l2;
  std::optional<double> max_norm;
  // One at most.
  std::optional<double> clip_norm;
  std::optional<double> clip_value;
  std::optional<double> target_loss;
  std::optional<absl::Duration> max_duration;
  std::optional<double> validation_split;
  std::optional<int64_t> threads;
  uint64_t seed = 0;
  bool no_shuffle = false;
  // off, basic or detailed; empty: the server's default.
  std::string health;
  // The arguments of DiagnosisThresholds.
  std::optional<std::string> health_thresholds;
  // Each `class=weight`, or one that is `balanced`.
  std::vector<std::string> class_weights;
};

// The options that the arguments describe, but validation data. Errors are usage errors.
absl::StatusOr<v1::TrainingOptions> MakeTrainingOptions(const TrainingOptionArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_TRAINING_OPTIONS_H_
