#ifndef FNN_CLIENT_CLI_COMPLETION_WORDS_H_
#define FNN_CLIENT_CLI_COMPLETION_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fnn::cli {

// Names of operators where the command line takes one. All of them follow from the contract's
// descriptors, so that no server is asked.

// An option, such as `--optimizer`, and what may follow it.
struct OptionWords {
  std::string option;
  std::vector<std::string> words;
};
// All such options; what may follow one is the same in each command that has it.
const std::vector<OptionWords>& OptionsOfOperators();

// What the command of that path, such as `operator show`, takes besides options; mostly nothing.
std::vector<std::string> OperandWords(absl::string_view path);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_COMPLETION_WORDS_H_
