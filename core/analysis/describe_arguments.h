// The fields of an operator's message as the arguments that a catalogue shows.

#ifndef FNN_CORE_ANALYSIS_DESCRIBE_ARGUMENTS_H_
#define FNN_CORE_ANALYSIS_DESCRIBE_ARGUMENTS_H_

#include <span>

#include "core/analysis/comments.h"
#include "core/ops/table.h"
#include "fnn/v1/operator.pb.h"

namespace fnn::core {

// Adds each field of `message` but those of a oneof, which are a choice and no arguments. Default
// and range are those of the entry of that name in `table`. Without one, or where its default is
// NaN, the default is what the comment states, or false.
void DescribeArguments(const google::protobuf::Descriptor& message, std::span<const Argument> table,
                       const Comments& comments, v1::Operator& out);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_DESCRIBE_ARGUMENTS_H_
