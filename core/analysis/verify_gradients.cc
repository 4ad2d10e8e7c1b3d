#include "core/analysis/verify_gradients.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/autodiff/gradients.h"
#include "core/autodiff/numeric.h"
#include "core/autodiff/tape.h"
#include "core/random/permutation.h"

namespace fnn::core {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array kMethods = {v1::GRADIENT_METHOD_ENGINE, v1::GRADIENT_METHOD_BACK_PROPAGATION,
                                 v1::GRADIENT_METHOD_TAPE, v1::GRADIENT_METHOD_DUAL,
                                 v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE};

// What a method has taken so far.
struct Cost {
  int64_t evaluations = 0;
  Clock::duration time{};
};

void SetDuration(double seconds, google::protobuf::Duration& out) {
  constexpr double kMost = 315'576'000'000;  // The message's.
  seconds = std::min(seconds, kMost);
  const double whole = std::floor(seconds);
  out.set_seconds(static_cast<int64_t>(whole));
  out.set_nanos(static_cast<int32_t>((seconds - whole) * 1e9));
}

absl::Status Cancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED", "the verification was cancelled");
}

class Verification {
 public:
  Verification(GradientProblem problem, const GradientCheckOptions& options, int64_t tape_nodes,
               const FieldPath& path, GradientObserver& observer)
      : path_(path),
        problem_(std::move(problem)),
        options_(options),
        tape_nodes_(tape_nodes),
        observer_(observer),
        duals_(problem_),
        loss_at_(problem_) {
    for (const ParameterBlock& block : problem_.plan->parameters()) {
      if (!block.trained) continue;
      learned_ += block.size;
      planned_ += 3 * SampledOf(block);
    }
    planned_ += 3;
  }

