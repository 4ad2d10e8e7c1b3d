#include "core/autodiff/cases.h"

#include <utility>

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

struct Step {
  const Expression& piece;
  bool holds;
};

// Adds that it holds, or that it does not, to what is said of the same middle.
void Narrow(const Expression& piece, bool holds, std::vector<Between>& conditions) {
  const Expression& a = piece.parts()[0];
  const Expression& b = piece.parts()[1];
  const bool bound_first = a.Is(Kind::kNumber) || b.name() == "x";  // bound > middle
  const Expression& middle = bound_first ? b : a;
  const Expression& bound = bound_first ? a : b;
  Between* known = nullptr;
  for (Between& condition : conditions) {
    if (condition.middle == middle) known = &condition;
  }
  if (known == nullptr) known = &conditions.emplace_back(Between{.middle = middle});
  const bool is_low = bound_first != holds;
  std::optional<Expression>& side = is_low ? known->low : known->high;
  const bool narrower =
      !side.has_value() || !side->Is(Kind::kNumber) || !bound.Is(Kind::kNumber) ||
      (is_low ? side->number() < bound.number() : bound.number() < side->number());
  if (!narrower) return;
  side = bound;
  (is_low ? known->low_included : known->high_included) = !holds;
}

// Between numbers all that is known is said, since it is one interval. Else what does not hold is
// left out: the cases before have taken it.
std::vector<Between> ConditionsOf(const std::vector<Step>& path) {
  bool numbers = true;
  for (const auto& [piece, holds] : path) {
    numbers = numbers && (piece.parts()[0].Is(Kind::kNumber) || piece.parts()[1].Is(Kind::kNumber));
    numbers = numbers && piece.parts()[0].kind() != piece.parts()[1].kind();
  }
  std::vector<Between> conditions;
  for (const auto& [piece, holds] : path) {
    if (numbers || holds) Narrow(piece, holds, conditions);
  }
  return conditions;
}

void Collect(const Expression& e, std::vector<Step>& path, std::vector<Case>& cases) {
  if (!e.Is(Kind::kPiece)) {
    cases.push_back({e, ConditionsOf(path)});
    return;
  }
  for (const bool holds : {true, false}) {
    path.push_back({e, holds});
    Collect(e.parts()[holds ? 2 : 3], path, cases);
    path.pop_back();
  }
}

}  // namespace

std::vector<Case> CasesOf(const Expression& e) {
  std::vector<Case> cases;
  std::vector<Step> path;
  Collect(e, path, cases);
  while (cases.size() > 1 && cases[cases.size() - 2].value == cases.back().value) cases.pop_back();
  cases.back().conditions.clear();
  return cases;
}

}  // namespace fnn::core
