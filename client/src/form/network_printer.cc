// ToShortForm.

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/form/printer.h"
#include "fnn/short_form.h"

namespace fnn {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const v1::Input& InputOf(const v1::Network& network) {
  return network.inputs().empty() ? v1::Input::default_instance() : network.inputs(0);
}

// The name that the server gives the layer where it has none.
std::string DefaultName(const v1::Layer& layer, int place) {
  const FieldDescriptor* kind = form::SetKind(layer);
  return kind == nullptr ? "" : absl::StrCat(kind->name(), "_", place);
}

// Prints one network.
class Printer {
 public:
  Printer(const v1::Network& network, Detail detail) : network_(network), detail_(detail) {
    for (int i = 0; i < network.layers_size(); ++i) {
      if (!ShowsInputs(i)) continue;
      named_.insert(network.layers(i).inputs().begin(), network.layers(i).inputs().end());
    }
  }

  std::string Print() const {
    std::string text = Input();
    for (int i = 0; i < network_.layers_size(); ++i) absl::StrAppend(&text, " > ", Layer(i));
    return text;
  }

 private:
  std::string Input() const {
    const v1::Input& input = InputOf(network_);
    std::string text = input.shape().empty() ? "auto" : absl::StrJoin(input.shape(), "x");
    // It is called so by itself, whether or not a layer names it.
    const bool by_default = detail_ == Detail::kSummary && input.name() == "input";
    if (!input.name().empty() && !by_default) text = absl::StrCat(input.name(), "=", text);
    const std::string scaling = ToOperatorForm(input.scaling(), detail_);
    if (!scaling.empty()) absl::StrAppend(&text, ":", scaling);
    return text;
  }

  std::string Layer(int place) const {
    const v1::Layer& layer = network_.layers(place);
    std::string text = Body(layer);
    if (ShowsName(layer.name(), DefaultName(layer, place))) {
      text = absl::StrCat(layer.name(), "=", text);
    }
    if (ShowsInputs(place)) absl::StrAppend(&text, "@", absl::StrJoin(layer.inputs(), ","));
    return text;
  }

  std::string Body(const v1::Layer& layer) const {
    if (layer.has_activation()) return form::PrintKind(layer.activation(), detail_, &layer);
    const FieldDescriptor* set = form::SetKind(layer);
    if (set == nullptr) return "?";
    const Message& kind = v1::Layer::GetReflection()->GetMessage(layer, set);
    const FieldDescriptor* field = kind.GetDescriptor()->FindFieldByName("activation");
    std::string text = form::PrintKind(layer, detail_, nullptr, field);
    // `64` for `dense(64)`.
    if (text == "dense" || text == absl::StrCat("dense(", layer.dense().units(), ")")) {
      text = absl::StrCat(layer.dense().units());
    }
    if (field == nullptr) return text;
    const std::string activation =
        ToOperatorForm(kind.GetReflection()->GetMessage(kind, field), detail_);
    const bool shown = !activation.empty() && (detail_ == Detail::kAll || activation != "identity");
    if (shown) absl::StrAppend(&text, ":", activation);
    return text;
  }

  bool ShowsName(const std::string& name, const std::string& by_default) const {
    if (name.empty()) return false;
    return detail_ == Detail::kAll || name != by_default || named_.contains(name);
  }

  // A summary leaves out what a layer takes by itself: what the one before gives.
  bool ShowsInputs(int place) const {
    const auto& inputs = network_.layers(place).inputs();
    if (inputs.empty()) return false;
    if (detail_ == Detail::kAll || inputs.size() > 1) return true;
    if (place > 0) return inputs[0] != network_.layers(place - 1).name();
    const std::string& input = InputOf(network_).name();
    return inputs[0] != (input.empty() ? "input" : input);
  }

  const v1::Network& network_;
  const Detail detail_;
  std::set<std::string> named_;  // By inputs that are shown.
};

}  // namespace

std::string ToShortForm(const v1::Network& network, Detail detail) {
  return Printer(network, detail).Print();
}

}  // namespace fnn
