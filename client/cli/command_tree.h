#ifndef FNN_CLIENT_CLI_COMMAND_TREE_H_
#define FNN_CLIENT_CLI_COMMAND_TREE_H_

// Builds the tree of nouns, verbs and options in CLI11. The only files that include CLI11, which
// compiles slowly, are those that include this one.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "client/cli/command_line.h"
#include "client/cli/data_args.h"
#include "client/cli/list_args.h"
#include "client/cli/network_args.h"
#include "client/cli/network_point_args.h"
#include "client/cli/training_options.h"

namespace fnn::cli {

// A noun, under which verbs are added.
CLI::App* AddNoun(CLI::App& app, const std::string& name, const std::string& description);

// Whether a command can write CSV.
enum class Csv { kNo, kYes };
absl::Status NoCsvError();

// A command: when it is parsed, `result` receives `run` bound to the arguments that were read.
// `example`: shown by its --help.
template <typename Args>
CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& example, Command& result, std::shared_ptr<Args> args,
                     absl::Status (*run)(Context&, const Args&), Csv csv = Csv::kNo) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->footer("Example:\n  " + example);
  command->final_callback([&result, args = std::move(args), run, csv] {
    result = [args, run, csv](Context& context) {
      if (context.format == Format::kCsv && csv == Csv::kNo) return NoCsvError();
      return run(context, *args);
    };
  });
  return command;
}

// A command whose one argument is a name.
void AddNameCommand(CLI::App& noun, const std::string& name, const std::string& description,
                    const std::string& example, Command& result, const std::string& argument,
                    const std::string& argument_help,
                    absl::Status (*run)(Context&, const std::string&), Csv csv = Csv::kNo);

// A command that lists things. `fields`: what can be filtered and ordered by.
struct ListFields {
  std::string filter;
  std::string order_by;
};
void AddListCommand(CLI::App& noun, const std::string& description, const std::string& example,
                    Command& result, const ListFields& fields,
                    absl::Status (*run)(Context&, const ListArgs&));

// How the version of a model is written.
inline constexpr char kVersionHelp[] =
    "NAME for its newest version, NAME@3 for version 3, NAME@best or another alias; or in full, "
    "such "
    "as models/NAME/versions/3";

// Checks of what is written for a number, with messages that name the range.
CLI::Validator WholeNumberFrom(int64_t least);

// Options that several commands share.
void AddListOptions(CLI::App& command, const ListFields& fields, ListArgs& args);
void AddLabelOption(CLI::App& command, std::vector<std::string>& labels);
// A time, such as 90, 90s or 1h30m.
void AddTimeOption(CLI::App& command, const std::string& name,
                   std::optional<absl::Duration>& result, const std::string& help);
void AddReconnectOption(CLI::App& command, std::optional<absl::Duration>& result);
void AddNetworkOptions(CLI::App& command, NetworkArgs& args);
void AddMetricOption(CLI::App& command, std::vector<std::string>& metrics, const std::string& help);
void AddCsvOptions(CLI::App& command, CsvArgs& args);
// How files to upload are read, those of AddCsvOptions included.
void AddFileOptions(CLI::App& command, DatasetArgs& args);
// An option for a dataset or files: one word each time that it is given. `help` ends without a dot.
CLI::Option* AddDataOption(CLI::App& command, const std::string& name,
                           std::vector<std::string>& files, const std::string& help);
void AddBindingOptions(CLI::App& command, BindingArgs& args, const std::string& target_help);
// Data that is not kept: of those who look at a network, and not train one.
void AddTemporaryDataOptions(CLI::App& command, DatasetArgs& data, BindingArgs& binding);
void AddNetworkPointOptions(CLI::App& command, NetworkPointArgs& args);

// How to train, but not what nor on what.
void AddTrainingOptions(CLI::App& command, TrainingOptionArgs& args);

// The commands of each noun.
void AddTrainCommand(CLI::App& app, Command& result);
void AddModelCommands(CLI::App& app, Command& result);
void AddDatasetCommands(CLI::App& app, Command& result);
void AddRunCommands(CLI::App& app, Command& result);
void AddOperatorCommands(CLI::App& app, Command& result);
void AddPredictionCommands(CLI::App& app, Command& result);
void AddGradientCommands(CLI::App& app, Command& result);
void AddSurfaceCommands(CLI::App& app, Command& result);
void AddSystemCommands(CLI::App& app, Command& result);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_COMMAND_TREE_H_
