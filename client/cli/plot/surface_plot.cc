#include "client/cli/plot/surface_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/plot/axis.h"
#include "client/cli/plot/contours.h"
#include "client/cli/plot/panel.h"
#include "client/cli/plot/svg.h"

namespace fnn::cli {
namespace {

constexpr int kBands = 14;
constexpr double kSide = 420;
constexpr double kLeft = 70;
constexpr double kTop = 84;
constexpr double kGap = 150;  // Between diagrams, with the scale of the first.
constexpr double kBelow = 64;
constexpr char kWay[] = "#d1242f";

// From dark (low) to light, in even steps of lightness: viridis (van der Walt and Smith, 2015).
constexpr std::array<std::array<double, 3>, 6> kColors = {
    {{68, 1, 84}, {65, 68, 135}, {42, 120, 142}, {34, 168, 132}, {122, 209, 81}, {253, 231, 37}}};

std::string ColorOf(double t) {
  const double at = std::clamp(t, 0.0, 1.0) * (kColors.size() - 1);
  const auto i = std::min(static_cast<size_t>(at), kColors.size() - 2);
  const auto mix = [&](size_t channel) {
    const double part = at - static_cast<double>(i);
    return static_cast<int>(
        std::lround((1 - part) * kColors[i][channel] + part * kColors[i + 1][channel]));
  };
  return absl::StrFormat("#%02x%02x%02x", mix(0), mix(1), mix(2));
}

// How values become bands.
class Scale {
 public:
  static std::optional<Scale> Of(const Grid& grid) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const std::vector<double>& row : grid) {
      for (const double z : row) {
        if (!(std::abs(z) <= Axis::kMost)) continue;
        low = std::min(low, z);
        high = std::max(high, z);
      }
    }
    if (low > high) return std::nullopt;
    return Scale(low, high);
  }

  // In [0, 1] from the lowest to the highest.
  double Position(double z) const {
    const double high = Map(high_);
    const double low = Map(low_);
    return high > low ? (Map(z) - low) / (high - low) : 0.5;
  }
  double ValueAt(double t) const {
    const double z = Map(low_) + t * (Map(high_) - Map(low_));
    return log_ ? std::exp(z) : z;
  }

 private:
  Scale(double low, double high) : log_(low > 0 && high > 4 * low), low_(low), high_(high) {}
  double Map(double z) const { return log_ ? std::log(z) : z; }

  bool log_;
  double low_, high_;
};

struct Diagram {
  const v1::SurfaceFrame& frame;
  Frame place;
  Axis x, y;

  double X(double value) const { return place.left + x.Position(value) * place.width; }
  double Y(double value) const { return place.top + (1 - y.Position(value)) * place.height; }
  // By the place in the grid.
  double ColumnX(double column) const { return place.left + column * ColumnWidth(); }
  double RowY(double row) const { return place.top + place.height - row * RowHeight(); }
  double ColumnWidth() const { return place.width / (frame.x_size() - 1); }
  double RowHeight() const { return place.height / (frame.y_size() - 1); }
};

// Each value's neighbourhood in the colour of its band; runs of one colour are one rectangle.
void DrawBands(SvgWriter& svg, const Diagram& at, const Grid& grid, const Scale& scale) {
  svg.Open({{"shape-rendering", "crispEdges"}});
  for (size_t r = 0; r < grid.size(); ++r) {
    const auto band = [&](size_t c) {
      const double z = grid[r][c];
      if (!(std::abs(z) <= Axis::kMost)) return -1;
      return std::min(static_cast<int>(scale.Position(z) * kBands), kBands - 1);
    };
    const double top = std::max(at.RowY(static_cast<double>(r) + 0.5), at.place.top);
    const double bottom =
        std::min(at.RowY(static_cast<double>(r) - 0.5), at.place.top + at.place.height);
    for (size_t c = 0; c < grid[r].size();) {
      size_t end = c;
      while (end < grid[r].size() && band(end) == band(c)) ++end;
      const double left = std::max(at.ColumnX(static_cast<double>(c) - 0.5), at.place.left);
      const double right =
          std::min(at.ColumnX(static_cast<double>(end) - 0.5), at.place.left + at.place.width);
      if (band(c) >= 0) {
        svg.Add("rect", {{"x", left},
                         {"y", top},
                         {"width", right - left},
                         {"height", bottom - top},
                         {"fill", ColorOf((band(c) + 0.5) / kBands)}});
      }
      c = end;
    }
  }
  svg.Close();
}

