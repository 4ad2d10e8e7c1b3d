// The options that say how to train.

#include "client/cli/command_tree.h"
#include "client/cli/operator_flag.h"

namespace fnn::cli {
namespace {

void AddOptimizerOptions(CLI::App& command, TrainingOptionArgs& args) {
  command.add_option(
      "--optimizer", args.optimizer,
      OperatorHelp(*v1::Optimizer::descriptor()) + ", such as adam(beta1=0.8). Default: adam");
  command.add_option("--learning-rate", args.learning_rate,
                     "The step size. Default: the optimizer's, 0.001 for adam");
  command.add_option("--momentum", args.momentum,
                     "With an optimizer that has it, such as momentum");
  command.add_option("--schedule", args.schedule,
                     "How the learning rate changes: " + OperatorHelp(*v1::Schedule::descriptor()) +
                         ", such as cosine(minimum=1e-4,per_step,warm_up(length=100)); per_step "
                         "and warm_up go with each. Default: constant");
}

void AddRegularizationOptions(CLI::App& command, TrainingOptionArgs& args) {
  command.add_option("--l1", args.l1, "The lambda of lambda sum |w|. Default: 0");
  command.add_option("--l2", args.l2, "The lambda of (lambda / 2) sum w^2. Default: 0");
  command.add_option("--max-norm", args.max_norm,
                     "The largest norm of the weights into one unit. Default: none");
  command.add_option("--clip-norm", args.clip_norm,
                     "Shorten longer gradients to this norm. Default: none");
  command.add_option("--clip-value", args.clip_value,
                     "Clamp each element of the gradient to [-VALUE, VALUE]. Default: none");
}

void AddStoppingOptions(CLI::App& command, TrainingOptionArgs& args) {
  command.add_option("--epochs", args.epochs, "How often to go through the data. Default: 10");
  command
      .add_option("--early-stopping", args.early_stopping,
                  "End when it gets no better: patience=EPOCHS (default 10), min_delta=NUMBER, "
                  "metric=METRIC (default: the loss), restore_best, or nothing for the defaults, "
                  "with commas between them")
      ->expected(0, 1);
  command.add_option("--target-loss", args.target_loss, "End when the loss is at most this");
  AddTimeOption(command, "--max-duration", args.max_duration,
                "End after so much time, such as 90s, 10m or 1h30m");
}

}  // namespace

void AddTrainingOptions(CLI::App& command, TrainingOptionArgs& args) {
  AddOptimizerOptions(command, args);
  AddStoppingOptions(command, args);
  command.add_option("--batch-size", args.batch_size,
                     "Samples in a mini-batch. Default: 32; with lbfgs all rows");
  AddRegularizationOptions(command, args);
  command
      .add_option(
          "--class-weight", args.class_weights,
          "How much a class counts in the loss: CLASS=WEIGHT, once for each, or balanced for "
          "weights by how rare each is. Default: 1")
      ->allow_extra_args(false);
  command.add_option("--validation-split", args.validation_split,
                     "The share of the rows to validate on instead of training, in (0, 1)");
  command.add_option("--seed", args.seed, "What every random draw follows from")
      ->check(WholeNumberFrom(0))
      ->capture_default_str();
  command
      .add_option("--health", args.health,
                  "What is looked at inside the network in each epoch: off, basic or detailed; "
                  "training does not depend on it. Default: basic")
      ->check(CLI::IsMember({"off", "basic", "detailed"}));
  command.add_option(
      "--health-thresholds", args.health_thresholds,
      "When something is called by its name, such as patience=5,dead_share=0.8; what "
      "is not given has its default");
  command.add_flag("--no-shuffle", args.no_shuffle, "Go through the rows in their order");
  command.add_option("--threads", args.threads,
                     "The most threads to use; results do not depend on it. Default: as many as "
                     "the server allows and the network profits from");
  AddMetricOption(command, args.metrics, "Default: accuracy for classes, else mse");
}

}  // namespace fnn::cli
