#include "client/cli/command_tree.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/dataset_commands.h"
#include "client/cli/evaluate_command.h"
#include "client/cli/exit_code.h"
#include "client/cli/operator_flag.h"
#include "client/cli/predict_command.h"
#include "client/cli/system_commands.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

// A command without arguments.
struct NoArgs {};

const char kFilesHelp[] =
    "A file is CSV, IDX, NPY or NPZ, with gzip or not, which the server recognises; given again, "
    "IDX or NPY files are put side by side, such as images and then labels";

}  // namespace

CLI::App* AddNoun(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* noun = app.add_subcommand(name, description);
  noun->require_subcommand(1);
  noun->footer("Example:\n  fnn " + name + " list");
  return noun;
}

absl::Status NoCsvError() {
  return UsageError("this command writes no CSV; there are table, json and ndjson");
}

void AddNameCommand(CLI::App& noun, const std::string& name, const std::string& description,
                    const std::string& example, Command& result, const std::string& argument,
                    const std::string& argument_help,
                    absl::Status (*run)(Context&, const std::string&), Csv csv) {
  auto args = std::make_shared<std::string>();
  AddCommand(noun, name, description, example, result, args, run, csv)
      ->add_option(argument, *args, argument_help)
      ->required();
}

void AddListOptions(CLI::App& command, const ListFields& fields, ListArgs& args) {
  command.add_option(
      "--filter", args.filter,
      absl::StrCat("Which of them: conditions such as ", fields.filter, ". Default: all"));
  command.add_option("--order-by", args.order_by,
                     absl::StrCat("The order: ", fields.order_by,
                                  ", with ' desc' after it for the largest first"));
}

void AddListCommand(CLI::App& noun, const std::string& description, const std::string& example,
                    Command& result, const ListFields& fields,
                    absl::Status (*run)(Context&, const ListArgs&)) {
  auto args = std::make_shared<ListArgs>();
  AddListOptions(*AddCommand(noun, "list", description, example, result, args, run), fields, *args);
}

void AddLabelOption(CLI::App& command, std::vector<std::string>& labels) {
  command.add_option("--label", labels, "KEY=VALUE, to be found by; once for each")
      ->allow_extra_args(false);
}

void AddTimeOption(CLI::App& command, const std::string& name,
                   std::optional<absl::Duration>& result, const std::string& help) {
  command.add_option_function<std::string>(
      name,
      [name, &result](const std::string& text) {
        absl::Duration time;
        if (!ParseTime(text, &time)) {
          throw CLI::ValidationError(absl::StrCat(
              name, " takes a time such as 90s, 10m or 1h30m, or seconds, not '", text, "'"));
        }
        result = time;
      },
      help);
}

void AddReconnectOption(CLI::App& command, std::optional<absl::Duration>& result) {
  AddTimeOption(command, "--reconnect-for", result,
                "How long a lost connection is tried again, such as 10m; 0 for not at all. "
                "Default: 2m");
}

CLI::Validator WholeNumberFrom(int64_t least) {
  // CLI11 by itself takes -1 for 2^64 - 1 where an unsigned number is wanted.
  return CLI::Validator(
      [least](std::string& text) -> std::string {
        int64_t value = 0;
        uint64_t large = 0;
        if (absl::SimpleAtoi(text, &value) ? value >= least : absl::SimpleAtoi(text, &large)) {
          return "";
        }
        return absl::StrCat("'", text, "' is not a whole number from ", least, " on");
      },
      "");
}

void AddNetworkOptions(CLI::App& command, NetworkArgs& args) {
  auto* layers = command.add_option(
      "--layers", args.layers,
      "The network in one line: the number of features, a shape such as 28x28x1, or 'auto'; then "
      "each layer after a '>': UNITS, or a field of fnn.v1.Layer with its arguments, such as "
      "conv2d(16,3x3,padding=same), maxout(32,k=4), dropout(0.5) or flatten; then, after a ':', an "
      "activation, a field of fnn.v1.Activation, such as relu or leaky_relu(gamma=0.2). "
      "a=64:relu names a layer; add@a,b says where inputs come from");
  command
      .add_option("--network", args.file,
                  "The network as a fnn.v1.Network in a .textproto or .json file")
      ->excludes(layers);
  command.add_option("--loss", args.loss,
                     OperatorHelp(*v1::Loss::descriptor()) +
                         ", such as cross_entropy(label_smoothing=0.1). Default: cross_entropy "
                         "after softmax, binary_cross_entropy after logistic, else mse");
  command.add_option("--scaling", args.scaling,
                     OperatorHelp(*v1::Scaling::descriptor()) +
                         ": what is done to each feature first. Default: nothing");
  command.add_option("--class-names", args.class_names, "A name for each class, in order")
      ->delimiter(',');
}

