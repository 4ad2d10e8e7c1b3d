// The commands that start and follow runs.

#include "client/cli/command_tree.h"
#include "client/cli/run_commands.h"
#include "client/cli/run_history_command.h"
#include "client/cli/train_command.h"
#include "client/cli/training_args.h"

namespace fnn::cli {
namespace {

// What a run that outlives its client and its server is told.
void AddDurabilityOptions(CLI::App& command, TrainingArgs& args) {
  command.add_option("--priority", args.priority,
                     "Runs with a larger one are trained first, -1000 to 1000. Default: 0");
  AddLabelOption(command, args.labels);
  command.add_option("--initial-version", args.initial_version,
                     std::string("Start from the parameters of a version: ") + kVersionHelp);
  command.add_option("--checkpoint-every", args.checkpoint_every,
                     "Save a checkpoint after so many epochs. Default: by time");
  AddTimeOption(command, "--checkpoint-interval", args.checkpoint_interval,
                "Save a checkpoint after so much time, such as 60 or 5m. Default: the server's");
  command.add_option("--request-id", args.request_id,
                     "Asked once more with the same id, the run is not started twice. Default: "
                     "random");
  AddReconnectOption(command, args.reconnect_for);
}

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
  AddDurabilityOptions(command, args);
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
  AddNameCommand(*run, "get", "Show a run", "fnn run get runs/r1", result, "RUN", help, &RunGet);
  AddListCommand(
      *run, "List the runs",
      "fnn run list --filter 'state = RUNNING AND labels.team = vision' --order-by 'priority desc'",
      result,
      {"'state = RUNNING AND model = models/digits', also by priority, create_time, name and "
       "labels.KEY",
       "name, create_time or priority"},
      &RunList);

  auto watch = std::make_shared<RunWatchArgs>();
  command = AddCommand(*run, "watch", "Show a run's epochs, from the first to the last to come",
                       "fnn run watch runs/r1 -o ndjson", result, watch, &RunWatch);
  command->add_option("RUN", watch->name, help)->required();
  command
      ->add_option("--after", watch->after_sequence,
                   "Only events after this sequence number. Default: 0, all")
      ->check(WholeNumberFrom(0));
  command->add_flag("--no-follow", watch->no_follow, "Do not wait for events to come");
  AddReconnectOption(*command, watch->reconnect_for);

  AddNameCommand(*run, "pause", "Ask a run to save its state and stop there, to be resumed",
                 "fnn run pause runs/r1", result, "RUN", help, &RunPause);
  AddNameCommand(*run, "resume", "Have a paused run go on where it was", "fnn run resume runs/r1",
                 result, "RUN", help, &RunResume);
  AddNameCommand(*run, "cancel", "Ask a run to stop for good", "fnn run cancel runs/r1", result,
                 "RUN", help, &RunCancel);
  AddNameCommand(*run, "delete", "Delete a run that has ended; what it published stays",
                 "fnn run delete runs/r1", result, "RUN", help, &RunDelete);
  AddNameCommand(*run, "history", "Print all epochs of a run so far",
                 "fnn run history runs/r1 -o csv > r1.csv", result, "RUN", help, &RunHistory,
                 Csv::kYes);

  auto plot = std::make_shared<RunPlotArgs>();
  command = AddCommand(*run, "plot", "Draw a run's losses as SVG",
                       "fnn run plot runs/r1 --file loss.svg\n"
                       "  fnn run plot runs/r1 --health --file health.svg",
                       result, plot, &RunPlot);
  command->add_option("RUN", plot->name, help)->required();
  command->add_option("--file", plot->file, "Where it goes; - is standard output")
      ->capture_default_str();
  AddScaleOption(*command, "--scale", plot->scale);
  command->add_flag("--health", plot->health,
                    "Draw the norm of each layer's gradient instead, on a logarithmic axis");
}

}  // namespace fnn::cli
