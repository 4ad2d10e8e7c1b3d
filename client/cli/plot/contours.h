#ifndef FNN_CLIENT_CLI_PLOT_CONTOURS_H_
#define FNN_CLIENT_CLI_PLOT_CONTOURS_H_

#include <array>
#include <vector>

namespace fnn::cli {

// Values on a grid, [rows][columns].
using Grid = std::vector<std::vector<double>>;

// A piece of a contour; x in columns and y in rows, from 0.
struct Segment {
  double x1, y1, x2, y2;
};

// Where the grid, linear along the edges of its cells, crosses `level`: marching squares (Maple,
// "Geometric design and space planning using the marching squares and marching cube algorithms",
// 2003). The two ways through a saddle are told apart by the cell's mean. Cells with a value that
// is not finite are left out.
std::vector<Segment> Contour(const Grid& grid, double level);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_CONTOURS_H_
