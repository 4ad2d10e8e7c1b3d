#ifndef FNN_CLIENT_CLI_EVALUATE_COMMAND_H_
#define FNN_CLIENT_CLI_EVALUATE_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"

namespace fnn::cli {

struct EvaluateArgs {
  // A model or one of its versions, see ModelVersionName.
  std::string model;
  // A file is uploaded and deleted again, unless it is given an id.
  DatasetArgs data;
  BindingArgs binding;
  // Each one or several operators, see fnn/operator_form.h; none: as in training.
  std::vector<std::string> metrics;
};

// fnn evaluate: the loss, the metrics and, for classes, what each comes to and the confusion
// matrix.
absl::Status Evaluate(Context& context, const EvaluateArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_EVALUATE_COMMAND_H_