void AddMetricOption(CLI::App& command, std::vector<std::string>& metrics,
                     const std::string& help) {
  command.add_option("--metric", metrics,
                     "What to measure beside the loss, one or more with commas between them: " +
                         OperatorHelp(*v1::Metric::descriptor()) +
                         ", such as top_k_accuracy(k=3). " + help);
}

void AddCsvOptions(CLI::App& command, CsvArgs& args) {
  command.add_option("--delimiter", args.delimiter,
                     "What stands between cells of the file; \\t for a tab. Default: ,");
  command
      .add_option("--header", args.header,
                  "Whether the first line names the columns; auto: when no cell of it is a number")
      ->check(CLI::IsMember({"auto", "present", "absent"}))
      ->capture_default_str();
}

CLI::Option* AddDataOption(CLI::App& command, const std::string& name,
                           std::vector<std::string>& files, const std::string& help) {
  // More than one word after it would take the arguments that follow.
  return command.add_option(name, files, help + ". " + kFilesHelp)->allow_extra_args(false);
}

void AddFileOptions(CLI::App& command, DatasetArgs& args) {
  AddCsvOptions(command, args.csv);
  command
      .add_option(
          "--missing", args.missing,
          "What becomes of missing values of a CSV file: refuse it, drop their rows, or put "
          "the mean of the column, of text the most frequent value")
      ->check(CLI::IsMember({"refuse", "drop", "mean"}))
      ->capture_default_str();
  command
      .add_option("--missing-marker", args.missing_markers,
                  "What stands for a missing value beside an empty cell, such as NA; once for each")
      ->allow_extra_args(false);
  command
      .add_option("--text", args.text,
                  "What becomes of columns of text of a CSV file: refuse it, a column of 0 and 1 "
                  "for each value, or one column of their places in order")
      ->check(CLI::IsMember({"refuse", "one-hot", "index"}))
      ->capture_default_str();
  command
      .add_option("--arrays", args.arrays,
                  "The arrays of an NPZ file to read, in this order. Default: all")
      ->delimiter(',')
      ->excludes("--delimiter")
      ->excludes("--header")
      ->excludes("--missing")
      ->excludes("--missing-marker")
      ->excludes("--text");
}

void AddTemporaryDataOptions(CLI::App& command, DatasetArgs& data, BindingArgs& binding) {
  AddDataOption(command, "--data", data.data,
                "datasets/NAME, a file, or - for standard input; a file is uploaded, and deleted "
                "from the server afterwards unless --dataset-id names it")
      ->required();
  command.add_option("--dataset-id", data.dataset_id, "Keep the uploaded data as this");
  AddFileOptions(command, data);
  AddBindingOptions(command, binding,
                    "What should come out: a place from 0 (-1: the last) or a name. Default: the "
                    "last column");
}

void AddNetworkPointOptions(CLI::App& command, NetworkPointArgs& args) {
  command.add_option("MODEL", args.model, kVersionHelp);
  AddNetworkOptions(command, args.network);
  command.add_flag("--fresh", args.fresh, "Initial parameters instead of the model's");
  AddTemporaryDataOptions(command, args.data, args.binding);
}

void AddBindingOptions(CLI::App& command, BindingArgs& args, const std::string& target_help) {
  command.add_option("--target", args.targets, target_help)->delimiter(',');
  command
      .add_option(
          "--features", args.features,
          "What goes in, in this order. Default: every column that is neither a target, nor "
          "the weight, nor ignored")
      ->delimiter(',');
  command.add_option("--ignore", args.ignored, "Columns to leave out")->delimiter(',');
  command.add_option("--weight", args.weight,
                     "The column that says how much each row counts. Default: all the same");
}

