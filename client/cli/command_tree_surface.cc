// The command that computes loss surfaces.

#include "client/cli/command_tree.h"
#include "client/cli/surface_command.h"

namespace fnn::cli {

void AddSurfaceCommands(CLI::App& app, Command& result) {
  CLI::App* noun = AddNoun(app, "surface", "The loss around a network's parameters");
  auto args = std::make_shared<SurfaceComputeArgs>();
  CLI::App* command = AddCommand(
      *noun, "compute", "Compute the loss over a plane, or a line, through the parameters",
      "fnn surface compute digits --data digits.csv --plot surface.svg\n"
      "  fnn surface compute --layers '64 > 16:logistic > 10:softmax' --data digits.csv \\\n"
      "      --train --epochs 20 --directions principal \\\n"
      "      --losses mean_squared_error --losses cross_entropy --plot surface.svg",
      result, args, &SurfaceCompute, Csv::kYes);
  AddNetworkPointOptions(*command, args->point);
  command->add_option("--rows", args->rows, "Rows whose mean loss it is. Default: 1000")
      ->check(WholeNumberFrom(1));
  command->add_flag("--train", args->train,
                    "Train first, and look around where that ends; nothing of it is kept");
  AddTrainingOptions(*command, args->training);
  command
      ->add_option("--directions", args->directions,
                   "random: filter by filter as large as the weights; training: from its start to "
                   "its end; principal: the two in which training moved most")
      ->check(CLI::IsMember({"random", "training", "principal"}))
      ->capture_default_str();
  command->add_option("--direction-seed", args->direction_seed,
                      "What random directions are drawn by. Default: 0");
  command->add_flag("--line", args->line, "Along the first direction alone");
  command->add_option("--points", args->points, "Points along each direction. Default: 51")
      ->check(WholeNumberFrom(2));
  command->add_option("--x", args->x, "Where the first coordinate begins and ends")->expected(2);
  command->add_option("--y", args->y, "Where the second coordinate begins and ends")->expected(2);
  command->add_option("--losses", args->losses,
                      "A loss to compute, such as cross_entropy; may be repeated. Default: the "
                      "network's own");
  command->add_option("--plot", args->plot, "Draw it to this SVG file; - is standard output");
}

}  // namespace fnn::cli
