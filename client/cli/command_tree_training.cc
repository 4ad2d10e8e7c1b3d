// The commands that start and follow runs.

#include "client/cli/command_tree.h"
#include "client/cli/run_commands.h"
#include "client/cli/train_command.h"
#include "client/cli/training_args.h"

namespace fnn::cli {
namespace {

void AddRunOptions(CLI::App& command, TrainingArgs& args) {
  command.add_option("--model", args.model, "Train a model that exists: models/NAME, or NAME");
  AddNetworkOptions(command, args.network);
  AddDataOption(command, "--data", args.data.data,
                "datasets/NAME, a file, or - for standard input; a file is uploaded")
      ->required();
  command.add_option("--dataset-id", args.data.dataset_id,
                     "The name for an uploaded file. Default: one that the server makes");
  AddFileOptions(command, args.data);
  AddBindingOptions(command, args.binding,
                    "What should come out: a place from 0 (-1: the last) or a name. Default: the "
                    "last column");
  AddDataOption(command, "--validation-data", args.validation_data,
                "Data of its own to validate on: datasets/NAME or a file");
  AddTrainingOptions(command, args.options);
  command.add_option("--model-id", args.model_id,
                     "The name of the model to create. Default: one that the server makes");
  command.add_option("--run-id", args.run_id,
                     "The name of the run. Default: one that the server makes");
}

CLI::Option* AddScaleOption(CLI::App& command, const std::string& name, std::string& scale) {
  return command
      .add_option(name, scale,
                  "The loss axis of the plot; auto: log where the losses span a wide range")
      ->check(CLI::IsMember({"auto", "linear", "log"}))
      ->capture_default_str();
}

}  // namespace

void AddTrainCommand(CLI::App& app, Command& result) {
  auto args = std::make_shared<TrainArgs>();
  CLI::App* command = AddCommand(
      app, "train", "Train a network on data: uploads, creates and trains, in one",
      "fnn train --data digits.csv --layers '64 > 64:relu > 10:softmax' --epochs 30 \\\n"
      "            --validation-split 0.2 --model-id digits --plot loss.svg\n\n"
      "Ctrl-C cancels the run on the server; a second one leaves at once.\n"
      "-o ndjson prints {\"run\": ...} first and last, and between them an event a line.",
      result, args, &Train);
  AddRunOptions(*command, args->training);
  command->add_flag("--detach", args->detach, "Start the run and leave it to the server");
  command->add_option("--plot", args->plot,
                      "Draw the losses to this SVG file when the run has ended");
  AddScaleOption(*command, "--plot-scale", args->plot_scale);
}

void AddRunCommands(CLI::App& app, Command& result) {
  CLI::App* run = AddNoun(app, "run", "Trainings under way and done");
  auto start = std::make_shared<TrainingArgs>();
  CLI::App* command = AddCommand(*run, "start", "Start a run and leave it to the server",
                                 "fnn run start --model digits --data datasets/digits --epochs 30",
                                 result, start, &RunStart);
  AddRunOptions(*command, *start);

  const std::string help = "runs/NAME, or NAME";
  auto get = std::make_shared<std::string>();
  AddCommand(*run, "get", "Show a run", "fnn run get runs/r1", result, get, &RunGet)
      ->add_option("RUN", *get, help)
      ->required();
  struct NoArgs {};
  AddCommand<NoArgs>(*run, "list", "List the runs", "fnn run list", result,
                     std::make_shared<NoArgs>(),
                     [](Context& context, const NoArgs&) { return RunList(context); });

  auto watch = std::make_shared<RunWatchArgs>();
  command = AddCommand(*run, "watch", "Show a run's epochs, from the first to the last to come",
                       "fnn run watch runs/r1 -o ndjson", result, watch, &RunWatch);
  command->add_option("RUN", watch->name, help)->required();
  command
      ->add_option("--after", watch->after_sequence,
                   "Only events after this sequence number. Default: 0, all")
      ->check(WholeNumberFrom(0));
  command->add_flag("--no-follow", watch->no_follow, "Do not wait for events to come");

  auto cancel = std::make_shared<std::string>();
  AddCommand(*run, "cancel", "Ask a run to stop", "fnn run cancel runs/r1", result, cancel,
             &RunCancel)
      ->add_option("RUN", *cancel, help)
      ->required();

  auto plot = std::make_shared<RunPlotArgs>();
  command = AddCommand(*run, "plot", "Draw a run's losses as SVG",
                       "fnn run plot runs/r1 --file loss.svg", result, plot, &RunPlot);
  command->add_option("RUN", plot->name, help)->required();
  command->add_option("--file", plot->file, "Where it goes; - is standard output")
      ->capture_default_str();
  AddScaleOption(*command, "--scale", plot->scale);
}

}  // namespace fnn::cli
