// Networks in one line:
//
//   absl::StatusOr<fnn::v1::Network> network = fnn::ParseShortForm("64 > 64:relu > 10:softmax");
//
// Grammar, with spaces allowed between any two parts:
//
//   network    = input { ">" layer }        at least one layer
//   input      = UNITS | "auto"             the features; auto: as many as the data has
//   layer      = UNITS [ ":" activation ]   a dense layer; without activation: identity
//   activation = a field of fnn.v1.Activation, such as "relu", with its default arguments; or
//                "sigmoid", which is logistic

#ifndef FNN_SHORT_FORM_H_
#define FNN_SHORT_FORM_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "fnn/v1/network.pb.h"

namespace fnn {

// The network a short form stands for, its loss being DefaultLoss. INVALID_ARGUMENT for a text that
// does not follow the grammar; the message names the column (from 1) and shows it. Whether the
// network makes sense is the server's to say.
absl::StatusOr<v1::Network> ParseShortForm(std::string_view text);

// The loss that goes with what a network ends in: cross_entropy after softmax,
// binary_cross_entropy after logistic, else mean_squared_error.
v1::Loss DefaultLoss(const v1::Network& network);

}  // namespace fnn

#endif  // FNN_SHORT_FORM_H_
