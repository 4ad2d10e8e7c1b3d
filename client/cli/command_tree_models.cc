// The commands of models, their versions, aliases and files.

#include "client/cli/command_tree.h"
#include "client/cli/model_commands.h"
#include "client/cli/model_file_commands.h"
#include "client/cli/version_commands.h"

namespace fnn::cli {
namespace {

const char kModelHelp[] = "NAME, or models/NAME";

void AddCreateCommand(CLI::App& model, Command& result) {
  auto args = std::make_shared<ModelCreateArgs>();
  CLI::App* command =
      AddCommand(model, "create", "Keep a network under a name, without training it",
                 "fnn model create --id digits --layers '64 > 64:relu > 10:softmax'", result, args,
                 &ModelCreate);
  AddNetworkOptions(*command, args->network);
  command->add_option("--id", args->id, "The model's name. Default: one that the server makes");
  command->add_option("--description", args->description, "What it is for, in your words");
  AddLabelOption(*command, args->labels);
  command->add_flag("--validate-only", args->validate_only,
                    "Check the network and estimate its memory; create nothing");
}

void AddUpdateCommand(CLI::App& model, Command& result) {
  auto args = std::make_shared<ModelUpdateArgs>();
  CLI::App* command =
      AddCommand(model, "update", "Change what is said of a model",
                 "fnn model update digits --description 'handwritten digits' --label stage=test",
                 result, args, &ModelUpdate);
  command->add_option("MODEL", args->name, kModelHelp)->required();
  command->add_option("--description", args->description, "What it is for, in your words");
  AddLabelOption(*command, args->labels);
  command->add_option("--remove-label", args->removed_labels, "The key of a label; once for each")
      ->allow_extra_args(false);
}

void AddVersionCommands(CLI::App& model, Command& result) {
  auto list = std::make_shared<VersionListArgs>();
  CLI::App* command = AddCommand(
      model, "versions", "List the versions of a model, the newest first",
      "fnn model versions digits --order-by validation_loss", result, list, &VersionList);
  command->add_option("MODEL", list->model, kModelHelp)->required();
  AddListOptions(*command,
                 {"'validation_loss < 0.1 AND run = runs/r1'",
                  "version, create_time, train_loss or validation_loss"},
                 list->list);

  CLI::App* alias = model.add_subcommand("alias", "Names of your own for versions");
  alias->require_subcommand(1);
  alias->footer("Example:\n  fnn model alias set digits@champion 3");
  auto set = std::make_shared<AliasSetArgs>();
  command = AddCommand(*alias, "set", "Have an alias stand for a version, in one step",
                       "fnn model alias set digits@champion 3\n  fnn predict digits@champion",
                       result, set, &AliasSet);
  command->add_option("ALIAS", set->alias, "NAME@ALIAS")->required();
  command->add_option("VERSION", set->version, "The version's number")
      ->required()
      ->check(WholeNumberFrom(1));
  AddNameCommand(*alias, "delete", "Delete an alias; the version stays",
                 "fnn model alias delete digits@champion", result, "ALIAS", "NAME@ALIAS",
                 &AliasDelete);
}

void AddFileCommands(CLI::App& model, Command& result) {
  auto exported = std::make_shared<ModelExportArgs>();
  CLI::App* command =
      AddCommand(model, "export", "Write a version to an .fnn file: all that is needed to use it",
                 "fnn model export digits@best --file digits.fnn", result, exported, &ModelExport);
  command->add_option("MODEL", exported->name, kVersionHelp)->required();
  command->add_option("--file", exported->file, "Where it goes; - is standard output")->required();

  auto imported = std::make_shared<ModelImportArgs>();
  command = AddCommand(model, "import", "Make a version of an .fnn file",
                       "fnn model import digits.fnn --id digits", result, imported, &ModelImport);
  command->add_option("FILE", imported->file, "Or - for standard input")->required();
  command->add_option("--id", imported->id,
                      "The model's name; one that is there gets a version more. Default: one that "
                      "the server makes");
  command->add_option("--request-id", imported->request_id,
                      "Asked once more with the same id, nothing is made twice. Default: random");
}

}  // namespace

void AddModelCommands(CLI::App& app, Command& result) {
  CLI::App* model = AddNoun(app, "model", "Networks under names, and their trained versions");
  AddCreateCommand(*model, result);
  AddNameCommand(*model, "get", "Show a model, or one of its versions",
                 "fnn model get digits\n  fnn model get digits@best", result, "MODEL",
                 "NAME for the model, NAME@3 or NAME@best for a version", &ModelGet);
  AddListCommand(
      *model, "List the models", "fnn model list --filter 'labels.stage = test' -o ndjson", result,
      {"'labels.stage = test AND create_time > 2031-01-01T00:00:00Z'", "name or create_time"},
      &ModelList);
  AddUpdateCommand(*model, result);
  AddVersionCommands(*model, result);
  AddNameCommand(*model, "parameters", "Print the weights and biases of a model",
                 "fnn model parameters digits -o json > digits.json", result, "MODEL", kVersionHelp,
                 &ModelParameters);
  AddFileCommands(*model, result);
  AddNameCommand(*model, "delete", "Delete a model with all its versions, or one version",
                 "fnn model delete digits\n  fnn model delete digits@3", result, "MODEL",
                 "NAME for the model, NAME@3 for a version", &ModelDelete);
}

}  // namespace fnn::cli
