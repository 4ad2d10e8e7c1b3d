#include "client/cli/plot/health_plot.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/plot/panel.h"

namespace fnn::cli {
namespace {

constexpr double kWidth = 800;
constexpr double kHeight = 440;
constexpr Frame kFrame{76, 110, 696, 270};
constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

// Okabe and Ito's, but for yellow, from the first layers to the last.
constexpr std::array<const char*, 4> kColors = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"};
constexpr std::array<const char*, 2> kDashes = {"", "7 4"};
static_assert(kColors.size() * kDashes.size() >= kMostLayerCurves);

using Points = std::vector<std::pair<double, double>>;

// The layers that learn, in the network's order, each with its curve.
std::vector<std::pair<std::string, Points>> GradientNorms(
    const std::vector<v1::EpochReport>& reports) {
  std::vector<std::pair<std::string, Points>> layers;
  std::map<std::string, size_t> place;
  for (const v1::EpochReport& report : reports) {
    for (const v1::LayerHealth& health : report.health()) {
      if (!health.has_gradient_norm()) continue;
      const auto [at, is_new] = place.emplace(health.layer(), layers.size());
      if (is_new) layers.emplace_back(health.layer(), Points());
      const double norm = health.gradient_norm();
      layers[at->second].second.emplace_back(static_cast<double>(report.epoch()),
                                             norm >= Axis::kLeast ? norm : kGap);
    }
  }
  return layers;
}

std::vector<Curve> Curves(std::vector<std::pair<std::string, Points>> layers) {
  std::vector<Curve> curves;
  const size_t count = std::min(layers.size(), kMostLayerCurves);
  for (size_t i = 0; i < count; ++i) {
    auto& [name, points] = layers[count < 2 ? 0 : i * (layers.size() - 1) / (count - 1)];
    curves.push_back(
        {name, kColors[i % kColors.size()], kDashes[i / kColors.size()], std::move(points)});
  }
  return Drawable(std::move(curves));
}

std::string Summary(size_t layers) {
  if (layers == 0) return "No health has been reported.";
  if (layers == 1) return "Of one layer that learns";
  std::string text = absl::StrCat("Of ", layers, " layers that learn");
  if (layers > kMostLayerCurves) absl::StrAppend(&text, ", ", kMostLayerCurves, " are shown");
  return text;
}

}  // namespace

std::string HealthPlot(const std::vector<v1::EpochReport>& reports, const std::string& title) {
  std::vector<std::pair<std::string, Points>> layers = GradientNorms(reports);
  SvgWriter svg = BeginPicture(kFrame.left, kWidth, kHeight, title, Summary(layers.size()));
  std::vector<Curve> curves = Curves(std::move(layers));
  const auto [low, high] = Range(curves).value_or(std::make_pair(0.1, 1.0));
  const auto last = reports.empty() ? 1.0 : static_cast<double>(reports.back().epoch());
  DrawPanel(svg, {.heading = "Norm of the gradient (logarithmic)",
                  .frame = kFrame,
                  .x = Axis::Integers(0, last),
                  .y = Axis::Log(low, high),
                  .x_label = "epoch",
                  .curves = std::move(curves)});
  return svg.Finish();
}

}  // namespace fnn::cli
