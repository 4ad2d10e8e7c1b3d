#include "client/cli/plot/panel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

constexpr char kGrid[] = "#e5e7eb";
constexpr char kMinorGrid[] = "#f3f4f6";
// Up to so many points of a curve have a dot of their own.
constexpr size_t kMostDots = 40;

// Where values lie on the picture.
class Place {
 public:
  explicit Place(const Panel& panel) : panel_(panel) {}
  double X(double value) const {
    return panel_.frame.left + panel_.x.Position(value) * panel_.frame.width;
  }
  double Y(double value) const {
    return panel_.frame.top + (1 - panel_.y.Position(value)) * panel_.frame.height;
  }
  double right() const { return panel_.frame.left + panel_.frame.width; }
  double bottom() const { return panel_.frame.top + panel_.frame.height; }

 private:
  const Panel& panel_;
};

void DrawGrid(SvgWriter& svg, const Panel& panel, const Place& at) {
  svg.Open({{"font-size", 12}, {"fill", kMutedInk}});
  for (const Axis::Tick& tick : panel.y.ticks()) {
    const double y = at.Y(tick.value);
    svg.Add("line", {{"x1", panel.frame.left},
                     {"x2", at.right()},
                     {"y1", y},
                     {"y2", y},
                     {"stroke", tick.label.empty() ? kMinorGrid : kGrid}});
    if (tick.label.empty()) continue;
    svg.AddText(tick.label, {{"x", panel.frame.left - 8}, {"y", y + 4}, {"text-anchor", "end"}});
  }
  svg.Add("line", {{"x1", panel.frame.left},
                   {"x2", at.right()},
                   {"y1", at.bottom()},
                   {"y2", at.bottom()},
                   {"stroke", kMutedInk}});
  for (const Axis::Tick& tick : panel.x.ticks()) {
    const double x = at.X(tick.value);
    svg.Add("line", {{"x1", x},
                     {"x2", x},
                     {"y1", at.bottom()},
                     {"y2", at.bottom() + 5},
                     {"stroke", kMutedInk}});
    svg.AddText(tick.label, {{"x", x}, {"y", at.bottom() + 19}, {"text-anchor", "middle"}});
  }
  if (!panel.x_label.empty()) {
    svg.AddText(panel.x_label, {{"x", panel.frame.left + panel.frame.width / 2},
                                {"y", at.bottom() + 40},
                                {"text-anchor", "middle"}});
  }
  svg.Close();
}

void DrawCurve(SvgWriter& svg, const Curve& curve, const Place& at) {
  std::string path;
  bool in_gap = true;
  for (const auto& [x, y] : curve.points) {
    if (std::isnan(y)) {
      in_gap = true;
      continue;
    }
    absl::StrAppend(&path, in_gap ? "M" : "L", SvgValue(at.X(x)).text, " ", SvgValue(at.Y(y)).text);
    in_gap = false;
  }
  if (path.empty()) return;
  svg.Add("path", {{"d", path},
                   {"fill", "none"},
                   {"stroke", curve.color},
                   {"stroke-width", 2},
                   {"stroke-linejoin", "round"},
                   {"stroke-linecap", "round"},
                   {"stroke-dasharray", *curve.dashes == '\0' ? "none" : curve.dashes}});
  if (curve.points.size() > kMostDots) return;
  for (const auto& [x, y] : curve.points) {
    if (std::isnan(y)) continue;
    svg.Add("circle", {{"cx", at.X(x)}, {"cy", at.Y(y)}, {"r", 2.5}, {"fill", curve.color}});
  }
}

// The curves' names in the heading's line, from the right end.
void DrawLegend(SvgWriter& svg, const Panel& panel, const Place& at) {
  const double y = panel.frame.top - 16;
  double right = at.right();
  for (auto curve = panel.curves.rbegin(); curve != panel.curves.rend(); ++curve) {
    if (curve->name.empty()) continue;
    svg.AddText(
        curve->name,
        {{"x", right}, {"y", y + 4}, {"text-anchor", "end"}, {"font-size", 13}, {"fill", kInk}});
    right -= 7.6 * static_cast<double>(DisplayWidth(curve->name)) + 8;
    svg.Add("line", {{"x1", right - 28},
                     {"x2", right},
                     {"y1", y},
                     {"y2", y},
                     {"stroke", curve->color},
                     {"stroke-width", 2},
                     {"stroke-dasharray", *curve->dashes == '\0' ? "none" : curve->dashes}});
    right -= 28 + 18;
  }
}

}  // namespace

std::optional<std::pair<double, double>> Range(const std::vector<Curve>& curves) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve.points) {
      if (std::isnan(y)) continue;
      low = std::min(low, y);
      high = std::max(high, y);
    }
  }
  if (low > high) return std::nullopt;
  return std::make_pair(low, high);
}

std::vector<Curve> Drawable(std::vector<Curve> curves) {
  for (Curve& curve : curves) {
    for (auto& [x, y] : curve.points) {
      if (!(std::abs(y) <= Axis::kMost)) y = std::numeric_limits<double>::quiet_NaN();
    }
  }
  std::erase_if(curves, [](const Curve& curve) { return curve.points.empty(); });
  return curves;
}

SvgWriter BeginPicture(double left, double width, double height, const std::string& title,
                       const std::string& about) {
  SvgWriter svg(width, height, title, about);
  svg.Add("rect", {{"width", width}, {"height", height}, {"fill", "#ffffff"}});
  svg.AddText(title,
              {{"x", left}, {"y", 34}, {"font-size", 18}, {"font-weight", 600}, {"fill", kInk}});
  svg.AddText(about, {{"x", left}, {"y", 56}, {"font-size", 13}, {"fill", kMutedInk}});
  return svg;
}

void DrawPanel(SvgWriter& svg, const Panel& panel) {
  const Place at(panel);
  svg.AddText(panel.heading, {{"x", panel.frame.left},
                              {"y", panel.frame.top - 12},
                              {"font-size", 14},
                              {"font-weight", 600},
                              {"fill", kInk}});
  DrawLegend(svg, panel, at);
  DrawGrid(svg, panel, at);
  for (const Curve& curve : panel.curves) DrawCurve(svg, curve, at);
}

}  // namespace fnn::cli
