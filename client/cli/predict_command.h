#ifndef FNN_CLIENT_CLI_PREDICT_COMMAND_H_
#define FNN_CLIENT_CLI_PREDICT_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"

namespace fnn::cli {

struct PredictArgs {
  // A model or one of its versions, see ModelVersionName.
  std::string model;
  // A CSV file, or `-` for standard input.
  std::string data = "-";
  CsvArgs csv;
  // Targets are shown beside the predictions and do not go in.
  BindingArgs binding;
  // Only the first so many rows.
  std::optional<int64_t> rows;
};

// fnn predict: for each row its class and how probable it is, or the outputs.
absl::Status Predict(Context& context, const PredictArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PREDICT_COMMAND_H_
