#ifndef FNN_CLIENT_CLI_OPERATOR_FLAG_H_
#define FNN_CLIENT_CLI_OPERATOR_FLAG_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// Operators that flags take, such as `--optimizer 'adam(beta1=0.8)'`, see fnn/operator_form.h. What
// can't be read is a usage error that names the flag.

// Into the oneof `kind` of `message`.
absl::Status ReadOperator(absl::string_view flag, const std::string& text,
                          google::protobuf::Message& message);

// Arguments without an operator, such as `patience=5,restore_best`.
absl::Status ReadArguments(absl::string_view flag, const std::string& text,
                           google::protobuf::Message& message);

// The metrics of --metric, given once or several times, each time one or several with commas
// between them.
absl::StatusOr<std::vector<v1::Metric>> ReadMetrics(const std::vector<std::string>& texts);

// For the help of a flag: the names of the operators of a message, `a, b or c`, and that they take
// arguments.
std::string OperatorHelp(const google::protobuf::Descriptor& type);
// `a, b or c`; `names` has at least one.
std::string JoinWithOr(const std::vector<std::string>& names);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_OPERATOR_FLAG_H_
