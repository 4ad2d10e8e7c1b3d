#include "core/plan/layer_forms.h"

#include <limits>
#include <span>
#include <string>

#include "core/plan/arguments.h"
#include "core/plan/plan.h"
#include "core/plan/windows.h"

namespace fnn::core {
namespace {

constexpr double kStated = std::numeric_limits<double>::quiet_NaN();
constexpr auto kMostUnits = static_cast<double>(Plan::kMostUnits);

// What the plan knows of a layer by itself.
struct PlanLayer {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments{};
  bool windows = false;
};

constexpr Argument kUnits[] = {
    {.name = "units", .default_value = kStated, .min = 1, .max = kMostUnits}};
constexpr Argument kChannels[] = {
    {.name = "channels", .default_value = kStated, .min = 1, .max = kMostUnits},
    {.name = "groups", .default_value = kStated, .min = 1, .max = kMostUnits}};
constexpr absl::string_view kConvolution = "f(W x + b), x what is in the window";

constexpr PlanLayer kPlanLayers[] = {
    {"dense", "f(W x + b)", kUnits},
    {"activation", "f(x)"},
    {"maxout", "", kUnits},
    {"conv1d", kConvolution, kChannels, true},
    {"conv2d", kConvolution, kChannels, true},
    {"flatten", "x as [units]"},
    {"reshape", "x as shape"},
};

}  // namespace

LayerForm LayerFormOf(absl::string_view name) {
  LayerForm form;
  bool windows = false;
  const auto take = [&](const auto* entry) {
    if (entry == nullptr) return;
    if (!entry->formula.empty()) form.formula = entry->formula;
    form.arguments.insert(form.arguments.end(), entry->arguments.begin(), entry->arguments.end());
    windows = windows || entry->windows;
  };
  take(FindOp(std::span<const PlanLayer>(kPlanLayers), name));
  take(FindOp(LayerFunctions(), name));
  if (windows) {
    const std::span<const Argument> more = WindowArguments();
    form.arguments.insert(form.arguments.end(), more.begin(), more.end());
  }
  return form;
}

const LayerOp* ActivationFunction(const v1::Activation& activation) {
  const auto* kind = ChosenKind(activation);
  if (kind == nullptr) return nullptr;
  const bool learned = activation.has_swish() && activation.swish().learned();
  if (!learned && FindOp(Activations(), kind->name()) != nullptr) return nullptr;
  return FindOp(LayerFunctions(), kind->name());
}

}  // namespace fnn::core
