#ifndef FNN_CLIENT_CLI_OPERATOR_MARKDOWN_H_
#define FNN_CLIENT_CLI_OPERATOR_MARKDOWN_H_

#include <string>

#include "fnn/v1/analysis_service.pb.h"

namespace fnn::cli {

// The operators as Markdown, a section and a table for each kind: what docs/operators.md holds.
std::string OperatorMarkdown(const v1::ListOperatorsResponse& list);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_OPERATOR_MARKDOWN_H_
