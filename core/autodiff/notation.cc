#include "core/autodiff/notation.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace fnn::core {
namespace {

class Text final : public Notation {
 public:
  std::string Symbol(const std::string& name) const override { return name; }
  std::string Parentheses(const std::string& inner) const override {
    return absl::StrCat("(", inner, ")");
  }
  std::string Power(const std::string& base, const std::string& exponent) const override {
    return absl::StrCat(base, "^", exponent);
  }
  std::string Root(const std::string& inner) const override {
    return absl::StrCat("sqrt(", inner, ")");
  }
  std::string Fraction(const std::string& above, const std::string& below,
                       bool several) const override {
    return absl::StrCat(above, " / ", several ? Parentheses(below) : below);
  }
  bool BarsGroup() const override { return false; }
  std::string Apply(Function function, const std::string& argument,
                    const std::string& exponent) const override {
    const std::string value = function == Function::kAbs
                                  ? absl::StrCat("|", argument, "|")
                                  : absl::StrCat(Name(function), "(", argument, ")");
    return exponent.empty() ? value : Power(value, exponent);
  }
  std::string Less(bool or_equal) const override { return or_equal ? " <= " : " < "; }
  std::string Greater(bool or_equal) const override { return or_equal ? " >= " : " > "; }
  std::string And() const override { return " and "; }
  std::string Or() const override { return " or "; }
  std::string Cases(const std::vector<std::pair<std::string, std::string>>& lines) const override {
    std::string out;
    for (const auto& [value, condition] : lines) {
      if (condition.empty()) {
        absl::StrAppend(&out, lines.size() == 2 ? ", else " : "; else ", value);
      } else {
        absl::StrAppend(&out, out.empty() ? "" : "; ", value, " if ", condition);
      }
    }
    return out;
  }

 private:
  static const char* Name(Function function) {
    switch (function) {
      case Function::kExp:
        return "exp";
      case Function::kExpm1:
        return "expm1";
      case Function::kLog:
        return "log";
      case Function::kLog1p:
        return "log1p";
      case Function::kTanh:
        return "tanh";
      case Function::kLogistic:
        return "logistic";
      case Function::kSoftplus:
        return "softplus";
      case Function::kErfc:
        return "erfc";
      case Function::kAbs:
        return "abs";
      case Function::kSign:
        return "sign";
    }
    return "";
  }
};

class Latex final : public Notation {
 public:
  std::string Symbol(const std::string& name) const override {
    static constexpr std::pair<const char*, const char*> kLetters[] = {
        {"alpha", "\\alpha"},    {"beta", "\\beta"}, {"gamma", "\\gamma"},
        {"mean", "\\mu"},        {"pi", "\\pi"},     {"standard_deviation", "\\sigma"},
        {"threshold", "\\theta"}};
    for (const auto& [symbol, letter] : kLetters) {
      if (name == symbol) return letter;
    }
    if (name.size() == 1) return name;
    return absl::StrCat("\\mathrm{", absl::StrReplaceAll(name, {{"_", "\\ "}}), "}");
  }
  std::string Parentheses(const std::string& inner) const override {
    return absl::StrCat("\\left(", inner, "\\right)");
  }
  std::string Power(const std::string& base, const std::string& exponent) const override {
    return absl::StrCat(base, "^{", exponent, "}");
  }
  std::string Root(const std::string& inner) const override {
    return absl::StrCat("\\sqrt{", inner, "}");
  }
  std::string Fraction(const std::string& above, const std::string& below,
                       bool /*several*/) const override {
    return absl::StrCat("\\frac{", above, "}{", below, "}");
  }
  bool BarsGroup() const override { return true; }
  std::string Apply(Function function, const std::string& argument,
                    const std::string& exponent) const override {
    if (function == Function::kExp) {
      const std::string value = absl::StrCat("e^{", argument, "}");
      return exponent.empty() ? value : Power(Parentheses(value), exponent);
    }
    if (function == Function::kAbs) {
      const std::string value = absl::StrCat("\\left|", argument, "\\right|");
      return exponent.empty() ? value : Power(value, exponent);
    }
    const std::string name = Name(function);
    return absl::StrCat(exponent.empty() ? name : Power(name, exponent), Parentheses(argument));
  }
  std::string Less(bool or_equal) const override { return or_equal ? " \\le " : " < "; }
  std::string Greater(bool or_equal) const override { return or_equal ? " \\ge " : " > "; }
  std::string And() const override { return " \\text{ and } "; }
  std::string Or() const override { return " \\text{ or } "; }
  std::string Cases(const std::vector<std::pair<std::string, std::string>>& lines) const override {
    std::string out = "\\begin{cases} ";
    for (const auto& [value, condition] : lines) {
      if (condition.empty()) {
        absl::StrAppend(&out, value, " & \\text{otherwise}");
      } else {
        absl::StrAppend(&out, value, " & \\text{if } ", condition, " \\\\ ");
      }
    }
    return absl::StrCat(out, " \\end{cases}");
  }

 private:
  static const char* Name(Function function) {
    switch (function) {
      case Function::kExp:
        return "\\exp";
      case Function::kExpm1:
        return "\\operatorname{expm1}";
      case Function::kLog:
        return "\\log";
      case Function::kLog1p:
        return "\\operatorname{log1p}";
      case Function::kTanh:
        return "\\tanh";
      case Function::kLogistic:
        return "\\sigma";
      case Function::kSoftplus:
        return "\\operatorname{softplus}";
      case Function::kErfc:
        return "\\operatorname{erfc}";
      case Function::kAbs:
        return "\\operatorname{abs}";
      case Function::kSign:
        return "\\operatorname{sign}";
    }
    return "";
  }
};

}  // namespace

const Notation& TextNotation() {
  static const Text notation;
  return notation;
}

const Notation& LatexNotation() {
  static const Latex notation;
  return notation;
}

}  // namespace fnn::core
