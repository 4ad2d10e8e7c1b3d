#ifndef FNN_CLIENT_CLI_COMPLETION_H_
#define FNN_CLIENT_CLI_COMPLETION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/completion_words.h"

namespace fnn::cli {

// What may follow a command line that has come to a command.
struct CompletionNode {
  // The words of the command, such as `model get`; empty for the program itself.
  std::string path;
  // Nouns or verbs, names of operators, and options.
  std::vector<std::string> words;
};

// The shells that CompletionScript knows.
const std::vector<std::string>& CompletionShells();

// A script that makes a shell complete the commands and options of `fnn`, what may follow one of
// `options`, and files elsewhere. `shell`: one of CompletionShells().
std::string CompletionScript(absl::string_view shell, const std::vector<CompletionNode>& nodes,
                             const std::vector<OptionWords>& options);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_COMPLETION_H_
