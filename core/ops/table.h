// The operator tables: what the engine can do, as entries that the rest of it looks up by name.
//
// An operator is one file with its formula, one line in the list of its kind (table.cc of the
// folder, or all-inl.h), and its message in fnn/v1. Its name here is the name of its field in the
// message's oneof; an argument's name is that of the message's field. Nothing else needs to know
// it.
//
// The double kernels are plain loops, the reference. The float kernels are compiled for several
// instruction sets, and chosen when they are asked for: whoever calls them often keeps the
// pointers.

#ifndef FNN_CORE_OPS_TABLE_H_
#define FNN_CORE_OPS_TABLE_H_

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "core/base/archive.h"
#include "core/base/saturating.h"

namespace fnn::core {

// One argument of an operator: its default, and the range it must be in; what a float holds where
// nothing else is said.
struct Argument {
  absl::string_view name;
  double default_value;
  double min = -std::numeric_limits<float>::max();
  double max = std::numeric_limits<float>::max();
  bool min_excluded = false;
  bool max_excluded = false;
};

// The resolved arguments, in the order of the operator's list.
inline constexpr int kMostArguments = 4;
using Arguments = std::array<double, kMostArguments>;

template <typename T>
struct ActivationKernels {
  // a = f(z); z and a are [rows, units] and may be the same array.
  void (*forward)(const Arguments&, int64_t rows, int64_t units, const T* z, T* a);
  // delta holds dL/da and becomes dL/dz. Where slope_from_activity, z may be a.
  void (*backward)(const Arguments&, int64_t rows, int64_t units, const T* z, const T* a, T* delta);
};

struct ActivationOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments;
  // The default initialiser of the weights before it.
  absl::string_view weight_initializer;
  // Whether it gives probabilities, which a loss that takes logits must not be fed with.
  bool probabilities;
  // Whether it works on each element for itself, in whatever shape the elements lie.
  bool elementwise;
  // Whether the slope follows from the activity alone, so that the net input need not be kept.
  bool slope_from_activity;
  // Whether it has a slope to learn by: nothing is trained through one that has none.
  bool differentiable;
  ActivationKernels<double> f64;

  template <typename T>
  const ActivationKernels<T>& kernels() const;
};

template <typename T>
struct LossKernels {
  // Writes each row's loss to losses [rows], and where `delta` is not null its slope with regard to
  // y there. y, t and delta are [rows, outputs]; y is logits where the loss takes
  // them, and may be delta.
  void (*compute)(const Arguments&, int64_t rows, int64_t outputs, const T* y, const T* t,
                  T* losses, T* delta);
};

// What every value of a loss's targets must be.
enum class Targets {
  kAny,
  kNotNegative,
  kUnitInterval,  // In [0, 1].
  kDistribution,  // In [0, 1], and those of a row add up to 1.
  kSigns,         // -1, 0 or 1; 0 and -1 mean the same.
};

struct LossOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments;
  // The activation that turns what the loss takes into predictions, and is fused with the loss.
  absl::string_view link;
  // Whether predictions are probabilities of classes.
  bool probabilities;
  Targets targets;
  // The fewest outputs it makes sense for.
  int64_t min_outputs;
  LossKernels<double> f64;

  template <typename T>
  const LossKernels<T>& kernels() const;
};

// What one step of an optimiser follows from: a few numbers, the same for every parameter.
inline constexpr int kMostConstants = 8;
using StepConstants = std::array<double, kMostConstants>;

// What each slot of an optimiser starts at, the same for every parameter.
inline constexpr int kMostSlots = 4;
using SlotStarts = std::array<double, kMostSlots>;

// What an optimiser follows, made of the loss's gradient g and the parameters w:
// clamp(scale g, -limit, limit) + l2 w + l1 sign(w).
template <typename T>
struct GradientTerms {
  T l2 = 0;
  T l1 = 0;
  T scale = 1;
  T limit = std::numeric_limits<T>::infinity();

  // As for parameters that are not regularised.
  GradientTerms Unregularized() const { return {.l2 = 0, .l1 = 0, .scale = scale, .limit = limit}; }
  // Whether there is nothing beside l2.
  bool OnlyL2() const {
    return l1 == 0 && scale == 1 && limit == std::numeric_limits<T>::infinity();
  }
};

template <typename T>
struct OptimizerKernels {
  // Moves n parameters w; slots[i] are n values each.
  void (*step)(const StepConstants&, const GradientTerms<T>&, int64_t n, const T* g, T* w,
               T* const* slots);
};

struct OptimizerOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments;
  // Whether a step looks at all parameters together and evaluates the loss of all training rows
  // several times: lbfgs (core/ops/optimizers/lbfgs.h), which has no slots, constants and kernels.
  bool whole_batch = false;
  int slots;             // Values kept for each parameter; at most kMostSlots.
  double learning_rate;  // The default.
  // What is wrong with arguments that are each in range but not together; empty where nothing is.
  absl::string_view (*fault)(const Arguments&);
  // From the learning rate of the first step. A parameter without gradient must not move from them.
  SlotStarts (*slot_starts)(const Arguments&, double learning_rate);
  // The constants of step number `t`, from 1. A function of nothing else, so that a training may go
  // on anywhere: what runs over the steps (nadam's product) is computed in closed form.
  StepConstants (*constants)(const Arguments&, double learning_rate, int64_t t);
  OptimizerKernels<double> f64;

  template <typename T>
  const OptimizerKernels<T>& kernels() const;
};

