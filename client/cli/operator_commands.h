#ifndef FNN_CLIENT_CLI_OPERATOR_COMMANDS_H_
#define FNN_CLIENT_CLI_OPERATOR_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/operator_args.h"

namespace fnn::cli {

struct OperatorListArgs {
  std::string kind;  // Empty for all.
  bool markdown = false;
};

struct OperatorShowArgs {
  std::string name;  // With arguments in parentheses where `derivative`.
  std::string kind;  // Empty for every kind that has the name.
  bool derivative = false;
};

struct OperatorPlotArgs {
  std::vector<std::string> names;
  // Every operator of the kind, or of activations, instead of `names`; those that the server can't
  // sample are left out.
  bool all = false;
  SampleArgs sample;
  std::string file = "-";
};

// fnn operator list.
absl::Status OperatorList(Context& context, const OperatorListArgs& args);

// fnn operator show. NOT_FOUND where the server has none of that name. With `derivative` only the
// activation is shown, and its formula and derivative are asked for: with a JSON format one
// document has all three.
absl::Status OperatorShow(Context& context, const OperatorShowArgs& args);

// fnn operator plot: writes an SVG, or with a JSON format the samples instead.
absl::Status OperatorPlotCommand(Context& context, const OperatorPlotArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_OPERATOR_COMMANDS_H_