void DrawContours(SvgWriter& svg, const Diagram& at, const Grid& grid, const Scale& scale) {
  for (int i = 1; i < kBands; ++i) {
    std::string path;
    for (const Segment& s : Contour(grid, scale.ValueAt(static_cast<double>(i) / kBands))) {
      absl::StrAppend(&path, "M", SvgValue(at.ColumnX(s.x1)).text, " ",
                      SvgValue(at.RowY(s.y1)).text, "L", SvgValue(at.ColumnX(s.x2)).text, " ",
                      SvgValue(at.RowY(s.y2)).text);
    }
    if (path.empty()) continue;
    svg.Add("path", {{"d", path},
                     {"fill", "none"},
                     {"stroke", "#ffffff"},
                     {"stroke-opacity", "0.6"},
                     {"stroke-width", 1}});
  }
}

void DrawAxes(SvgWriter& svg, const Diagram& at) {
  const double bottom = at.place.top + at.place.height;
  svg.Add("rect", {{"x", at.place.left},
                   {"y", at.place.top},
                   {"width", at.place.width},
                   {"height", at.place.height},
                   {"fill", "none"},
                   {"stroke", kMutedInk}});
  svg.Open({{"font-size", 12}, {"fill", kMutedInk}});
  for (const Axis::Tick& tick : at.x.ticks()) {
    if (tick.label.empty()) continue;
    const double x = at.X(tick.value);
    svg.Add("line",
            {{"x1", x}, {"x2", x}, {"y1", bottom}, {"y2", bottom + 5}, {"stroke", kMutedInk}});
    svg.AddText(tick.label, {{"x", x}, {"y", bottom + 19}, {"text-anchor", "middle"}});
  }
  for (const Axis::Tick& tick : at.y.ticks()) {
    if (tick.label.empty()) continue;
    const double y = at.Y(tick.value);
    svg.Add("line", {{"x1", at.place.left - 5},
                     {"x2", at.place.left},
                     {"y1", y},
                     {"y2", y},
                     {"stroke", kMutedInk}});
    svg.AddText(tick.label, {{"x", at.place.left - 9}, {"y", y + 4}, {"text-anchor", "end"}});
  }
  svg.AddText(
      "along the first direction",
      {{"x", at.place.left + at.place.width / 2}, {"y", bottom + 42}, {"text-anchor", "middle"}});
  svg.Close();
}

// Which colour is which loss.
void DrawScale(SvgWriter& svg, const Diagram& at, const Scale& scale) {
  const double left = at.place.left + at.place.width + 16;
  const double height = at.place.height / kBands;
  for (int i = 0; i < kBands; ++i) {
    svg.Add("rect", {{"x", left},
                     {"y", at.place.top + at.place.height - (i + 1) * height},
                     {"width", 14},
                     {"height", height + 0.5},
                     {"fill", ColorOf((i + 0.5) / kBands)}});
  }
  svg.Open({{"font-size", 11}, {"fill", kMutedInk}});
  for (int i = 0; i <= kBands; i += 2) {
    svg.AddText(absl::StrFormat("%.3g", scale.ValueAt(static_cast<double>(i) / kBands)),
                {{"x", left + 19}, {"y", at.place.top + at.place.height - i * height + 4}});
  }
  svg.Close();
}

// The part of the training's way that lies in the diagram, with a dot at its start and its end.
void DrawWay(SvgWriter& svg, const Diagram& at) {
  const auto& way = at.frame.trajectory();
  if (way.empty()) return;
  const auto inside = [&](const v1::SurfacePoint& p) {
    return p.x() >= at.frame.x(0) && p.x() <= at.frame.x(at.frame.x_size() - 1) &&
           p.y() >= at.frame.y(0) && p.y() <= at.frame.y(at.frame.y_size() - 1);
  };
  std::string path;
  bool drawing = false;
  for (const v1::SurfacePoint& p : way) {
    if (inside(p)) {
      absl::StrAppend(&path, drawing ? "L" : "M", SvgValue(at.X(p.x())).text, " ",
                      SvgValue(at.Y(p.y())).text);
    }
    drawing = inside(p);
  }
  if (!path.empty()) {
    svg.Add("path", {{"d", path}, {"fill", "none"}, {"stroke", kWay}, {"stroke-width", 2}});
  }
  for (const v1::SurfacePoint* p : {&way[0], &way[way.size() - 1]}) {
    if (!inside(*p)) continue;
    svg.Add("circle", {{"cx", at.X(p->x())},
                       {"cy", at.Y(p->y())},
                       {"r", p == &way[0] ? 3.5 : 5.5},
                       {"fill", kWay},
                       {"stroke", "#ffffff"}});
  }
}

