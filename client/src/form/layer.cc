#include "client/src/form/layer.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/form/arguments.h"
#include "client/src/form/names.h"
#include "client/src/form/printer.h"
#include "client/src/form/suggestion.h"
#include "client/src/form/values.h"

namespace fnn::form {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// An activation is a layer by its own name.
std::vector<std::string> LayerNames() {
  std::vector<std::string> names = KindNames(*v1::Layer::descriptor());
  names.erase(std::remove(names.begin(), names.end(), "activation"), names.end());
  return names;
}

// `what`: what was there instead.
absl::Status NoLayer(Cursor& cursor, absl::string_view word) {
  const std::vector<std::string> layers = LayerNames();
  const std::vector<std::string> activations = KindNames(*v1::Activation::descriptor());
  const std::string known = absl::StrCat(absl::StrJoin(layers, ", "),
                                         ", or an activation: ", absl::StrJoin(activations, ", "));
  if (word.empty()) {
    return cursor.Error(
        absl::StrCat("expected a layer: a number of units, such as 64:relu, or one of ", known));
  }
  std::vector<std::string> all = layers;
  all.insert(all.end(), activations.begin(), activations.end());
  return cursor.Error(absl::StrCat("no layer is called ", Quoted(word), Suggestion(word, all),
                                   " There are ", known));
}

// The field `activation` of what the layer is; null where it has none.
const FieldDescriptor* ActivationField(const Message& kind) {
  const FieldDescriptor* field = kind.GetDescriptor()->FindFieldByName("activation");
  const bool is_one = field != nullptr && field->message_type() == v1::Activation::descriptor();
  return is_one ? field : nullptr;
}

// A number of units, or a name with arguments.
absl::Status ParseBody(Cursor& cursor, v1::Layer& layer) {
  if (absl::ascii_isdigit(cursor.Peek())) {
    v1::Dense& dense = *layer.mutable_dense();
    return ParseValue(cursor, dense, *v1::Dense::descriptor()->FindFieldByName("units"));
  }
  const size_t start = cursor.position();
  const absl::string_view name = cursor.TakeWord();
  const FieldDescriptor* kind = FindKind(*v1::Layer::descriptor(), name);
  if (kind != nullptr && kind->message_type() != v1::Activation::descriptor()) {
    return ParseKindArguments(cursor, layer, *kind);
  }
  kind = FindKind(*v1::Activation::descriptor(), name);
  if (kind != nullptr) {
    return ParseKindArguments(cursor, *layer.mutable_activation(), *kind, &layer);
  }
  cursor.Return(start);
  return NoLayer(cursor, name);
}

// After ':'.
absl::Status ParseActivation(Cursor& cursor, v1::Layer& layer, v1::Network& network) {
  Message& kind = *v1::Layer::GetReflection()->MutableMessage(&layer, SetKind(layer));
  const FieldDescriptor* field = ActivationField(kind);
  if (field == nullptr) return ParseKind(cursor, *network.add_layers()->mutable_activation());
  if (kind.GetReflection()->HasField(kind, field)) {
    return cursor.Error("the layer has an activation already");
  }
  return ParseKind(cursor, *kind.GetReflection()->MutableMessage(&kind, field));
}

// After '@'.
absl::Status ParseInputs(Cursor& cursor, v1::Layer& layer) {
  do {
    const absl::string_view name = cursor.TakeWord();
    if (name.empty()) return cursor.Error("expected the name of a layer or of the input");
    layer.add_inputs(std::string(name));
  } while (cursor.Take(','));
  return absl::OkStatus();
}

}  // namespace

std::string TakeName(Cursor& cursor) {
  if (absl::ascii_isdigit(cursor.Peek())) return "";
  const size_t start = cursor.position();
  std::string name(cursor.TakeWord());
  if (!name.empty() && cursor.Take('=')) return name;
  cursor.Return(start);
  return "";
}

absl::Status ParseLayer(Cursor& cursor, v1::Network& network) {
  const std::string name = TakeName(cursor);
  v1::Layer& layer = *network.add_layers();
  absl::Status status = ParseBody(cursor, layer);
  if (status.ok() && cursor.Take(':')) status = ParseActivation(cursor, layer, network);
  if (status.ok() && cursor.Take('@')) status = ParseInputs(cursor, layer);
  // What comes out of the last of them is what the name stands for.
  if (!name.empty()) network.mutable_layers()->rbegin()->set_name(name);
  return status;
}

v1::Activation ActivationOf(const v1::Layer& layer) {
  if (layer.has_activation()) return layer.activation();
  v1::Activation activation;
  const FieldDescriptor* set = SetKind(layer);
  if (set == nullptr) return activation;
  const Message& kind = v1::Layer::GetReflection()->GetMessage(layer, set);
  if (const FieldDescriptor* field = ActivationField(kind)) {
    activation.CopyFrom(kind.GetReflection()->GetMessage(kind, field));
  }
  return activation;
}

}  // namespace fnn::form
