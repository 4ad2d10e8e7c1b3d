// The commands that show and draw operators.

#include "client/cli/command_tree.h"
#include "client/cli/operator_commands.h"

namespace fnn::cli {
namespace {

void AddListCommand(CLI::App& noun, Command& result) {
  auto args = std::make_shared<OperatorListArgs>();
  CLI::App* command = AddCommand(noun, "list", "List what networks and trainings can be made of",
                                 "fnn operator list --kind loss", result, args, &OperatorList);
  command->add_option("--kind", args->kind, "Only these. Default: all")
      ->check(CLI::IsMember(OperatorKindNames()));
  command->add_flag("--markdown", args->markdown, "As Markdown, with everything that is known");
}

void AddShowCommand(CLI::App& noun, Command& result) {
  auto args = std::make_shared<OperatorShowArgs>();
  CLI::App* command =
      AddCommand(noun, "show", "Show an operator: formula, arguments, defaults, ranges",
                 "fnn operator show leaky_relu\n"
                 "  fnn operator show swish --derivative",
                 result, args, &OperatorShow);
  command
      ->add_option("NAME", args->name,
                   "Such as relu, adam or cross_entropy; with --derivative also 'elu(gamma=0.5)'")
      ->required();
  command->add_option("--kind", args->kind, "Only of this kind. Default: of every kind")
      ->check(CLI::IsMember(OperatorKindNames()));
  command->add_flag(
      "--derivative", args->derivative,
      "With an activation's formula differentiated; the arguments stay symbols unless "
      "one is given");
}

void AddPlotCommand(CLI::App& noun, Command& result) {
  auto args = std::make_shared<OperatorPlotArgs>();
  CLI::App* command =
      AddCommand(noun, "plot", "Draw activations and losses with their slopes, or schedules",
                 "fnn operator plot relu 'leaky_relu(gamma=0.2)' --out rectifiers.svg\n"
                 "  fnn operator plot --all --out activations.svg\n\n"
                 "-o json and -o ndjson print the numbers instead.",
                 result, args, &OperatorPlotCommand);
  command->add_option("NAME", args->names,
                      "Operators of one kind, with arguments in parentheses where they are not the "
                      "defaults; up to six share a diagram");
  command->add_flag("--all", args->all, "Every activation, or every operator of --kind");
  command
      ->add_option("--kind", args->sample.kind,
                   "What the names are. Default: the first of these that has them")
      ->check(CLI::IsMember(SampledKindNames()));
  command->add_option("--low", args->sample.low, "The first x. Default: -5");
  command->add_option("--high", args->sample.high, "The last x. Default: 5");
  command->add_option("--points", args->sample.points, "How many, 2 to 10,000. Default: 201");
  command->add_option("--target", args->sample.target,
                      "The target that a loss is measured against. Default: 0");
  command->add_option("--learning-rate", args->sample.learning_rate,
                      "What a schedule starts from. Default: 1");
  command->add_option("--out", args->file, "The SVG file to write, or - for standard output")
      ->capture_default_str();
}

}  // namespace

void AddOperatorCommands(CLI::App& app, Command& result) {
  CLI::App* noun =
      AddNoun(app, "operator", "Activations, layers, losses, ...: what there is, and its curves");
  AddListCommand(*noun, result);
  AddShowCommand(*noun, result);
  AddPlotCommand(*noun, result);
}

}  // namespace fnn::cli
