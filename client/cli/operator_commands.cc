#include "client/cli/operator_commands.h"

#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/operator_markdown.h"
#include "client/cli/operator_text.h"
#include "client/cli/table.h"
#include "fnn/operator_form.h"

namespace fnn::cli {
namespace {

constexpr char kActivation[] = "activation";

std::string DefaultText(const v1::OperatorArgument& argument) {
  if (argument.is_required()) return "required";
  return argument.has_default_value() ? argument.default_value() : "-";
}

std::string ShowText(const v1::Operator& entry,
                     const v1::DifferentiateOperatorResponse* derived = nullptr) {
  std::vector<std::pair<std::string, std::string>> lines = {
      {"name", entry.name()},
      {"kind", OperatorKindName(entry.kind())},
      {"summary", entry.summary()},
      {"description", entry.description() == entry.summary() ? "" : entry.description()},
      {"formula", entry.formula()}};
  if (derived != nullptr) {
    lines.emplace_back("f(x)", derived->formula().text());
    lines.emplace_back("f'(x)", derived->derivative().text());
  }
  for (auto& fact : OperatorFacts(entry)) lines.push_back(std::move(fact));
  std::string text = NamesAndValues(lines);
  if (entry.arguments().empty()) return text;
  Table table({{"ARGUMENT"}, {"TYPE"}, {"DEFAULT"}, {"RANGE"}, {"MEANING"}});
  for (const v1::OperatorArgument& argument : entry.arguments()) {
    const std::string range = ArgumentRangeText(argument);
    table.AddRow({argument.name(), ArgumentTypeText(argument), DefaultText(argument),
                  range.empty() ? "-" : range, argument.description()});
  }
  return absl::StrCat(text, "\n", table.ToString());
}

// A message for each operator in ndjson, else all in one.
void PrintOperators(Context& context, const v1::ListOperatorsResponse& list) {
  if (context.format == Format::kJson) {
    PrintJson(context, list);
    return;
  }
  for (const v1::Operator& entry : list.operators()) PrintJson(context, entry);
}

// The activation that is to be differentiated.
absl::StatusOr<v1::Activation> ReadActivation(const OperatorShowArgs& args) {
  if (!args.kind.empty() && args.kind != kActivation) {
    return UsageError(absl::StrCat("--derivative is for activations, not for a ", args.kind));
  }
  v1::Activation activation;
  const absl::Status status = ParseOperator(args.name, activation);
  if (!status.ok()) {
    return UsageError(absl::StrCat("--derivative is for activations: ", status.message()));
  }
  return activation;
}

// The name of its field, whatever the short one that was given.
std::string NameOf(const v1::Activation& activation) {
  const auto* kind = v1::Activation::descriptor()->FindOneofByName("kind");
  return activation.GetReflection()->GetOneofFieldDescriptor(activation, kind)->name();
}

absl::StatusOr<v1::ListOperatorsResponse> FindOperators(Context& context, const std::string& name,
                                                        const std::string& kind) {
  const absl::StatusOr<v1::ListOperatorsResponse> list =
      context.client.ListOperators(OperatorKindCalled(kind));
  if (!list.ok()) return list.status();
  v1::ListOperatorsResponse found;
  for (const v1::Operator& entry : list->operators()) {
    if (entry.name() == name) *found.add_operators() = entry;
  }
  if (found.operators().empty()) {
    return absl::NotFoundError(absl::StrCat("the server has no ", kind.empty() ? "operator" : kind,
                                            " '", name,
                                            "'; 'fnn operator list' shows what it has"));
  }
  return found;
}

absl::Status ShowDerivative(Context& context, const OperatorShowArgs& args) {
  const absl::StatusOr<v1::Activation> activation = ReadActivation(args);
  if (!activation.ok()) return activation.status();
  const absl::StatusOr<v1::ListOperatorsResponse> found =
      FindOperators(context, NameOf(*activation), kActivation);
  if (!found.ok()) return found.status();
  const absl::StatusOr<v1::DifferentiateOperatorResponse> derived =
      context.client.DifferentiateOperator(*activation);
  if (!derived.ok()) return derived.status();
  const v1::Operator& entry = found->operators(0);
  if (context.format == Format::kTable) {
    context.env.out << ShowText(entry, &*derived);
  } else {
    PrintJson(context, Json::Object({{"operator", Json::Message(entry)},
                                     {"formula", Json::Message(derived->formula())},
                                     {"derivative", Json::Message(derived->derivative())}}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status OperatorList(Context& context, const OperatorListArgs& args) {
  const absl::StatusOr<v1::ListOperatorsResponse> list =
      context.client.ListOperators(OperatorKindCalled(args.kind));
  if (!list.ok()) return list.status();
  if (args.markdown) {
    context.env.out << OperatorMarkdown(*list);
    return absl::OkStatus();
  }
  if (context.format != Format::kTable) {
    PrintOperators(context, *list);
    return absl::OkStatus();
  }
  Table table({{"KIND"}, {"NAME"}, {"SUMMARY"}});
  for (const v1::Operator& entry : list->operators()) {
    table.AddRow({OperatorKindName(entry.kind()), entry.name(), entry.summary()});
  }
  context.env.out << table.ToString();
  return absl::OkStatus();
}

absl::Status OperatorShow(Context& context, const OperatorShowArgs& args) {
  if (args.derivative) return ShowDerivative(context, args);
  const absl::StatusOr<v1::ListOperatorsResponse> found =
      FindOperators(context, args.name, args.kind);
  if (!found.ok()) return found.status();
  if (context.format != Format::kTable) {
    PrintOperators(context, *found);
    return absl::OkStatus();
  }
  for (int i = 0; i < found->operators_size(); ++i) {
    context.env.out << (i > 0 ? "\n" : "") << ShowText(found->operators(i));
  }
  return absl::OkStatus();
}

}  // namespace fnn::cli
