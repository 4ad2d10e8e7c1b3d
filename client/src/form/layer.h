// Layers of the short form (fnn/short_form.h).

#ifndef FNN_CLIENT_SRC_FORM_LAYER_H_
#define FNN_CLIENT_SRC_FORM_LAYER_H_

#include <string>

#include "absl/status/status.h"
#include "client/src/form/cursor.h"
#include "fnn/v1/network.pb.h"

namespace fnn::form {

// Reads a layer and adds it to the network; and one more for an activation that the layer itself
// does not have, as that of `batch_norm:relu`.
absl::Status ParseLayer(Cursor& cursor, v1::Network& network);

// The activation that a layer ends with: its own, or itself.
v1::Activation ActivationOf(const v1::Layer& layer);

// Reads `NAME =`, if there is one; else leaves the cursor where it is.
std::string TakeName(Cursor& cursor);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_LAYER_H_
