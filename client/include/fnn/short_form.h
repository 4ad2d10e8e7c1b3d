// Networks in one line:
//
//   absl::StatusOr<fnn::v1::Network> network = fnn::ParseShortForm("64 > 64:relu > 10:softmax");
//
//   28x28x1:standardize > conv2d(16, 3x3, padding=same):relu > max_pool2d(2) > flatten > 10:softmax
//   64 > a=32:relu > 32:relu > add@a,dense_1 > dropout(0.2) > 10:softmax
//
// Grammar, with spaces allowed between any two parts:
//
//   network  = input { ">" layer }                   at least one layer
//   input    = [ NAME "=" ] shape [ ":" operator ]   the operator: a scaling
//   shape    = NUMBER { "x" NUMBER } | "auto"        auto: as many features as the data has
//   layer    = [ NAME "=" ] kind [ ":" operator ] [ "@" NAME { "," NAME } ]
//   kind     = UNITS                                 the same as dense(UNITS)
//            | operator                              a layer, or an activation on its own
//   operator = NAME [ "(" arguments ")" ]            as in fnn/operator_form.h
//
// A layer's kind is a field of fnn.v1.Layer's `kind`. `frozen` is an argument of every layer, `k`
// is short for the pieces of maxout, and after ':' comes an activation: the layer's own, or for a
// layer that has none another layer, which then has the name. After '@' are the layers it takes its
// inputs from, or the network's input, which is called `input` unless it has a name; without '@'
// that is the layer before.

#ifndef FNN_SHORT_FORM_H_
#define FNN_SHORT_FORM_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fnn/operator_form.h"
#include "fnn/v1/network.pb.h"

namespace fnn {

// The network a short form stands for, its loss being DefaultLoss. INVALID_ARGUMENT for a text that
// does not follow the grammar; the message names the column (from 1) and shows it. Whether the
// network makes sense is the server's to say.
absl::StatusOr<v1::Network> ParseShortForm(std::string_view text);

// The other way round; what comes out and its loss are left out. '?' for a layer of a kind that
// this library does not know.
std::string ToShortForm(const v1::Network& network, Detail detail = Detail::kAll);

// The loss that goes with what a network ends in: cross_entropy after softmax,
// binary_cross_entropy after logistic, else mean_squared_error.
v1::Loss DefaultLoss(const v1::Network& network);

}  // namespace fnn

#endif  // FNN_SHORT_FORM_H_
