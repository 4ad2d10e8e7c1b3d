#include "client/cli/plot/contours.h"

#include <cmath>
#include <utility>

namespace fnn::cli {
namespace {

using Point = std::pair<double, double>;

}  // namespace

std::vector<Segment> Contour(const Grid& grid, double level) {
  std::vector<Segment> out;
  for (size_t r = 0; r + 1 < grid.size(); ++r) {
    for (size_t c = 0; c + 1 < grid[r].size(); ++c) {
      // The corners, around the cell.
      const std::array<double, 4> z = {grid[r][c], grid[r][c + 1], grid[r + 1][c + 1],
                                       grid[r + 1][c]};
      const double mean = (z[0] + z[1] + z[2] + z[3]) / 4;
      if (!std::isfinite(mean)) continue;
      const auto x = static_cast<double>(c);
      const auto y = static_cast<double>(r);
      const std::array<Point, 4> corners = {Point{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}};
      // Where the level crosses the edges, in their order around the cell.
      std::vector<Point> crossings;
      for (size_t i = 0; i < 4; ++i) {
        const size_t j = (i + 1) % 4;
        if ((z[i] > level) == (z[j] > level)) continue;
        const double t = (level - z[i]) / (z[j] - z[i]);
        crossings.emplace_back(corners[i].first + t * (corners[j].first - corners[i].first),
                               corners[i].second + t * (corners[j].second - corners[i].second));
      }
      const auto add = [&](size_t a, size_t b) {
        out.push_back(
            {crossings[a].first, crossings[a].second, crossings[b].first, crossings[b].second});
      };
      if (crossings.size() == 2) add(0, 1);
      if (crossings.size() == 4) {
        // Edge i follows corner i: where the middle is on the first corner's side, the corners 1
        // and 3 are cut off, else 0 and 2.
        const bool with_first = (z[0] > level) == (mean > level);
        add(0, with_first ? 1 : 3);
        add(with_first ? 2 : 1, with_first ? 3 : 2);
      }
    }
  }
  return out;
}

}  // namespace fnn::cli
