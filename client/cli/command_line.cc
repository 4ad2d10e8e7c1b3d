#include "client/cli/command_line.h"

#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/command_tree.h"
#include "client/cli/completion.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {
namespace {

const char kFooter[] =
    "The server's address comes from --server, else FNN_SERVER, else the configuration file\n"
    "(~/.config/fnn/config, a line 'server = HOST:PORT'), else it is 127.0.0.1:50051.\n"
    "Data goes to standard output; progress and errors to standard error.\n\n"
    "Example:\n"
    "  fnn train --data digits.csv --layers '64 > 64:relu > 10:softmax' --epochs 30\n\n";

// The words that complete `app` and everything below it.
void CollectNodes(const CLI::App& app, const std::string& path,
                  std::vector<CompletionNode>& nodes) {
  CompletionNode node = {path, {}};
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    node.words.push_back(sub->get_name());
  }
  for (std::string& word : OperandWords(path)) node.words.push_back(std::move(word));
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) node.words.push_back("--" + name);
  }
  nodes.push_back(std::move(node));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    CollectNodes(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), nodes);
  }
}

// What is wrong, in words that help more than CLI11's where it sees a missing command alone.
std::string Explain(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_name() != "RequiredError" ||
      !absl::StrContains(error.what(), "subcommand is required")) {
    return error.what();
  }
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty()) return "a command is missing";
  return absl::StrCat("there is no command '", unknown.front(), "'");
}

// The command that the arguments came to, in words: `fnn model get`.
std::string ParsedPath(const CLI::App& app) {
  std::string path = "fnn";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    absl::StrAppend(&path, " ", at->get_name());
  }
  return path;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments) {
  CommandLine line;
  CLI::App app("Trains neural networks on an FNN server, watches them learn, and uses them.",
               "fnn");
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(absl::StrCat(kFooter, kExitCodesHelp));
  app.get_formatter()->column_width(34);
  app.add_option("--server", line.flags.server, "The server's address, HOST:PORT");
  app.add_option("-o,--output", line.flags.output,
                 "How data is written: table, json (one document), ndjson (one a line), or csv for "
                 "'fnn run history'");
  app.add_option("--config", line.flags.config, "Another configuration file");
  app.set_version_flag("--version", "fnn " FNN_VERSION);

  AddTrainCommand(app, line.command);
  AddPredictionCommands(app, line.command);
  AddModelCommands(app, line.command);
  AddDatasetCommands(app, line.command);
  AddRunCommands(app, line.command);
  AddOperatorCommands(app, line.command);
  AddGradientCommands(app, line.command);
  AddSurfaceCommands(app, line.command);
  AddSystemCommands(app, line.command);
  std::string shell;
  CLI::App* completion =
      app.add_subcommand("completion", "Print a script that makes a shell complete fnn's commands");
  completion->footer("Example:\n  source <(fnn completion bash)");
  completion->add_option("SHELL", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember(CompletionShells()));

  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // Last to first.
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    if (app.exit(error, out, err) == 0) {  // --help or --version.
      line.text = out.str();
      line.command = nullptr;
      return line;
    }
    return UsageError(
        absl::StrCat(Explain(app, error), "\n'", ParsedPath(app), " --help' shows what there is."));
  }
  if (*completion) {
    std::vector<CompletionNode> nodes;
    CollectNodes(app, "", nodes);
    line.text = CompletionScript(shell, nodes, OptionsOfOperators());
  }
  return line;
}

}  // namespace fnn::cli
