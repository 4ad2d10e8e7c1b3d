// rprop (Riedmiller and Braun, 1993): each parameter has a step size of its own, which grows by
// eta_plus while its slope keeps its sign and shrinks by eta_minus where it changes, and only the
// slope's sign counts. Where it changed, the parameter waits a step, as in PyTorch. Made for
// gradients over the whole training set: a batch_size of all rows.

#if defined(FNN_CORE_OPS_OPTIMIZERS_RPROP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_RPROP_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_RPROP_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_RPROP_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/optimizers/sign-inl.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct RpropOp {
  static constexpr absl::string_view kName = "rprop";
  static constexpr absl::string_view kFormula =
      "h = h eta_plus where g p > 0, h eta_minus where g p < 0, clamped to [minimum_step, "
      "maximum_step]; p = 0 where g p < 0, else g; w - h sign(p)";
  static constexpr std::array<Argument, 4> kArguments{
      {{.name = "eta_minus",
        .default_value = 0.5,
        .min = 0,
        .max = 1,
        .min_excluded = true,
        .max_excluded = true},
       {.name = "eta_plus", .default_value = 1.2, .min = 1, .min_excluded = true},
       {.name = "minimum_step", .default_value = 1e-6, .min = 0, .min_excluded = true},
       {.name = "maximum_step", .default_value = 50, .min = 0, .min_excluded = true}}};
  static constexpr int kSlots = 2;
  static constexpr double kLearningRate = 0.01;

  static absl::string_view Fault(const Arguments& arguments) {
    return arguments[2] <= arguments[3] ? "" : "minimum_step must be at most maximum_step";
  }

  // The step sizes start at the learning rate of the first step.
  static std::array<double, 2> SlotStarts(const Arguments& /*arguments*/, double learning_rate) {
    return {0, learning_rate};
  }

  static std::array<double, 4> Constants(const Arguments& arguments, double /*learning_rate*/,
                                         int64_t /*t*/) {
    return arguments;
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 4>& constants, S g, S& w, S* slots) {
    const auto& [eta_minus, eta_plus, minimum, maximum] = constants;
    S& p = slots[0];
    S& h = slots[1];
    const S zero = Const(g, 0);
    // Of the signs, as the product of small slopes is 0.
    const S turn = Sign(g) * Sign(p);
    const S factor = IfGreater(turn, zero, eta_plus, IfGreater(zero, turn, eta_minus, Const(g, 1)));
    h = Clamp(h * factor, minimum, maximum);
    p = IfGreater(zero, turn, zero, g);
    w = w - h * Sign(p);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_RPROP_INL_H_
