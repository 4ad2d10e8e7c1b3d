#ifndef FNN_CLIENT_CLI_COMMAND_TREE_H_
#define FNN_CLIENT_CLI_COMMAND_TREE_H_

// Builds the tree of nouns, verbs and options in CLI11. The only files that include CLI11, which
// compiles slowly, are those that include this one.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/command_line.h"
#include "client/cli/data_args.h"
#include "client/cli/network_args.h"
#include "client/cli/training_options.h"

namespace fnn::cli {

// A noun, under which verbs are added.
CLI::App* AddNoun(CLI::App& app, const std::string& name, const std::string& description);

// A command: when it is parsed, `result` receives `run` bound to the arguments that were read.
// `example`: shown by its --help.
template <typename Args>
CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& example, Command& result, std::shared_ptr<Args> args,
                     absl::Status (*run)(Context&, const Args&)) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->footer("Example:\n  " + example);
  command->final_callback([&result, args = std::move(args), run] {
    result = [args, run](Context& context) { return run(context, *args); };
  });
  return command;
}

// Checks of what is written for a number, with messages that name the range.
CLI::Validator WholeNumberFrom(int64_t least);

// Options that several commands share.
void AddNetworkOptions(CLI::App& command, NetworkArgs& args);
void AddMetricOption(CLI::App& command, std::vector<std::string>& metrics, const std::string& help);
void AddCsvOptions(CLI::App& command, CsvArgs& args);
// How files to upload are read, those of AddCsvOptions included.
void AddFileOptions(CLI::App& command, DatasetArgs& args);
// An option for a dataset or files: one word each time that it is given. `help` ends without a dot.
CLI::Option* AddDataOption(CLI::App& command, const std::string& name,
                           std::vector<std::string>& files, const std::string& help);
void AddBindingOptions(CLI::App& command, BindingArgs& args, const std::string& target_help);

// How to train, but not what nor on what.
void AddTrainingOptions(CLI::App& command, TrainingOptionArgs& args);

// The commands of each noun.
void AddTrainCommand(CLI::App& app, Command& result);
void AddModelCommands(CLI::App& app, Command& result);
void AddDatasetCommands(CLI::App& app, Command& result);
void AddRunCommands(CLI::App& app, Command& result);
void AddOperatorCommands(CLI::App& app, Command& result);
void AddPredictionCommands(CLI::App& app, Command& result);
void AddSystemCommands(CLI::App& app, Command& result);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_COMMAND_TREE_H_
