#include "client/cli/operator_args.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/operator_flag.h"
#include "client/cli/text.h"
#include "fnn/operator_form.h"

namespace fnn::cli {
namespace {

constexpr absl::string_view kKindPrefix = "OPERATOR_KIND_";

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
  return EnumText(*v1::OperatorKind_descriptor(), kind);
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
  const absl::string_view before = absl::string_view(text).substr(0, text.find('('));
  const std::string name(absl::StripAsciiWhitespace(before));
  v1::SampleOperatorRequest request;
  SetPlaces(args, request);
  for (const std::string& kind : SampledKindNames()) {
    if (!args.kind.empty() && args.kind != kind) continue;
    const auto* field = v1::SampleOperatorRequest::descriptor()->FindFieldByName(kind);
    const std::vector<std::string> known = OperatorNames(*field->message_type());
    if (std::find(known.begin(), known.end(), name) == known.end()) continue;
    auto& subject = *v1::SampleOperatorRequest::GetReflection()->MutableMessage(&request, field);
    const absl::Status status = ParseOperator(text, subject);
    if (!status.ok()) return UsageError(status.message());
    return request;
  }
  return UsageError(
      absl::StrCat("no ", args.kind.empty() ? JoinWithOr(SampledKindNames()) : args.kind,
                   " is called '", name, "'; 'fnn operator list' shows what there is"));
}

}  // namespace fnn::cli
