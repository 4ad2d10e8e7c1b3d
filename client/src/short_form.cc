#include "fnn/short_form.h"

#include <google/protobuf/descriptor.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "client/src/form/arguments.h"
#include "client/src/form/cursor.h"
#include "client/src/form/layer.h"
#include "client/src/form/values.h"

namespace fnn {
namespace {

absl::Status ParseInput(form::Cursor& cursor, v1::Input& input) {
  input.set_name(form::TakeName(cursor));
  const size_t start = cursor.position();
  if (absl::ascii_isdigit(cursor.Peek())) {
    const auto* shape = v1::Input::descriptor()->FindFieldByName("shape");
    if (absl::Status status = form::ParseValue(cursor, input, *shape); !status.ok()) return status;
  } else if (cursor.TakeWord() != "auto") {
    cursor.Return(start);
    return cursor.Error(
        "expected the number of features, a shape such as 28x28x1, or 'auto' for as many features "
        "as the data has");
  }
  if (!cursor.Take(':')) return absl::OkStatus();
  return form::ParseKind(cursor, *input.mutable_scaling());
}

}  // namespace

absl::StatusOr<v1::Network> ParseShortForm(std::string_view text) {
  form::Cursor cursor(absl::string_view(text.data(), text.size()));
  v1::Network network;
  absl::Status status = ParseInput(cursor, *network.add_inputs());
  if (!status.ok()) return status;
  if (!cursor.Take('>')) return cursor.Error("expected '>' and a layer, such as '64:relu'");
  do {
    status = form::ParseLayer(cursor, network);
    if (!status.ok()) return status;
  } while (cursor.Take('>'));
  if (!cursor.AtEnd()) return cursor.Error("expected '>' or the end");
  *network.add_outputs()->mutable_loss() = DefaultLoss(network);
  return network;
}

v1::Loss DefaultLoss(const v1::Network& network) {
  v1::Activation last;
  if (!network.layers().empty()) last = form::ActivationOf(*network.layers().rbegin());
  v1::Loss loss;
  if (last.has_softmax()) {
    loss.mutable_cross_entropy();
  } else if (last.has_logistic()) {
    loss.mutable_binary_cross_entropy();
  } else {
    loss.mutable_mean_squared_error();
  }
  return loss;
}

}  // namespace fnn
