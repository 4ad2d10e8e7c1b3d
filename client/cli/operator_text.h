#ifndef FNN_CLIENT_CLI_OPERATOR_TEXT_H_
#define FNN_CLIENT_CLI_OPERATOR_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "fnn/v1/operator.pb.h"

namespace fnn::cli {

// What an operator is, for people.

// What is particular to its kind, as names and values such as `takes logits`, `yes`.
std::vector<std::pair<std::string, std::string>> OperatorFacts(const v1::Operator& entry);

// What an argument holds: `double`, `enum`, `fnn.v1.Initializer`, `integers`.
std::string ArgumentTypeText(const v1::OperatorArgument& argument);

// Its range as an interval: `[0, 1)`, `> 0`; an enum's values; empty where nothing is said.
std::string ArgumentRangeText(const v1::OperatorArgument& argument);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_OPERATOR_TEXT_H_