  absl::StatusOr<v1::GradientVerdict> Run() {
    if (!Timed(v1::GRADIENT_METHOD_TAPE, 1, [&] {
          absl::StatusOr<TapeGradient> tape = DifferentiateByTape(problem_, tape_nodes_);
          if (tape.ok()) {
            tape_ = *std::move(tape);
          } else {
            const int64_t most = tape_nodes_ * Tape::kBytesPerNode;
            status_ =
                LimitExceeded("TAPE_TOO_LARGE", "bytes of memory for the tape, at least", most + 1,
                              most, path_ / "rows", "take fewer rows, or a smaller network");
          }
        })) {
      return status_;
    }
    if (!std::isfinite(tape_.loss) || !std::isfinite(tape_.contributions)) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "LOSS_NOT_FINITE",
                       "the loss of these rows, or its gradient, is not finite: verify parameters "
                       "that have not diverged, or scale the features");
    }
    if (!Timed(v1::GRADIENT_METHOD_BACK_PROPAGATION, 1, [&] { back_ = BackPropagate(problem_); }) ||
        !Timed(v1::GRADIENT_METHOD_ENGINE, 1, [&] { engine_ = EngineGradient(problem_); })) {
      return status_;
    }
    loss_ = loss_at_();  // By the run that differences are taken of.
    if (!CompareLayers()) return status_;
    return Verdict();
  }

 private:
  int64_t SampledOf(const ParameterBlock& block) const {
    return std::min(block.size, options_.samples_per_tensor);
  }

  // Runs f as `evaluations` of a method; false where that, or the observer, ended the verification.
  template <typename F>
  bool Timed(v1::GradientMethod method, int64_t evaluations, F f) {
    const auto start = Clock::now();
    f();
    Cost& cost = costs_[method];
    cost.time += Clock::now() - start;
    cost.evaluations += evaluations;
    if (!status_.ok()) return false;
    done_ += evaluations;
    planned_ = std::max(planned_, done_);
    v1::GradientProgress progress;
    progress.set_method(method);
    progress.set_evaluations_done(done_);
    progress.set_evaluations(planned_);
    if (!observer_.OnProgress(progress)) status_ = Cancelled();
    return status_.ok();
  }

  bool CompareLayers() {
    const auto blocks = problem_.plan->parameters();
    for (size_t b = 0; b < blocks.size();) {
      const int layer = blocks[b].layer;
      v1::LayerGradients message;
      for (; b < blocks.size() && blocks[b].layer == layer; ++b) {
        if (blocks[b].trained && !CompareTensor(b, *message.add_tensors())) return false;
      }
      if (message.tensors().empty()) continue;
      message.set_layer(problem_.plan->network().layers(layer).name());
      observer_.OnLayer(std::move(message));
    }
    return true;
  }

  bool CompareTensor(size_t b, v1::TensorGradients& out) {
    const ParameterBlock& block = problem_.plan->parameters()[b];
    const auto part = [&](const std::vector<double>& gradient) {
      return std::span<const double>(gradient).subspan(block.offset, block.size);
    };
    const std::span<const double> tape = part(tape_.gradient);
    double squares = 0;
    for (const double g : tape) squares += g * g;
    out.set_name(block.name);
    out.mutable_shape()->Add(block.shape.begin(), block.shape.end());
    out.set_norm(std::sqrt(squares));
    const double exact = ExactRounding(tape_.contributions);
    *out.add_comparisons() =
        CompareGradients(v1::GRADIENT_METHOD_ENGINE, part(engine_), tape, options_.float_tolerance,
                         FloatRounding(tape_.contributions));
    *out.add_comparisons() = CompareGradients(v1::GRADIENT_METHOD_BACK_PROPAGATION, part(back_),
                                              tape, options_.exact_tolerance, exact);
    return CompareSamples(b, exact, out);
  }

  // Dual numbers and differences, on some elements of the tensor.
  bool CompareSamples(size_t b, double exact, v1::TensorGradients& out) {
    const ParameterBlock& block = problem_.plan->parameters()[b];
    // Beyond all epochs, whose orders have the same purpose.
    const Permutation order(
        block.size, RandomStream(options_.seed, Purpose::kShuffle, (uint64_t{1} << 40) + b));
    const int64_t count = SampledOf(block);
    // What an element is held against where it is smaller.
    const double typical = out.norm() / std::sqrt(static_cast<double>(block.size));
    std::vector<double> tape, dual, smooth_tape, difference;
    double rounding = 0;
    for (int64_t s = 0; s < count; ++s) {
      const int64_t i = block.offset + order(s);
      const double slope = tape_.gradient[i];
      tape.push_back(slope);
      if (!Timed(v1::GRADIENT_METHOD_DUAL, 1, [&] { dual.push_back(duals_(i)); })) return false;
      const double x = problem_.parameters[i];
      const double h = DifferenceStep(x, 3);
      const auto f = [&](double value) { return loss_at_(i, value); };
      double central = 0;
      if (!Timed(v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE, 2,
                 [&] { central = CentralDifference(f, x); })) {
        return false;
      }
      double noise = DifferenceRounding(loss_, h);
      const double tolerance =
          options_.difference_tolerance * std::max(std::abs(slope), typical) + noise;
      if (!(std::abs(central - slope) <= tolerance)) {
        // Is it the slope that is wrong, or is there none for differences to find?
        CheckedSlope checked{};
        if (!Timed(v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE, 0,
                   [&] { checked = CheckedDifference(f, x, loss_, h, tolerance); })) {
          return false;
        }
        planned_ += checked.evaluations;
        done_ += checked.evaluations;
        costs_[v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE].evaluations += checked.evaluations;
        if (checked.kink) {
          out.set_kinks(out.kinks() + 1);
          continue;
        }
        central = checked.slope;
        noise += checked.error;
      }
      smooth_tape.push_back(slope);
      difference.push_back(central);
      rounding += noise * noise;
    }
    out.set_samples(count);
    *out.add_comparisons() =
        CompareGradients(v1::GRADIENT_METHOD_DUAL, dual, tape, options_.exact_tolerance, exact);
    *out.add_comparisons() =
        CompareGradients(v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE, difference, smooth_tape,
                         options_.difference_tolerance, std::sqrt(rounding));
    const auto failed = [](const v1::GradientComparison& c) { return !c.passed(); };
    if (std::any_of(out.comparisons().begin(), out.comparisons().end(), failed)) {
      failed_.push_back(block.name);
    }
    return true;
  }

  v1::GradientVerdict Verdict() const {
    v1::GradientVerdict out;
    out.set_passed(failed_.empty());
    out.set_rows(problem_.samples.rows());
    out.set_parameters(learned_);
    out.set_loss(tape_.loss);
    for (const v1::GradientMethod method : kMethods) {
      const Cost& cost = costs_[method];
      const double seconds = std::chrono::duration<double>(cost.time).count();
      const auto evaluations = static_cast<double>(std::max<int64_t>(cost.evaluations, 1));
      // Passes for each parameter; 0: one for all.
      const double passes = method == v1::GRADIENT_METHOD_DUAL                 ? 1
                            : method == v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE ? 2
                                                                               : 0;
      v1::GradientCost& message = *out.add_costs();
      message.set_method(method);
      message.set_evaluations(cost.evaluations);
      SetDuration(seconds, *message.mutable_duration());
      SetDuration(
          passes == 0 ? seconds : seconds / evaluations * passes * static_cast<double>(learned_),
          *message.mutable_full_duration());
    }
    for (const std::string& name : failed_) out.add_failed_tensors(name);
    return out;
  }

  const FieldPath path_;
  const GradientProblem problem_;
  const GradientCheckOptions options_;
  const int64_t tape_nodes_;
  GradientObserver& observer_;
  DualSlopes duals_;
  LossAt loss_at_;
  TapeGradient tape_;
  std::vector<double> back_, engine_;
  double loss_ = 0;
  int64_t learned_ = 0;  // Parameters.
  int64_t done_ = 0;
  int64_t planned_ = 0;
  std::array<Cost, v1::GradientMethod_ARRAYSIZE> costs_{};
  std::vector<std::string> failed_;
  absl::Status status_;
};

