#ifndef FNN_CLIENT_CLI_PLOT_HEALTH_PLOT_H_
#define FNN_CLIENT_CLI_PLOT_HEALTH_PLOT_H_

#include <string>
#include <vector>

#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// How many layers have a curve of their own; of more, these are spread evenly from first to last.
inline constexpr size_t kMostLayerCurves = 8;

// A picture of a run's health as an SVG document: the norm of each layer's gradient over the
// epochs, on a logarithmic axis, where 0 and what is not finite are gaps. Without any health the
// picture says so. `title` stands above it.
std::string HealthPlot(const std::vector<v1::EpochReport>& reports, const std::string& title);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_HEALTH_PLOT_H_