// What the server did not send is a gap.
Grid GridOf(const ReceivedSurface& surface, int loss) {
  const auto columns = static_cast<size_t>(surface.frame.x_size());
  Grid grid(surface.frame.y_size(),
            std::vector<double>(columns, std::numeric_limits<double>::quiet_NaN()));
  for (const v1::SurfaceRow& row : surface.rows) {
    if (row.index() < 0 || row.index() >= surface.frame.y_size()) continue;
    if (loss >= row.values_size()) continue;
    const auto& values = row.values(loss).loss();
    std::copy_n(values.begin(), std::min<size_t>(values.size(), columns),
                grid[row.index()].begin());
  }
  return grid;
}

void DrawPlane(SvgWriter& svg, const ReceivedSurface& surface, int loss, const Frame& place) {
  const v1::SurfaceFrame& frame = surface.frame;
  const Diagram at{frame, place, Axis::Exactly(frame.x(0), frame.x(frame.x_size() - 1)),
                   Axis::Exactly(frame.y(0), frame.y(frame.y_size() - 1))};
  const Grid grid = GridOf(surface, loss);
  svg.AddText(frame.losses(loss), {{"x", place.left},
                                   {"y", place.top - 12},
                                   {"font-size", 14},
                                   {"font-weight", 600},
                                   {"fill", kInk}});
  if (const std::optional<Scale> scale = Scale::Of(grid); scale.has_value()) {
    DrawBands(svg, at, grid, *scale);
    DrawContours(svg, at, grid, *scale);
    DrawScale(svg, at, *scale);
  }
  DrawWay(svg, at);
  DrawAxes(svg, at);
}

void DrawLine(SvgWriter& svg, const ReceivedSurface& surface, int loss, const Frame& place) {
  const v1::SurfaceFrame& frame = surface.frame;
  const Grid grid = GridOf(surface, loss);
  Curve curve{.name = "", .color = "#0969da", .dashes = "", .points = {}};
  for (int i = 0; i < frame.x_size(); ++i) curve.points.emplace_back(frame.x(i), grid[0][i]);
  const std::vector<Curve> curves = Drawable({std::move(curve)});
  const auto range = Range(curves).value_or(std::make_pair(0.0, 1.0));
  DrawPanel(svg, {.heading = frame.losses(loss),
                  .frame = place,
                  .x = Axis::Exactly(frame.x(0), frame.x(frame.x_size() - 1)),
                  .y = Axis::Linear(range.first, range.second),
                  .x_label = "along the direction",
                  .curves = curves});
}

}  // namespace

std::string SurfacePlot(const std::string& title, const ReceivedSurface& surface) {
  const int losses = surface.frame.losses_size();
  const double width = kLeft + losses * (kSide + kGap) - kGap + 90;
  SvgWriter svg(
      width, kTop + kSide + kBelow, title,
      absl::StrCat("The loss of a network over ", surface.frame.y_size() > 1 ? "a plane" : "a line",
                   " through its parameters."));
  svg.Add("rect", {{"width", "100%"}, {"height", "100%"}, {"fill", "#ffffff"}});
  svg.AddText(title, {{"x", kLeft}, {"y", 34}, {"font-size", 18}, {"fill", kInk}});
  for (int i = 0; i < losses; ++i) {
    const Frame place{
        .left = kLeft + i * (kSide + kGap), .top = kTop, .width = kSide, .height = kSide};
    if (surface.frame.y_size() > 1) {
      DrawPlane(svg, surface, i, place);
    } else {
      DrawLine(svg, surface, i, place);
    }
  }
  return svg.Finish();
}

}  // namespace fnn::cli
