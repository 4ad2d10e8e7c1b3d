#ifndef FNN_CLIENT_CLI_PLOT_LOSS_PLOT_H_
#define FNN_CLIENT_CLI_PLOT_LOSS_PLOT_H_

#include <string>
#include <vector>

#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// How the loss's axis is scaled.
enum class LossScale {
  // Logarithmic where the losses are positive and span a factor of 200 or more, else linear.
  kAuto,
  kLinear,
  // Losses that are not positive are left out.
  kLog,
};

struct LossPlotOptions {
  // Stands above the picture, such as the run's name.
  std::string title;
  LossScale scale = LossScale::kAuto;
};

// A picture of a run as an SVG document: the training and validation loss over the epochs, and
// below it, where there is one, the first metric. Values that are not finite, or beyond what an
// axis holds, are gaps. Without any report the picture says so.
std::string LossPlot(const std::vector<v1::EpochReport>& reports, const LossPlotOptions& options);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_LOSS_PLOT_H_
