#include "client/cli/operator_args.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/describe.h"
#include "client/cli/exit_code.h"
#include "client/cli/training_args.h"

namespace fnn::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kKindPrefix = "OPERATOR_KIND_";

// The error says which argument is wrong; the parser's own words would go to standard error.
class Silent final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

// Sets one `name=value`.
absl::Status SetArgument(Message& message, const std::string& operator_name,
                         absl::string_view argument) {
  const std::vector<absl::string_view> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
  const std::string name(absl::StripAsciiWhitespace(parts[0]));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  const bool settable = field != nullptr && field->message_type() == nullptr;
  if (!settable || parts.size() != 2) {
    return UsageError(absl::StrCat("'", argument, "' is no argument of ", operator_name,
                                   "; 'fnn operator show ", operator_name, "' shows them"));
  }
  google::protobuf::TextFormat::Parser parser;
  Silent silent;
  parser.RecordErrorsTo(&silent);
  const std::string value(absl::StripAsciiWhitespace(parts[1]));
  if (value.empty() || !parser.ParseFieldValueFromString(value, field, &message)) {
    return UsageError(
        absl::StrCat("'", argument, "' of ", operator_name, ": can't read the value"));
  }
  return absl::OkStatus();
}

// Sets what stands between the parentheses.
absl::Status SetArguments(Message& message, const std::string& operator_name,
                          absl::string_view text) {
  if (absl::StripAsciiWhitespace(text).empty()) return absl::OkStatus();
  for (const absl::string_view argument : absl::StrSplit(text, ',')) {
    if (absl::Status status = SetArgument(message, operator_name, argument); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

void SetPlaces(const SampleArgs& args, v1::SampleOperatorRequest& request) {
  if (args.low.has_value()) request.set_low(*args.low);
  if (args.high.has_value()) request.set_high(*args.high);
  if (args.points.has_value()) request.set_points(*args.points);
  if (args.target.has_value()) request.set_target(*args.target);
  if (args.learning_rate.has_value()) request.set_learning_rate(*args.learning_rate);
}

}  // namespace

const std::vector<std::string>& OperatorKindNames() {
  static const auto* const kNames = [] {
    auto* const names = new std::vector<std::string>();
    const auto* kinds = v1::OperatorKind_descriptor();
    for (int i = 1; i < kinds->value_count(); ++i) {
      names->push_back(OperatorKindName(static_cast<v1::OperatorKind>(kinds->value(i)->number())));
    }
    return names;
  }();
  return *kNames;
}

v1::OperatorKind OperatorKindCalled(const std::string& name) {
  v1::OperatorKind kind = v1::OPERATOR_KIND_UNSPECIFIED;
  v1::OperatorKind_Parse(absl::StrCat(kKindPrefix, absl::AsciiStrToUpper(name)), &kind);
  return kind;
}

std::string OperatorKindName(v1::OperatorKind kind) {
  const std::string& name = v1::OperatorKind_Name(kind);
  if (name.empty()) return absl::StrCat(static_cast<int>(kind));
  return absl::AsciiStrToLower(absl::StripPrefix(name, kKindPrefix));
}

const std::vector<std::string>& SampledKindNames() {
  static const auto* const kNames = [] {
    auto* const names = new std::vector<std::string>();
    const auto* subject = v1::SampleOperatorRequest::descriptor()->FindOneofByName("subject");
    for (int i = 0; i < subject->field_count(); ++i) names->push_back(subject->field(i)->name());
    return names;
  }();
  return *kNames;
}

absl::StatusOr<v1::SampleOperatorRequest> MakeSampleRequest(const std::string& text,
                                                            const SampleArgs& args) {
  absl::string_view inside = absl::StripAsciiWhitespace(text);
  const size_t end = std::min(inside.find('('), inside.size());
  const std::string name(absl::StripAsciiWhitespace(inside.substr(0, end)));
  inside.remove_prefix(end);
  if (absl::ConsumePrefix(&inside, "(") && !absl::ConsumeSuffix(&inside, ")")) {
    return UsageError(absl::StrCat("'", text, "' lacks a ')'"));
  }
  v1::SampleOperatorRequest request;
  SetPlaces(args, request);
  for (const std::string& kind : SampledKindNames()) {
    if (!args.kind.empty() && args.kind != kind) continue;
    const FieldDescriptor* field = v1::SampleOperatorRequest::descriptor()->FindFieldByName(kind);
    Message& subject = *v1::SampleOperatorRequest::GetReflection()->MutableMessage(&request, field);
    if (!SetKind(subject, name)) continue;
    const FieldDescriptor* chosen = subject.GetDescriptor()->FindFieldByName(KindName(subject));
    Message& arguments = *subject.GetReflection()->MutableMessage(&subject, chosen);
    if (absl::Status status = SetArguments(arguments, name, inside); !status.ok()) return status;
    return request;
  }
  return UsageError(
      absl::StrCat("no ", args.kind.empty() ? JoinWithOr(SampledKindNames()) : args.kind,
                   " is called '", name, "'; 'fnn operator list' shows what there is"));
}

}  // namespace fnn::cli
