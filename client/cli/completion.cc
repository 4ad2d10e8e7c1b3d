#include "client/cli/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace fnn::cli {
namespace {

// A line of a shell's `case`: `name` sets the words.
std::string Case(absl::string_view name, const std::vector<std::string>& words) {
  return absl::StrCat("    '", name, "') words='", absl::StrJoin(words, " "), "' ;;\n");
}

// The body of `case "$path" in`.
std::string Cases(const std::vector<CompletionNode>& nodes) {
  std::string text;
  for (const CompletionNode& node : nodes) absl::StrAppend(&text, Case(node.path, node.words));
  return text;
}

// The body of `case "$previous" in`.
std::string Cases(const std::vector<OptionWords>& options) {
  std::string text;
  for (const OptionWords& option : options) {
    absl::StrAppend(&text, Case(option.option, option.words));
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

std::string BashScript(const std::vector<CompletionNode>& nodes,
                       const std::vector<OptionWords>& options) {
  return absl::StrCat(R"(# Completion of fnn for bash. To use it: source <(fnn completion bash)
_fnn() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local path='' words='' word known
  # Of --option=word bash makes three words.
  if [[ $current == '=' ]]; then current=''; fi
  if [[ $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    for known in )",
                      Paths(nodes), R"(; do
      if [[ $known == "${path:+$path }$word" ]]; then path=$known; break; fi
    done
  done
  case $path in
)",
                      Cases(nodes), R"(  esac
  case $previous in
)",
                      Cases(options), R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _fnn fnn
)");
}

std::string ZshScript(const std::vector<CompletionNode>& nodes,
                      const std::vector<OptionWords>& options) {
  // `words` is the shell's own.
  const auto found = [](const std::string& cases) {
    return absl::StrReplaceAll(cases, {{") words='", ") words_found='"}});
  };
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
                      found(Cases(nodes)), R"(  esac
  case ${words[CURRENT-1]} in
)",
                      found(Cases(options)),
                      R"(    *) [[ $PREFIX == -* ]] || _files ;;
  esac
  compadd -- ${=words_found}
}
compdef _fnn fnn
)");
}

// What makes the option complete its words, and no files.
std::string FishWords(absl::string_view name, const std::vector<OptionWords>& options) {
  for (const OptionWords& option : options) {
    if (option.option == name) {
      return absl::StrCat(" -x -a '", absl::StrJoin(option.words, " "), "'");
    }
  }
  return "";
}

std::string FishScript(const std::vector<CompletionNode>& nodes,
                       const std::vector<OptionWords>& options) {
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
        absl::StrAppend(&text, "-l ", name.substr(2), FishWords(word, options), "\n");
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

std::string CompletionScript(absl::string_view shell, const std::vector<CompletionNode>& nodes,
                             const std::vector<OptionWords>& options) {
  if (shell == "bash") return BashScript(nodes, options);
  if (shell == "zsh") return ZshScript(nodes, options);
  return FishScript(nodes, options);
}

}  // namespace fnn::cli
