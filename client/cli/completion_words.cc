#include "client/cli/completion_words.h"

#include <google/protobuf/descriptor.h>

#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/operator_args.h"
#include "fnn/operator_form.h"
#include "fnn/v1/analysis_service.pb.h"
#include "fnn/v1/network.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::cli {

namespace {

// The operators of a kind as a server lists them: without short names. The kind's message has its
// name.
std::vector<std::string> ListedNames(std::string kind) {
  kind[0] = absl::ascii_toupper(kind[0]);
  const auto* file = v1::Layer::descriptor()->file();
  const auto* message =
      file->pool()->FindMessageTypeByName(absl::StrCat(file->package(), ".", kind));
  std::vector<std::string> names;
  if (message == nullptr) return names;
  const auto* operators = message->FindOneofByName("kind");
  for (int i = 0; i < operators->field_count(); ++i) names.push_back(operators->field(i)->name());
  return names;
}

}  // namespace

const std::vector<OptionWords>& OptionsOfOperators() {
  static const auto* const kOptions =
      new std::vector<OptionWords>{{"--kind", OperatorKindNames()},
                                   {"--loss", OperatorNames(*v1::Loss::descriptor())},
                                   {"--metric", OperatorNames(*v1::Metric::descriptor())},
                                   {"--optimizer", OperatorNames(*v1::Optimizer::descriptor())},
                                   {"--scaling", OperatorNames(*v1::Scaling::descriptor())},
                                   {"--schedule", OperatorNames(*v1::Schedule::descriptor())}};
  return *kOptions;
}

std::vector<std::string> OperandWords(absl::string_view path) {
  absl::btree_set<std::string> words;  // Some kinds share a name.
  if (path == "operator show") {
    for (const std::string& kind : OperatorKindNames()) {
      const std::vector<std::string> names = ListedNames(kind);
      words.insert(names.begin(), names.end());
    }
  } else if (path == "operator plot") {
    for (const std::string& kind : SampledKindNames()) {
      const auto* field = v1::SampleOperatorRequest::descriptor()->FindFieldByName(kind);
      const std::vector<std::string> names = OperatorNames(*field->message_type());
      words.insert(names.begin(), names.end());
    }
  }
  return {words.begin(), words.end()};
}

}  // namespace fnn::cli
