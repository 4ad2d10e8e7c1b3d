// How the parts of expressions are written: as text, or as LaTeX.

#ifndef FNN_CORE_AUTODIFF_NOTATION_H_
#define FNN_CORE_AUTODIFF_NOTATION_H_

#include <string>
#include <utility>
#include <vector>

#include "core/autodiff/expression.h"

namespace fnn::core {

class Notation {
 public:
  virtual ~Notation() = default;

  virtual std::string Symbol(const std::string& name) const = 0;
  virtual std::string Parentheses(const std::string& inner) const = 0;
  virtual std::string Power(const std::string& base, const std::string& exponent) const = 0;
  virtual std::string Root(const std::string& inner) const = 0;
  // `several`: whether more than one factor is below.
  virtual std::string Fraction(const std::string& above, const std::string& below,
                               bool several) const = 0;
  // Whether the line of a fraction groups what is above and below, as parentheses do.
  virtual bool BarsGroup() const = 0;
  // f(argument), to a power unless `exponent` is empty.
  virtual std::string Apply(Function function, const std::string& argument,
                            const std::string& exponent) const = 0;
  virtual std::string Less(bool or_equal) const = 0;
  virtual std::string Greater(bool or_equal) const = 0;
  virtual std::string And() const = 0;
  virtual std::string Or() const = 0;
  // Values with their conditions; the last one has none.
  virtual std::string Cases(
      const std::vector<std::pair<std::string, std::string>>& lines) const = 0;
};

const Notation& TextNotation();
const Notation& LatexNotation();

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_NOTATION_H_
