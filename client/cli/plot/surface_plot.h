#ifndef FNN_CLIENT_CLI_PLOT_SURFACE_PLOT_H_
#define FNN_CLIENT_CLI_PLOT_SURFACE_PLOT_H_

#include <string>
#include <vector>

#include "fnn/v1/analysis_service.pb.h"

namespace fnn::cli {

// A surface as the server sent it.
struct ReceivedSurface {
  v1::SurfaceFrame frame;
  std::vector<v1::SurfaceRow> rows;
};

// A picture of it as an SVG document, a diagram for each loss side by side: bands of equal loss
// with contours between them and the way of the training, or for a line its curve. Each loss has
// its own scale, logarithmic where all of it is above 0. What is not finite is left white.
std::string SurfacePlot(const std::string& title, const ReceivedSurface& surface);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_SURFACE_PLOT_H_
