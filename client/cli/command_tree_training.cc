// The commands that start and follow runs.

#include "client/cli/command_tree.h"
#include "client/cli/run_commands.h"
#include "client/cli/train_command.h"
#include "client/cli/training_args.h"

namespace fnn::cli {
namespace {

void AddTrainingOptions(CLI::App& command, TrainingArgs& args) {
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
  command.add_option("--validation-split", args.validation_split,
                     "The share of the rows to validate on instead of training, in (0, 1)");
  AddDataOption(command, "--validation-data", args.validation_data,
                "Data of its own to validate on: datasets/NAME or a file");

  command
      .add_option("--optimizer", args.optimizer, JoinWithOr(OptimizerNames()) + ". Default: adam")
      ->check(CLI::IsMember(OptimizerNames()));
  command.add_option("--learning-rate", args.learning_rate,
                     "The step size. Default: the optimizer's, 0.001 for adam");
  command.add_option("--momentum", args.momentum,
                     "With an optimizer that has it, such as momentum");
  command.add_option("--epochs", args.epochs, "How often to go through the data. Default: 10");
  command.add_option("--batch-size", args.batch_size,
                     "Samples in a mini-batch. Default: 32; with lbfgs all rows");
  command.add_option("--l2", args.l2, "The lambda of (lambda / 2) sum w^2. Default: 0");
  command
      .add_option(
          "--class-weight", args.class_weights,
          "How much a class counts in the loss: CLASS=WEIGHT, once for each, or balanced for "
          "weights by how rare each is. Default: 1")
      ->allow_extra_args(false);
  command.add_option("--seed", args.seed, "What every random draw follows from")
      ->check(WholeNumberFrom(0))
      ->capture_default_str();
  command.add_flag("--no-shuffle", args.no_shuffle, "Go through the rows in their order");
  command.add_option("--threads", args.threads,
                     "The most threads to use; results do not depend on it. Default: as many as "
                     "the server allows and the network profits from");
  command
      .add_option("--metric", args.metrics,
                  "What to report beside the loss. Default: accuracy for classes, else mse")
      ->delimiter(',')
      ->check(CLI::IsMember(MetricNames()));
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
  AddTrainingOptions(*command, args->training);
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
  AddTrainingOptions(*command, *start);

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
