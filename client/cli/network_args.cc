#include "client/cli/network_args.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/files.h"
#include "client/cli/operator_flag.h"
#include "fnn/short_form.h"

namespace fnn::cli {
namespace {

// Keeps the first error of a text format parser.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (text_.empty())
      text_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::StatusOr<v1::Network> ReadNetworkFile(Environment& env, const std::string& path) {
  const absl::StatusOr<std::string> content = ReadFile(env, path);
  if (!content.ok()) return content.status();
  v1::Network network;
  if (absl::EndsWith(path, ".json")) {
    const auto status = google::protobuf::util::JsonStringToMessage(*content, &network);
    if (!status.ok()) {
      return UsageError(
          absl::StrCat("'", path, "' is no network in JSON: ", std::string(status.message())));
    }
    return network;
  }
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(*content, &network)) {
    return UsageError(absl::StrCat("'", path, "' is no network in text format: ", error.text()));
  }
  return network;
}

}  // namespace

absl::StatusOr<v1::Network> MakeNetwork(Environment& env, const NetworkArgs& args) {
  if (args.layers.empty() == args.file.empty()) {
    return UsageError("give the network as --layers or as --network, one of the two");
  }
  absl::StatusOr<v1::Network> network =
      args.file.empty() ? ParseShortForm(args.layers) : ReadNetworkFile(env, args.file);
  if (!network.ok()) {
    return args.file.empty() ? UsageError(absl::StrCat("--layers: ", network.status().message()))
                             : network.status();
  }
  if (network->outputs().empty()) *network->add_outputs()->mutable_loss() = DefaultLoss(*network);
  v1::Output& output = *network->mutable_outputs(0);
  if (!args.loss.empty()) {
    const absl::Status status = ReadOperator("--loss", args.loss, *output.mutable_loss());
    if (!status.ok()) return status;
  } else if (!output.has_loss()) {
    *output.mutable_loss() = DefaultLoss(*network);
  }
  if (!args.scaling.empty()) {
    if (network->inputs().empty()) network->add_inputs();
    v1::Scaling& scaling = *network->mutable_inputs(0)->mutable_scaling();
    const absl::Status status = ReadOperator("--scaling", args.scaling, scaling);
    if (!status.ok()) return status;
  }
  if (!args.class_names.empty()) {
    output.mutable_class_names()->Assign(args.class_names.begin(), args.class_names.end());
  }
  return network;
}

}  // namespace fnn::cli