// How the learning rate changes over t: the epochs or steps that are done.
struct ScheduleOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments;
  bool on_plateau;  // Whether t counts the times that the loss stopped falling.
  // From the optimiser's learning rate.
  double (*rate)(const Arguments&, double rate, int64_t t);
};

// What a draw depends on beside its index.
struct DrawContext {
  uint64_t seed = 0;
  int64_t block = 0;  // The parameter block's place in the plan.
  int64_t fan_in = 0;
  int64_t fan_out = 0;
  // Of the block, seen as a matrix: weights are [units, what each is connected to].
  int64_t rows = 0;
  int64_t columns = 0;
  std::span<const float> values{};  // Those of `given`.
};

struct InitializerOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments;
  bool needs_fans;  // Not for biases.
  bool random;      // Whether elements differ, so that units do.
  // What is wrong with arguments that are each in range but not together; empty where nothing is.
  absl::string_view (*fault)(const Arguments&);
  // The parameter at `index` of its block. Null where elements depend on each other; then
  double (*draw)(const Arguments&, const DrawContext&, int64_t index);
  // calls set(index, value) with each of [rows, columns]; it takes 8 bytes of memory for each.
  void (*fill)(const Arguments&, const DrawContext&,
               absl::FunctionRef<void(int64_t index, double value)> set);

  // The largest block that `fill` takes: a few seconds of work.
  static constexpr int64_t kMostFilled = int64_t{1} << 22;
};

template <typename T>
class MetricAccumulator {
 public:
  virtual ~MetricAccumulator() = default;
  // Begins anew.
  virtual void Clear() = 0;
  // predictions and targets are [rows, outputs]; weights [rows] says how much each row counts, >=
  // 0, or is null where all count the same.
  virtual void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
                   const T* weights) = 0;
  // Over all rows added; at least one that counts.
  virtual double Value() = 0;
  // What was added, saved or loaded into one that was made alike.
  virtual void Visit(Archive& archive) = 0;
};

// What a metric is measured on: the most rows there will be, the width of each, and whether they
// have weights.
struct MetricSize {
  int64_t rows;
  int64_t outputs;
  bool weighted = false;
};

struct MetricOp {
  absl::string_view name;
  std::span<const Argument> arguments;
  bool needs_classes;
  bool more_is_better;
  // What an accumulator in float allocates, in bytes: all of it when it is made.
  SaturatingSize (*bytes)(const MetricSize&);
  std::unique_ptr<MetricAccumulator<float>> (*make_f32)(const Arguments&, const MetricSize&);
  std::unique_ptr<MetricAccumulator<double>> (*make_f64)(const Arguments&, const MetricSize&);

  template <typename T>
  std::unique_ptr<MetricAccumulator<T>> make(const Arguments&, const MetricSize&) const;
};

// The tables, in the order they are shown.
std::span<const ActivationOp> Activations();
std::span<const LossOp> Losses();
std::span<const OptimizerOp> Optimizers();
std::span<const InitializerOp> Initializers();
std::span<const ScheduleOp> Schedules();
std::span<const MetricOp> Metrics();

// What the schedules may be multiplied with.
const ScheduleOp& WarmUp();

// The entry of that name, or null.
template <typename Op>
const Op* FindOp(std::span<const Op> table, absl::string_view name) {
  for (const Op& op : table) {
    if (op.name == name) return &op;
  }
  return nullptr;
}

// The float kernels of an entry of the tables, for the instruction set in use.
const ActivationKernels<float>& FloatKernels(const ActivationOp& op);
const LossKernels<float>& FloatKernels(const LossOp& op);
const OptimizerKernels<float>& FloatKernels(const OptimizerOp& op);

// The float or the double side of an entry.
template <typename T, typename Op>
const auto& KernelsOf(const Op& op) {
  if constexpr (std::is_same_v<T, float>) {
    return FloatKernels(op);
  } else {
    return op.f64;
  }
}
template <typename T>
const ActivationKernels<T>& ActivationOp::kernels() const {
  return KernelsOf<T>(*this);
}
template <typename T>
const LossKernels<T>& LossOp::kernels() const {
  return KernelsOf<T>(*this);
}
template <typename T>
const OptimizerKernels<T>& OptimizerOp::kernels() const {
  return KernelsOf<T>(*this);
}
template <typename T>
std::unique_ptr<MetricAccumulator<T>> MetricOp::make(const Arguments& arguments,
                                                     const MetricSize& size) const {
  if constexpr (std::is_same_v<T, float>) {
    return make_f32(arguments, size);
  } else {
    return make_f64(arguments, size);
  }
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_TABLE_H_
