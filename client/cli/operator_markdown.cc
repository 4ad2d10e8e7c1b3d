#include "client/cli/operator_markdown.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/operator_args.h"
#include "client/cli/operator_text.h"

namespace fnn::cli {
namespace {

using Operators = std::vector<const v1::Operator*>;

// Text in a cell: nothing of it is markup.
std::string Cell(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"},
                                    {"<", "&lt;"},
                                    {"*", "\\*"},
                                    {"[", "\\["},
                                    {"]", "\\]"},
                                    {"\n", " "},
                                    {"\\", "\\\\"}});
}

// A formula in a cell. A bar would end the cell, in code as well.
std::string Code(absl::string_view text) {
  if (text.empty()) return "";
  return absl::StrCat("`", absl::StrReplaceAll(text, {{"|", "\\|"}, {"`", "'"}, {"\n", " "}}), "`");
}

// The argument with its comment, which tells default and range as well.
std::string ArgumentsCell(const v1::Operator& entry) {
  return absl::StrJoin(entry.arguments(), "<br>", [](std::string* out, const auto& argument) {
    absl::StrAppend(out, Code(argument.name()), ": ", Cell(argument.description()));
    if (argument.values().empty()) return;
    absl::StrAppend(out, " One of ",
                    absl::StrJoin(argument.values(), ", ",
                                  [](std::string* list, const auto& value) {
                                    absl::StrAppend(list, Code(value.name()));
                                  }),
                    ".");
  });
}

// What it is, and the facts: those that are so by their names alone.
std::string NotesCell(const v1::Operator& entry) {
  std::vector<std::string> facts;
  for (const auto& [name, value] : OperatorFacts(entry)) {
    if (value == "no" || value.empty()) continue;
    facts.push_back(Cell(value == "yes" ? name : absl::StrCat(name, " ", value)));
  }
  // Where the two begin alike, the longer one says what the shorter does.
  constexpr size_t kAlike = 10;
  const absl::string_view start = absl::string_view(entry.summary()).substr(0, kAlike);
  const bool contained = absl::StartsWith(entry.description(), start) &&
                         entry.description().size() >= entry.summary().size();
  std::string text = contained ? "" : absl::StrCat(Cell(entry.summary()), " ");
  absl::StrAppend(&text, Cell(entry.description()));
  if (!facts.empty()) absl::StrAppend(&text, "<br>*", absl::StrJoin(facts, "; "), "*");
  return text;
}

std::string Section(v1::OperatorKind kind, const Operators& operators) {
  std::string heading = OperatorKindName(kind);
  heading[0] = absl::ascii_toupper(heading[0]);
  const bool formulas = std::any_of(operators.begin(), operators.end(),
                                    [](const auto* entry) { return !entry->formula().empty(); });
  std::string text =
      absl::StrCat("\n## ", heading, "\n\n| name |", formulas ? " formula |" : "",
                   " arguments | what it is |\n|---|---|---|", formulas ? "---|" : "", "\n");
  for (const auto* entry : operators) {
    absl::StrAppend(&text, "| ", Code(entry->name()), " | ");
    if (formulas) absl::StrAppend(&text, Code(entry->formula()), " | ");
    absl::StrAppend(&text, ArgumentsCell(*entry), " | ", NotesCell(*entry), " |\n");
  }
  return text;
}

}  // namespace

std::string OperatorMarkdown(const v1::ListOperatorsResponse& list) {
  std::string text;
  for (int i = 0; i < list.operators_size();) {
    const v1::OperatorKind kind = list.operators(i).kind();
    Operators operators;
    for (; i < list.operators_size() && list.operators(i).kind() == kind; ++i) {
      operators.push_back(&list.operators(i));
    }
    absl::StrAppend(&text, Section(kind, operators));
  }
  return text;
}

}  // namespace fnn::cli
