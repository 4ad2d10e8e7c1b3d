#include "core/autodiff/gradients.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/autodiff/dual.h"
#include "core/autodiff/tape.h"
#include "core/base/errors.h"
#include "core/engine/program.h"
#include "core/engine/training.h"
#include "core/kernels/denormals.h"
#include "core/ops/loss_sum.h"
#include "core/random/permutation.h"
#include "core/reference/executor.h"

namespace fnn::core {
namespace {

// A step this long leaves nothing of the parameters it starts from, so that the gradient is not
// rounded with them: (w - w') / rate is the gradient to the last bits of a float.
constexpr double kRate = 0x1p40;

StepOptions DescentOn(int64_t rows, bool weighted) {
  return {.optimizer = FindOp(Optimizers(), "sgd"), .batch_size = rows, .weighted = weighted};
}

double Norm(std::span<const double> values) {
  double squares = 0;
  for (const double v : values) squares += v * v;
  return std::sqrt(squares);
}

// Calls f(block) for those that are trained.
template <typename F>
void ForEachTrained(const Plan& plan, F f) {
  for (const ParameterBlock& block : plan.parameters()) {
    if (block.trained) f(block);
  }
}

}  // namespace

GradientProblem GradientProblem::Create(std::shared_ptr<const Plan> plan,
                                        std::span<const float> parameters, Samples samples,
                                        uint64_t seed) {
  GradientProblem out;
  const int64_t rows = samples.rows();
  out.parameters.assign(parameters.begin(), parameters.end());
  out.x.resize(rows * plan->input_width());
  out.t.resize(rows * plan->output_width());
  for (int64_t r = 0; r < rows; ++r) {
    samples.Gather(r, out.x.data() + r * plan->input_width(),
                   out.t.data() + r * plan->output_width());
  }
  out.weights.assign(rows, 1);
  if (samples.weighted()) {
    samples.GatherWeights(Permutation(rows), 0, rows, out.weights.data());
  }
  for (const double w : out.weights) out.total_weight += w;
  out.plan = std::move(plan);
  out.samples = std::move(samples);
  out.context = {.training = true, .seed = seed, .epoch = 1, .first = 0};
  return out;
}

SaturatingSize GradientProblem::Bytes(const Plan& plan, int64_t rows) {
  return (SaturatingSize(plan.input_width() + plan.output_width() + 1) * rows +
          plan.parameter_count()) *
         sizeof(double);
}

LossRows GradientProblem::Rows(int64_t first, int64_t count) const {
  LossRows out{.rows = count,
               .x = x.data() + first * plan->input_width(),
               .t = t.data() + first * plan->output_width(),
               .weights = weights.data() + first,
               .total_weight = total_weight,
               .context = context};
  out.context.first += first;
  return out;
}

std::vector<double> EngineGradient(const GradientProblem& problem) {
  const ScopedFlushDenormals flush;  // As in training.
  const int64_t rows = problem.samples.rows();
  StepOptions options = DescentOn(rows, problem.samples.weighted());
  options.l2 = problem.l2;
  options.l1 = problem.l1;
  const auto program = Program::Create(problem.plan);
  SoloTeam alone;
  Training training(program, options, alone);
  const std::vector<float> start(problem.parameters.begin(), problem.parameters.end());
  training.SetParameters(start);
  const Permutation order(rows);
  const Batch batch{problem.samples, order, 0, rows, problem.context.seed, problem.context.epoch};
  training.ComputeLoss(
      batch, [](int64_t, const float*, const float*) {}, [] { return false; });
  training.Update(kRate, Batch{problem.samples, order, 0, 0, 0, 0});
  std::vector<double> gradient(start.size(), 0);
  std::vector<float> moved;
  const auto blocks = problem.plan->parameters();
  for (size_t b = 0; b < blocks.size(); ++b) {
    if (!blocks[b].trained) continue;
    moved.resize(blocks[b].size);
    program->Read(training.parameters(), b, 0, moved);
    for (int64_t i = 0; i < blocks[b].size; ++i) {
      const int64_t at = blocks[b].offset + i;
      gradient[at] = (problem.parameters[at] - static_cast<double>(moved[i])) / kRate;
    }
  }
  return gradient;
}

SaturatingSize EngineGradientBytes(const std::shared_ptr<const Plan>& plan, int64_t rows) {
  return Training::Bytes(*Program::Create(plan), DescentOn(rows, true), 1) +
         SaturatingSize(plan->parameter_count()) * (2 * sizeof(float) + sizeof(double));
}

std::vector<double> BackPropagate(const GradientProblem& problem) {
  const Plan& plan = *problem.plan;
  const int64_t rows = problem.samples.rows();
  Executor executor(plan, rows);
  const double* const y =
      executor.Forward(problem.parameters.data(), problem.x.data(), rows, problem.context);
  std::vector<double> losses(rows);
  plan.loss().kernels<double>().compute(plan.loss_arguments(), rows, plan.output_width(), y,
                                        problem.t.data(), losses.data(), executor.output_delta());
  WeighSlopes(rows, plan.output_width(), problem.weights.data(), problem.total_weight,
              executor.output_delta());
  std::vector<double> gradient(plan.parameter_count());
  executor.Backward(problem.parameters.data(), problem.x.data(), rows, gradient.data(),
                    problem.context);
  ForEachTrained(plan, [&](const ParameterBlock& block) {
    if (!block.regularized) return;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      const double w = problem.parameters[i];
      gradient[i] += problem.l2 * w + problem.l1 * (w > 0 ? 1 : w < 0 ? -1 : 0);
    }
  });
  return gradient;
}

