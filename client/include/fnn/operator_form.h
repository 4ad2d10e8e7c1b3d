// Operators in a few words, as in the short form of networks (fnn/short_form.h):
//
//   fnn::v1::Optimizer optimizer;
//   absl::Status status = fnn::ParseOperator("adam(beta1=0.8, learning_rate=0.01)", optimizer);
//
// An operator is one of the fields of a message's oneof `kind`, as in Activation, Loss, Metric,
// Optimizer, Schedule, Scaling and Initializer; or one of the short names sigmoid, mse, mae and
// rmse. In parentheses stand its arguments, with commas between them. Each is a field of its
// message, or of the message with the oneof, such as Schedule.per_step:
//
//   gamma=0.2            a number
//   kernel=3x5           a list of numbers
//   padding=same         a value of an enum; `same` alone says the same
//   regularized          a truth value that is true; else regularized=false
//   metric=f1(micro)     an operator
//   [[1, 2.5], [3, 4]]   a tensor, as of given; values=[[1, 2.5], [3, 4]] says the same
//   warm_up(length=5)    a message without a `kind`; warm_up alone has its defaults
//
// Numbers without names are the fields that hold numbers, in the order of the field numbers:
// `conv2d(16, 3x3)`. Spaces are allowed between any two parts.

#ifndef FNN_OPERATOR_FORM_H_
#define FNN_OPERATOR_FORM_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace fnn {

// Sets the oneof `kind` of `message`, and the other fields that the text gives. INVALID_ARGUMENT
// for a text that names no operator or does not follow the above, with the message as it was; the
// error names the column (from 1), shows it, and says what there is. Whether values are in range is
// the server's to say.
absl::Status ParseOperator(std::string_view text, google::protobuf::Message& message);

// The same for arguments alone, such as `patience=5, restore_best` for an EarlyStopping.
absl::Status ParseOperatorArguments(std::string_view text, google::protobuf::Message& message);

// The names that ParseOperator takes for messages of this type.
std::vector<std::string> OperatorNames(const google::protobuf::Descriptor& type);

// How much a text tells.
enum class Detail {
  // All that is set: parsed again it gives the same message, but for the type of a tensor's
  // elements,
  // which are read as 32-bit floats.
  kAll,
  // For reading: no initializers, and nothing that is its default as far as the contract's types
  // tell.
  kSummary,
};

// The other way round; empty where no operator is set.
std::string ToOperatorForm(const google::protobuf::Message& message, Detail detail = Detail::kAll);

}  // namespace fnn

#endif  // FNN_OPERATOR_FORM_H_
