// The command that verifies gradients.

#include "client/cli/command_tree.h"
#include "client/cli/gradients_command.h"

namespace fnn::cli {

void AddGradientCommands(CLI::App& app, Command& result) {
  CLI::App* noun = AddNoun(app, "gradients", "Whether what a network learns by is right");
  auto args = std::make_shared<GradientsVerifyArgs>();
  CLI::App* command = AddCommand(
      *noun, "verify", "Hold back-propagation against a tape, dual numbers and central differences",
      "fnn gradients verify digits --data digits.csv\n"
      "  fnn gradients verify --layers '64 > 16:relu > 10:softmax' --data digits.csv --seed 7\n\n"
      "Errors are relative to the norm of each tensor's gradient by the tape; ! marks those beyond "
      "the tolerance, and the exit code is then 1.",
      result, args, &GradientsVerify);
  AddNetworkPointOptions(*command, args->point);
  command->add_option("--seed", args->seed,
                      "What initial parameters, rows and samples are drawn by. Default: 0");
  command->add_option("--rows", args->rows, "Rows to differentiate on, up to 1024. Default: 16")
      ->check(WholeNumberFrom(1));
  command
      ->add_option("--samples", args->samples,
                   "Parameters of each tensor that dual numbers and differences are tried on. "
                   "Default: 32")
      ->check(WholeNumberFrom(1));
  command->add_option("--exact-tolerance", args->exact_tolerance,
                      "Between the exact ways in double. Default: 1e-10");
  command->add_option("--difference-tolerance", args->difference_tolerance,
                      "Of central differences. Default: 1e-6");
  command->add_option("--float-tolerance", args->float_tolerance,
                      "Of back-propagation in float. Default: 1e-4");
}

}  // namespace fnn::cli
