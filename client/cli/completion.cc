#include "client/cli/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace fnn::cli {
namespace {

// The body of `case "$path" in`: a line for each command that sets `words`.
std::string Cases(const std::vector<CompletionNode>& nodes) {
  std::string text;
  for (const CompletionNode& node : nodes) {
    absl::StrAppend(&text, "    '", node.path, "') words='", absl::StrJoin(node.words, " "),
                    "' ;;\n");
  }
  return text;
}

// Every path, as one word each: the first word of a command line that is no option, and the second
// where it is a verb, make the path.
std::string Paths(const std::vector<CompletionNode>& nodes) {
  std::string text;
  for (const CompletionNode& node : nodes) {
    if (!node.path.empty()) absl::StrAppend(&text, "'", node.path, "' ");
  }
  return text;
}

std::string BashScript(const std::vector<CompletionNode>& nodes) {
  return absl::StrCat(R"(# Completion of fnn for bash. To use it: source <(fnn completion bash)
_fnn() {
  local current=${COMP_WORDS[COMP_CWORD]} path='' words='' word known
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    for known in )",
                      Paths(nodes), R"(; do
      if [[ $known == "${path:+$path }$word" ]]; then path=$known; break; fi
    done
  done
  case $path in
)",
                      Cases(nodes), R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _fnn fnn
)");
}

std::string ZshScript(const std::vector<CompletionNode>& nodes) {
  return absl::StrCat(R"(#compdef fnn
# Completion of fnn for zsh. To use it: source <(fnn completion zsh)
_fnn() {
  local path_so_far='' word known
  for word in "${(@)words[2,CURRENT-1]}"; do
    for known in )",
                      Paths(nodes), R"(; do
      if [[ $known == "${path_so_far:+$path_so_far }$word" ]]; then path_so_far=$known; break; fi
    done
  done
  local words_found=''
  case $path_so_far in
)",
                      absl::StrReplaceAll(Cases(nodes), {{") words='", ") words_found='"}}),
                      R"(  esac
  compadd -- ${=words_found}
  [[ $PREFIX == -* ]] || _files
}
compdef _fnn fnn
)");
}

std::string FishScript(const std::vector<CompletionNode>& nodes) {
  std::string text =
      "# Completion of fnn for fish. To use it: fnn completion fish | source\n"
      "complete -c fnn -e\n";
  for (const CompletionNode& node : nodes) {
    std::string condition = "__fish_use_subcommand";
    if (!node.path.empty()) {
      std::vector<std::string> seen;
      for (absl::string_view word : absl::StrSplit(node.path, ' ')) {
        seen.push_back(absl::StrCat("__fish_seen_subcommand_from ", word));
      }
      condition = absl::StrJoin(seen, "; and ");
    }
    for (const std::string& word : node.words) {
      const absl::string_view name = word;
      absl::StrAppend(&text, "complete -c fnn -n '", condition, "' ");
      if (name.substr(0, 2) == "--") {
        absl::StrAppend(&text, "-l ", name.substr(2), "\n");
      } else if (name.substr(0, 1) == "-") {
        absl::StrAppend(&text, "-s ", name.substr(1), "\n");
      } else {
        absl::StrAppend(&text, "-a ", name, "\n");
      }
    }
  }
  return text;
}

}  // namespace

const std::vector<std::string>& CompletionShells() {
  static const auto* const kShells = new std::vector<std::string>{"bash", "zsh", "fish"};
  return *kShells;
}

std::string CompletionScript(absl::string_view shell, const std::vector<CompletionNode>& nodes) {
  if (shell == "bash") return BashScript(nodes);
  if (shell == "zsh") return ZshScript(nodes);
  return FishScript(nodes);
}

}  // namespace fnn::cli