void AddDatasetCommands(CLI::App& app, Command& result) {
  CLI::App* dataset = AddNoun(app, "dataset", "Tables of numbers to train and evaluate on");
  auto upload = std::make_shared<DatasetArgs>();
  CLI::App* command = AddCommand(*dataset, "upload", "Make a dataset of a file, or of several",
                                 "fnn dataset upload digits.csv --id digits\n"
                                 "  fnn dataset upload digits.csv --resume uploads/u1",
                                 result, upload, &DatasetUpload);
  command->add_option("FILE", upload->data, std::string("Or - for standard input. ") + kFilesHelp)
      ->required();
  command->add_option("--id", upload->dataset_id,
                      "The dataset's name. Default: one that the server makes");
  command->add_option("--description", upload->description, "What it is, in your words");
  AddLabelOption(*command, upload->labels);
  AddFileOptions(*command, *upload);
  AddReconnectOption(*command, upload->reconnect_for);
  CLI::Option* resume = command->add_option(
      "--resume", upload->resume,
      "Go on with an upload that stopped, uploads/NAME, from where the server has it. All that was "
      "said of the dataset stays as it was");
  for (const char* said : {"--id", "--description", "--label", "--delimiter", "--header",
                           "--missing", "--missing-marker", "--text", "--arrays"}) {
    resume->excludes(said);
  }
  const std::string help = "datasets/NAME, or NAME";
  AddNameCommand(*dataset, "get", "Show a dataset and its columns", "fnn dataset get digits",
                 result, "DATASET", help, &DatasetGet);
  AddListCommand(*dataset, "List the datasets",
                 "fnn dataset list --filter 'rows > 1000' --order-by 'rows desc'", result,
                 {"'labels.team = vision AND rows > 1000'", "name, rows or create_time"},
                 &DatasetList);
  AddNameCommand(*dataset, "delete", "Delete a dataset", "fnn dataset delete digits", result,
                 "DATASET", help, &DatasetDelete);
}

void AddPredictionCommands(CLI::App& app, Command& result) {
  auto evaluate = std::make_shared<EvaluateArgs>();
  CLI::App* command =
      AddCommand(app, "evaluate", "Measure a model on data: loss, metrics, each class",
                 "fnn evaluate digits --data test.csv", result, evaluate, &Evaluate);
  command->add_option("MODEL", evaluate->model, kVersionHelp)->required();
  AddTemporaryDataOptions(*command, evaluate->data, evaluate->binding);
  AddMetricOption(*command, evaluate->metrics, "Default: as in training");

  auto predict = std::make_shared<PredictArgs>();
  command = AddCommand(app, "predict", "Predict rows of a CSV file",
                       "fnn predict digits --data test.csv --target -1 --rows 5", result, predict,
                       &Predict);
  command->add_option("MODEL", predict->model, kVersionHelp)->required();
  command->add_option("--data", predict->data, "A CSV file, or - for standard input")
      ->capture_default_str();
  AddCsvOptions(*command, predict->csv);
  AddBindingOptions(*command, predict->binding,
                    "Columns of a labelled file that do not go in and are shown beside the "
                    "prediction: a place from 0 (-1: the last) or a name. Default: none");
  command
      ->add_flag_callback(
          "--skip-target", [predict] { predict->binding.targets = {"-1"}; },
          "The last column is a target: the same as --target -1")
      ->excludes("--target");
  command->add_option("--rows", predict->rows, "Only the first so many rows")
      ->check(WholeNumberFrom(1));
}

void AddSystemCommands(CLI::App& app, Command& result) {
  auto service = std::make_shared<std::string>();
  AddCommand(app, "health", "Ask whether the server takes requests", "fnn health && echo up",
             result, service, &Health)
      ->add_option("--service", *service,
                   "One service, such as fnn.v1.TrainingService. Default: the whole server");
  AddCommand<NoArgs>(app, "info", "Show the server's version and limits", "fnn info -o json",
                     result, std::make_shared<NoArgs>(),
                     [](Context& context, const NoArgs&) { return Info(context); });
}

}  // namespace fnn::cli
