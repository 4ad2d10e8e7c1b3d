#include "core/analysis/catalogue.h"

#include <span>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/analysis/comments.h"
#include "core/analysis/describe_arguments.h"
#include "core/analysis/describe_parameters.h"
#include "core/analysis/facts.h"
#include "core/base/errors.h"
#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "core/plan/layer_forms.h"
#include "fnn/v1/activation.pb.h"
#include "fnn/v1/initializer.pb.h"
#include "fnn/v1/layer.pb.h"
#include "fnn/v1/loss.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What describes a layer has no facts.
void SetFacts(const LayerForm&, v1::Operator&) {}

class Builder {
 public:
  // The operators of a kind: those of the table in its order, then those that only the contract
  // has.
  template <typename Op>
  void AddKind(v1::OperatorKind kind, const Descriptor& message, std::span<const Op> table) {
    const auto& choices = *message.FindOneofByName("kind");
    for (const Op& op : table) {
      if (const auto* field = message.FindFieldByName(std::string(op.name)); field != nullptr) {
        Add(kind, *field, &op);
      }
    }
    for (int i = 0; i < choices.field_count(); ++i) {
      const FieldDescriptor& field = *choices.field(i);
      if (FindOp(table, field.name()) != nullptr) continue;
      const LayerOp* function = FunctionOfKind(kind, field.name());
      if (function != nullptr) {
        Add(kind, field, function);
      } else {
        Add<Op>(kind, field, nullptr);
      }
    }
  }

  // The layers, in the order of the contract.
  void AddLayers() {
    const auto& choices = *v1::Layer::descriptor()->FindOneofByName("kind");
    for (int i = 0; i < choices.field_count(); ++i) {
      const LayerForm form = LayerFormOf(choices.field(i)->name());
      Add(v1::OPERATOR_KIND_LAYER, *choices.field(i), &form);
    }
  }

  // One operator; `op` is null where there is no entry.
  template <typename Op>
  v1::Operator& Add(v1::OperatorKind kind, const FieldDescriptor& field, const Op* op) {
    v1::Operator& out = operators_.emplace_back();
    out.set_kind(kind);
    out.set_name(field.name());
    const std::string of_field = comments_.Of(field);
    out.set_description(comments_.Of(*field.message_type()));
    // The fields of Activation are commented with formulas, all others with what they do.
    const bool by_formula = absl::StartsWith(of_field, "f(x)");
    out.set_summary(std::string(FirstSentence(by_formula ? out.description() : of_field)));
    std::span<const Argument> arguments;
    if (op != nullptr) {
      if constexpr (requires { op->formula; }) out.set_formula(std::string(op->formula));
      arguments = op->arguments;
      SetFacts(*op, out);
    }
    DescribeArguments(*field.message_type(), arguments, comments_, out);
    const LayerOp* function = FunctionOfKind(kind, field.name());
    if (function != nullptr) DescribeParameters(*function, out);
    return out;
  }

  std::vector<v1::Operator> Finish() { return std::move(operators_); }

 private:
  // Layers and activations share a table.
  static const LayerOp* FunctionOfKind(v1::OperatorKind kind, absl::string_view name) {
    const bool has = kind == v1::OPERATOR_KIND_LAYER || kind == v1::OPERATOR_KIND_ACTIVATION;
    return has ? FindOp(LayerFunctions(), name) : nullptr;
  }

  const Comments comments_;
  std::vector<v1::Operator> operators_;
};

std::vector<v1::Operator> MakeCatalogue() {
  Builder builder;
  builder.AddKind(v1::OPERATOR_KIND_ACTIVATION, *v1::Activation::descriptor(), Activations());
  builder.AddLayers();
  builder.AddKind(v1::OPERATOR_KIND_LOSS, *v1::Loss::descriptor(), Losses());
  builder.AddKind(v1::OPERATOR_KIND_OPTIMIZER, *v1::Optimizer::descriptor(), Optimizers());
  builder.AddKind(v1::OPERATOR_KIND_SCHEDULE, *v1::Schedule::descriptor(), Schedules());
  builder
      .Add(v1::OPERATOR_KIND_SCHEDULE,
           *v1::Schedule::descriptor()->FindFieldByNumber(v1::Schedule::kWarmUpFieldNumber),
           &WarmUp())
      .mutable_schedule()
      ->set_is_factor(true);
  builder.AddKind(v1::OPERATOR_KIND_INITIALIZER, *v1::Initializer::descriptor(), Initializers());
  builder.AddKind(v1::OPERATOR_KIND_METRIC, *v1::Metric::descriptor(), Metrics());
  return builder.Finish();
}

}  // namespace

const std::vector<v1::Operator>& Catalogue() {
  static const auto* const kCatalogue = new std::vector<v1::Operator>(MakeCatalogue());
  return *kCatalogue;
}

absl::StatusOr<v1::ListOperatorsResponse> ListOperators(const v1::ListOperatorsRequest& request) {
  if (!v1::OperatorKind_IsValid(request.kind())) {
    return InvalidField(FieldPath("kind"), "UNKNOWN_KIND",
                        absl::StrCat("must be 0 for all or one of fnn.v1.OperatorKind, 1 to ",
                                     static_cast<int>(v1::OperatorKind_MAX), ", not ",
                                     static_cast<int>(request.kind())));
  }
  v1::ListOperatorsResponse response;
  for (const v1::Operator& entry : Catalogue()) {
    const bool wanted =
        request.kind() == v1::OPERATOR_KIND_UNSPECIFIED || request.kind() == entry.kind();
    if (wanted) *response.add_operators() = entry;
  }
  return response;
}

}  // namespace fnn::core
