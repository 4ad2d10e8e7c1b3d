#ifndef FNN_CLIENT_CLI_PLOT_PANEL_H_
#define FNN_CLIENT_CLI_PLOT_PANEL_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/plot/axis.h"
#include "client/cli/plot/svg.h"

namespace fnn::cli {

// One curve. Curves differ by colour and by dashes, so that they can be told apart without colour.
struct Curve {
  // In the legend; empty where it is not in it.
  std::string name;
  const char* color;
  // As SVG's stroke-dasharray; empty for a solid line.
  const char* dashes;
  // x ascending; y may be NaN, which is a gap.
  std::vector<std::pair<double, double>> points;
};

// The extremes of all curves; nullopt where there are only gaps.
std::optional<std::pair<double, double>> Range(const std::vector<Curve>& curves);

// Drops curves without points, and makes gaps of the values that no axis holds.
std::vector<Curve> Drawable(std::vector<Curve> curves);

// A rectangle of the picture with axes, in pixels.
struct Frame {
  double left;
  double top;
  double width;
  double height;
};

// One diagram: heading, legend, grid, labels and curves.
struct Panel {
  std::string heading;
  Frame frame;
  Axis x;
  Axis y;
  // Written under the horizontal axis; empty for none.
  std::string x_label;
  std::vector<Curve> curves;
};

// Text and line colours, all with a contrast of at least 4.5 : 1 on white where text uses them.
inline constexpr char kInk[] = "#1f2328";
inline constexpr char kMutedInk[] = "#59636e";

// A picture on white with its title and a line about it above the panels, from `left` on.
SvgWriter BeginPicture(double left, double width, double height, const std::string& title,
                       const std::string& about);

void DrawPanel(SvgWriter& svg, const Panel& panel);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_PANEL_H_
