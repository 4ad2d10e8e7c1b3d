#include "client/cli/plot/operator_plot.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "client/cli/plot/panel.h"

namespace fnn::cli {
namespace {

constexpr double kLeft = 76;
constexpr double kRight = 28;
constexpr double kTop = 56;      // For the title.
constexpr double kHeading = 44;  // Above each diagram.
constexpr double kBelow = 36;    // For the numbers of the horizontal axis.

constexpr double kWidth = 800;
constexpr double kHeight = 400;

constexpr size_t kColumns = 4;
constexpr double kSmallWidth = 190;
constexpr double kSmallHeight = 120;

// Okabe and Ito's colours that are dark enough on white, which people with any colour vision tell
// apart.
constexpr const char* kColors[kMostInOneDiagram] = {"#0072b2", "#d55e00", "#009e73",
                                                    "#b5548c", "#a87500", "#3a3a3a"};
constexpr char kSolid[] = "";
constexpr char kDashed[] = "6 4";

std::vector<std::pair<double, double>> Points(const google::protobuf::RepeatedField<double>& x,
                                              const google::protobuf::RepeatedField<double>& y) {
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < std::min(x.size(), y.size()); ++i) points.emplace_back(x[i], y[i]);
  return points;
}

bool HasSlope(const std::vector<SampledOperator>& operators) {
  return std::any_of(operators.begin(), operators.end(),
                     [](const SampledOperator& one) { return !one.samples.slope().empty(); });
}

// The x that all of them lie in.
Axis Places(const std::vector<SampledOperator>& operators) {
  std::optional<std::pair<double, double>> ends;
  for (const SampledOperator& one : operators) {
    for (const double x : one.samples.x()) {
      if (!(std::abs(x) <= Axis::kMost)) continue;
      if (!ends.has_value()) ends = {x, x};
      ends = {std::min(ends->first, x), std::max(ends->second, x)};
    }
  }
  const auto [low, high] = ends.value_or(std::make_pair(0.0, 1.0));
  return Axis::Exactly(low, high);
}

// One diagram of the operators; the names are in its legend where `legend` is set.
void Draw(SvgWriter& svg, const std::string& heading, const Frame& frame, bool legend,
          const std::vector<SampledOperator>& operators) {
  std::vector<Curve> curves;
  for (size_t i = 0; i < operators.size(); ++i) {
    const v1::SampleOperatorResponse& samples = operators[i].samples;
    const char* const color = kColors[i % std::size(kColors)];
    const char* const slope_color = operators.size() == 1 ? kColors[1] : color;
    // Values last, so that they lie above slopes.
    curves.insert(curves.begin(), {"", slope_color, kDashed, Points(samples.x(), samples.slope())});
    curves.push_back(
        {legend ? operators[i].name : "", color, kSolid, Points(samples.x(), samples.value())});
  }
  curves = Drawable(std::move(curves));
  for (Curve& curve : curves) {
    std::erase_if(curve.points,
                  [](const auto& point) { return !(std::abs(point.first) <= Axis::kMost); });
  }
  const auto [low, high] = Range(curves).value_or(std::make_pair(0.0, 1.0));
  DrawPanel(svg, {.heading = heading,
                  .frame = frame,
                  .x = Places(operators),
                  .y = Axis::Linear(low, high),
                  .x_label = "",
                  .curves = std::move(curves)});
}

}  // namespace

std::string OperatorPlot(const std::string& title, const std::vector<SampledOperator>& operators) {
  const std::string description =
      HasSlope(operators) ? "solid: value, dashed: slope" : "solid: value";
  if (operators.size() <= kMostInOneDiagram) {
    SvgWriter svg =
        BeginPicture(kLeft, kWidth, kTop + kHeading + kHeight + kBelow, title, description);
    Draw(svg, "", {kLeft, kTop + kHeading, kWidth - kLeft - kRight, kHeight}, true, operators);
    return svg.Finish();
  }
  constexpr double kColumn = kLeft + kSmallWidth + kRight;
  constexpr double kRow = kHeading + kSmallHeight + kBelow;
  const size_t rows = (operators.size() - 1) / kColumns + 1;
  SvgWriter svg = BeginPicture(kLeft, kColumn * kColumns, kTop + kRow * static_cast<double>(rows),
                               title, description);
  for (size_t i = 0; i < operators.size(); ++i) {
    const size_t above = i / kColumns;
    const auto column = static_cast<double>(i % kColumns);
    const auto row = static_cast<double>(above);
    Draw(svg, operators[i].name,
         {column * kColumn + kLeft, kTop + row * kRow + kHeading, kSmallWidth, kSmallHeight}, false,
         {operators[i]});
  }
  return svg.Finish();
}

}  // namespace fnn::cli
