#include "fnn/short_form.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fnn {
namespace {

// The number of single-letter edits between two words, a transposition counting as one.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

// Every activation of fnn.v1.Activation, and "sigmoid", the other name of logistic.
const std::vector<std::string>& ActivationNames() {
  static const auto* const names = [] {
    auto* const out = new std::vector<std::string>();
    const auto* kind = v1::Activation::descriptor()->FindOneofByName("kind");
    for (int i = 0; i < kind->field_count(); ++i) out->push_back(kind->field(i)->name());
    out->push_back("sigmoid");
    return out;
  }();
  return *names;
}

// The name closest to the word, where one is close.
std::string Suggestion(absl::string_view word) {
  if (word.size() > 32) return ".";
  std::string closest;
  size_t distance = 3;
  for (const std::string& known : ActivationNames()) {
    const size_t d = EditDistance(word, known);
    if (d >= distance) continue;
    distance = d;
    closest = known;
  }
  return closest.empty() ? "." : absl::StrCat("; did you mean '", closest, "'?");
}

// With its default arguments.
std::optional<v1::Activation> MakeActivation(absl::string_view name) {
  v1::Activation activation;
  const auto* kind = v1::Activation::descriptor()->FindOneofByName("kind");
  const std::string field_name(name == "sigmoid" ? "logistic" : name);
  const auto* field = v1::Activation::descriptor()->FindFieldByName(field_name);
  if (field == nullptr || field->containing_oneof() != kind) return std::nullopt;
  activation.GetReflection()->MutableMessage(&activation, field);
  return activation;
}

// A recursive-descent parser with one token of look-ahead: the character at `pos_`.
class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<v1::Network> Parse() {
    v1::Network network;
    if (absl::Status status = ParseInput(*network.add_inputs()); !status.ok()) return status;
    if (!Take('>')) return Error("expected '>' and a layer, such as '64:relu'");
    do {
      if (absl::Status status = ParseLayer(*network.add_layers()); !status.ok()) return status;
    } while (Take('>'));
    if (!AtEnd()) return Error("expected '>' or the end");
    *network.add_outputs()->mutable_loss() = DefaultLoss(network);
    return network;
  }

 private:
  absl::Status ParseInput(v1::Input& input) {
    if (absl::ascii_isalpha(Peek())) {
      const size_t start = pos_;
      if (TakeWord() == "auto") return absl::OkStatus();
      pos_ = start;
      return Error("expected the number of features, or 'auto' for as many as the data has");
    }
    const absl::StatusOr<int64_t> units = ParseUnits("the number of features or 'auto'");
    if (!units.ok()) return units.status();
    input.add_shape(*units);
    if (Peek() == ':') return Error("the first number is the input and takes no activation");
    return absl::OkStatus();
  }

  absl::Status ParseLayer(v1::Layer& layer) {
    const absl::StatusOr<int64_t> units = ParseUnits("the layer's number of units");
    if (!units.ok()) return units.status();
    layer.mutable_dense()->set_units(*units);
    if (!Take(':')) return absl::OkStatus();
    Peek();
    const size_t start = pos_;
    const absl::string_view name = TakeWord();
    std::optional<v1::Activation> activation = MakeActivation(name);
    if (!activation.has_value()) {
      pos_ = start;
      const std::string known = absl::StrJoin(ActivationNames(), ", ");
      if (name.empty()) return Error(absl::StrCat("expected an activation, one of ", known));
      return Error(absl::StrCat("no activation is called '", name.substr(0, 64), "'",
                                Suggestion(name), " There are ", known));
    }
    *layer.mutable_dense()->mutable_activation() = *activation;
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> ParseUnits(absl::string_view what) {
    Peek();
    const size_t start = pos_;
    while (pos_ < text_.size() && absl::ascii_isdigit(text_[pos_])) ++pos_;
    const absl::string_view digits = text_.substr(start, pos_ - start);
    int64_t units = 0;
    if (!absl::SimpleAtoi(digits, &units)) {
      pos_ = start;
      if (digits.empty()) return Error(absl::StrCat("expected ", what));
      return Error("the number is too large");
    }
    return units;
  }

  absl::string_view TakeWord() {
    const size_t start = pos_;
    while (pos_ < text_.size() && (absl::ascii_isalnum(text_[pos_]) || text_[pos_] == '_')) ++pos_;
    return text_.substr(start, pos_ - start);
  }

  // The next character that is no space; 0 at the end.
  char Peek() {
    while (pos_ < text_.size() && absl::ascii_isspace(text_[pos_])) ++pos_;
    return pos_ < text_.size() ? text_[pos_] : '\0';
  }
  bool AtEnd() { return Peek() == '\0' && pos_ >= text_.size(); }
  bool Take(char c) {
    if (AtEnd() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }

  absl::Status Error(absl::string_view what) {
    std::string message = absl::StrCat("column ", pos_ + 1, ": ", what);
    // Shown only where one character takes one column.
    const auto printable = [](char c) { return absl::ascii_isprint(c); };
    if (text_.size() <= 100 && std::all_of(text_.begin(), text_.end(), printable)) {
      absl::StrAppend(&message, "\n  ", text_, "\n  ", std::string(pos_, ' '), "^");
    }
    return absl::InvalidArgumentError(message);
  }

  const absl::string_view text_;
  size_t pos_ = 0;
};

}  // namespace

absl::StatusOr<v1::Network> ParseShortForm(std::string_view text) {
  return Parser(absl::string_view(text.data(), text.size())).Parse();
}

v1::Loss DefaultLoss(const v1::Network& network) {
  v1::Activation last;
  if (!network.layers().empty()) {
    const v1::Layer& layer = *network.layers().rbegin();
    last = layer.has_activation() ? layer.activation() : layer.dense().activation();
  }
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