// A variance takes two values or more in each channel.
absl::Status CheckRows(const Plan& plan, int64_t rows, const FieldPath& path) {
  for (const PlanNode& node : plan.nodes()) {
    if (node.kind != PlanNode::Kind::kFunction || node.function->statistics_size() == 0) continue;
    if (node.width / node.channels * rows > 1) continue;
    return InvalidField(path / "rows", "BATCH_TOO_SMALL",
                        absl::StrCat("is 1, and layer ", Echo(plan.LayerName(node)),
                                     " needs two rows to normalise: take more"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GradientCheckOptions> ResolveGradientCheck(const v1::VerifyGradientsRequest& request,
                                                          const FieldPath& path) {
  GradientCheckOptions out;
  Violations violations;
  const auto count = [&](const char* field, bool given, int64_t value, int64_t most, int64_t& to) {
    if (!given) return;
    to = value;
    if (value >= 1 && value <= most) return;
    violations.Add(path / field, "OUT_OF_RANGE",
                   absl::StrCat("must be 1 to ", most, ", not ", value));
  };
  const auto tolerance = [&](const char* field, bool given, double value, double& to) {
    if (!given) return;
    to = value;
    if (value > 0 && value < 1) return;
    violations.Add(path / field, "OUT_OF_RANGE",
                   absl::StrCat("must be between 0 and 1, both excluded, not ", value));
  };
  count("rows", request.has_rows(), request.rows(), 1024, out.rows);
  count("samples_per_tensor", request.has_samples_per_tensor(), request.samples_per_tensor(),
        1'000'000, out.samples_per_tensor);
  tolerance("exact_tolerance", request.has_exact_tolerance(), request.exact_tolerance(),
            out.exact_tolerance);
  tolerance("difference_tolerance", request.has_difference_tolerance(),
            request.difference_tolerance(), out.difference_tolerance);
  tolerance("float_tolerance", request.has_float_tolerance(), request.float_tolerance(),
            out.float_tolerance);
  out.seed = request.point().seed();
  if (!violations.empty()) return violations.ToStatus();
  return out;
}

absl::StatusOr<v1::GradientVerdict> VerifyGradients(
    std::shared_ptr<const Plan> plan, std::span<const float> parameters, const Samples& samples,
    const GradientCheckOptions& options, const FieldPath& path, GradientObserver& observer) {
  const auto blocks = plan->parameters();
  if (std::none_of(blocks.begin(), blocks.end(), [](const auto& b) { return b.trained; })) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOTHING_TRAINED",
                     "the network has no parameters that are trained, so there is no gradient: "
                     "unfreeze a layer");
  }
  const int64_t rows = std::min(options.rows, samples.rows());
  if (absl::Status status = CheckRows(*plan, rows, path); !status.ok()) return status;
  const int64_t chunk = LooksAtBatch(*plan) ? rows : 1;
  const SaturatingSize bytes =
      GradientProblem::Bytes(*plan, rows) + TapeBytes(*plan, rows) +
      // Dual numbers and the run in double, each with parameters of its own.
      PlanLoss<Variable>::Bytes(*plan, chunk) + SaturatingSize(plan->parameter_count()) * 32 +
      BackPropagateBytes(*plan, rows) + EngineGradientBytes(plan, rows);
  // The tape has at least a node for each parameter.
  const SaturatingSize least =
      bytes + SaturatingSize(plan->parameter_count() + Tape::kBlock) * Tape::kBytesPerNode;
  constexpr absl::string_view kRemedy = "take fewer rows, or a smaller network";
  // A pass is not stopped once it has begun.
  constexpr int64_t kMostOperations = int64_t{1} << 29;
  const SaturatingSize operations = SaturatingSize(plan->operations_per_row()) * rows;
  if (operations.value() > kMostOperations) {
    return LimitExceeded("VERIFICATION_TOO_LARGE", "operations in a pass", operations.value(),
                         kMostOperations, path / "rows", kRemedy);
  }
  if (least.value() > options.most_bytes) {
    return LimitExceeded("VERIFICATION_TOO_LARGE", "bytes of memory, the tape's not counted",
                         least.value(), options.most_bytes, path / "rows", kRemedy);
  }
  const int64_t nodes = std::min(
      (options.most_bytes - bytes.value()) / Tape::kBytesPerNode - Tape::kBlock, Tape::kMostNodes);
  // Those of a first mini-batch of so many.
  const Permutation order(samples.rows(), RandomStream(options.seed, Purpose::kShuffle, 1));
  GradientProblem problem =
      GradientProblem::Create(plan, parameters, samples.Subset(order, 0, rows), options.seed);
  if (!(problem.total_weight > 0)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NO_WEIGHT",
                     "all rows that were drawn weigh 0: take more rows");
  }
  return Verification(std::move(problem), options, nodes, path, observer).Run();
}

v1::GradientComparison CompareGradients(v1::GradientMethod method, std::span<const double> got,
                                        std::span<const double> tape, double tolerance,
                                        double rounding) {
  double off_squares = 0;
  double squares = 0;
  for (size_t i = 0; i < tape.size(); ++i) {
    off_squares += (got[i] - tape[i]) * (got[i] - tape[i]);
    squares += tape[i] * tape[i];
  }
  const double off = std::sqrt(off_squares);
  const double norm = std::sqrt(squares);
  const double typical = tape.empty() ? 0 : norm / std::sqrt(static_cast<double>(tape.size()));
  double most = 0;
  double sum = 0;
  for (size_t i = 0; i < tape.size(); ++i) {
    const double from = std::max({std::abs(got[i]), std::abs(tape[i]), typical});
    const double error = from == 0 ? 0 : std::abs(got[i] - tape[i]) / from;
    most = std::isnan(error) ? error : std::max(most, error);
    sum += error;
  }
  v1::GradientComparison out;
  out.set_method(method);
  out.set_norm_error(off == 0 ? 0 : off / norm);
  out.set_max_error(most);
  out.set_mean_error(tape.empty() ? 0 : sum / static_cast<double>(tape.size()));
  out.set_passed(off <= tolerance * norm + rounding);  // Not where it is NaN.
  out.set_below_rounding(norm <= tolerance * norm + rounding);
  return out;
}

double ExactRounding(double contributions) {
  return 64 * std::numeric_limits<double>::epsilon() * contributions;
}

double FloatRounding(double contributions) {
  return 64 * static_cast<double>(std::numeric_limits<float>::epsilon()) * contributions;
}

double DifferenceRounding(double loss, double h) {
  return 16 * std::numeric_limits<double>::epsilon() * std::abs(loss) / h;
}

}  // namespace fnn::core