SaturatingSize BackPropagateBytes(const Plan& plan, int64_t rows) {
  return Executor::Bytes(plan, rows) +
         (SaturatingSize(rows) + plan.parameter_count()) * sizeof(double);
}

absl::StatusOr<TapeGradient> DifferentiateByTape(const GradientProblem& problem,
                                                 int64_t most_nodes) {
  const Plan& plan = *problem.plan;
  Tape tape(most_nodes);
  PlanLoss<Variable> run(plan, problem.chunk());
  std::vector<Variable> parameters(problem.parameters.begin(), problem.parameters.end());
  TapeGradient out;
  out.gradient.resize(parameters.size());
  std::vector<double> part(parameters.size());
  bool overflowed = false;
  const auto differentiate = [&](auto loss_of) {
    if (overflowed) return;
    tape.Clear();
    ForEachTrained(plan, [&](const ParameterBlock& block) {
      for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
        parameters[i] = tape.Make(problem.parameters[i]);
      }
    });
    const Variable loss = loss_of();
    overflowed = tape.overflowed();
    if (overflowed) return;
    const Gradients slopes = tape.Gradient(loss);
    for (size_t i = 0; i < part.size(); ++i) {
      part[i] = slopes[parameters[i]];
      out.gradient[i] += part[i];
    }
    out.loss += loss.value();
    out.contributions += Norm(part);
  };
  problem.ForEachChunk(
      [&](const LossRows& rows) { differentiate([&] { return run(parameters.data(), rows); }); });
  if (problem.l2 != 0 || problem.l1 != 0) {
    differentiate([&] { return Penalty(plan, parameters.data(), problem.l2, problem.l1); });
  }
  if (overflowed) {
    return LimitExceeded("TAPE_TOO_LARGE", "bytes of memory for the tape, at least",
                         (SaturatingSize(most_nodes) * Tape::kBytesPerNode).value() + 1,
                         (SaturatingSize(most_nodes) * Tape::kBytesPerNode).value());
  }
  return out;
}

SaturatingSize TapeBytes(const Plan& plan, int64_t rows) {
  return PlanLoss<Variable>::Bytes(plan, LooksAtBatch(plan) ? rows : 1) +
         SaturatingSize(plan.parameter_count()) * (sizeof(Variable) + 2 * sizeof(double));
}

struct DualSlopes::State {
  const GradientProblem& problem;
  PlanLoss<Dual<double>> run;
  std::vector<Dual<double>> parameters;
};

DualSlopes::DualSlopes(const GradientProblem& problem)
    : state_(new State{problem,
                       {*problem.plan, problem.chunk()},
                       {problem.parameters.begin(), problem.parameters.end()}}) {}

DualSlopes::~DualSlopes() = default;

double DualSlopes::operator()(int64_t i) {
  const GradientProblem& problem = state_->problem;
  Dual<double>* const parameters = state_->parameters.data();
  parameters[i].d = 1;
  Dual<double> loss = Penalty(*problem.plan, parameters, problem.l2, problem.l1);
  problem.ForEachChunk([&](const LossRows& rows) { loss += state_->run(parameters, rows); });
  parameters[i].d = 0;
  return loss.d;
}

double LossAt::operator()(int64_t i, double value) {
  const double before = std::exchange(parameters_[i], value);
  const double loss = Run();
  parameters_[i] = before;
  return loss;
}

double LossAt::Run() {
  double loss = Penalty(*problem_.plan, parameters_.data(), problem_.l2, problem_.l1);
  problem_.ForEachChunk([&](const LossRows& rows) { loss += run_(parameters_.data(), rows); });
  return loss;
}

}  // namespace fnn::core
