#include "core/reference/training.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/base/digest.h"

namespace fnn::core {
namespace {

// predictions = link(y); they may be the same.
void ApplyLink(const Plan& plan, int64_t rows, const double* y, double* predictions) {
  const ActivationOp* link = FindOp(Activations(), plan.loss().link);
  link->kernels<double>().forward({}, rows, plan.output_width(), y, predictions);
}

void Gather(const Batch& batch, double* x, double* t) {
  for (int64_t r = 0; r < batch.rows; ++r) {
    batch.samples.Gather(batch.order(batch.begin + r), x + r * batch.samples.features(),
                         t + r * batch.samples.outputs());
  }
}

}  // namespace

ReferenceTraining::ReferenceTraining(std::shared_ptr<const Plan> plan, const StepOptions& options,
                                     Team& /*team*/)
    : plan_(std::move(plan)),
      options_(options),
      executor_(*plan_, options.batch_size),
      parameters_(plan_->parameter_count()),
      gradient_(plan_->parameter_count()),
      kept_(options.keeps ? plan_->parameter_count() : 0),
      slots_(options.optimizer->slots, std::vector<double>(plan_->parameter_count(), 0)),
      x_(options.batch_size * plan_->input_width()),
      t_(options.batch_size * plan_->output_width()),
      predictions_(t_.size()),
      losses_(options.batch_size),
      weights_(options.weighted ? options.batch_size : 0) {
  if (options.health != HealthDepth::kOff) layers_ = WatchedLayers(*plan_);
  figures_.resize(layers_.size());
  if (options.optimizer->whole_batch) {
    lbfgs_.emplace(options.optimizer_arguments, plan_->parameter_count());
  }
}

void ReferenceTraining::SetParameters(std::span<const double> logical) {
  parameters_.assign(logical.begin(), logical.end());
}

void ReferenceTraining::SetBlock(size_t block, int64_t begin, std::span<const double> values) {
  std::copy(values.begin(), values.end(),
            parameters_.begin() + plan_->parameters()[block].offset + begin);
}

void ReferenceTraining::Initialize(uint64_t seed) { plan_->Initialize<double>(seed, parameters_); }

std::optional<LossSum> ReferenceTraining::ComputeLoss(const Batch& batch, OnRows on_rows,
                                                      absl::FunctionRef<bool()> /*stop*/) {
  const int64_t rows = rows_ = batch.rows;
  context_ = {.training = true, .seed = batch.seed, .epoch = batch.epoch, .first = batch.begin};
  Gather(batch, x_.data(), t_.data());
  const double* y = executor_.Forward(parameters_.data(), x_.data(), rows, context_);
  plan_->loss().kernels<double>().compute(plan_->loss_arguments(), rows, plan_->output_width(), y,
                                          t_.data(), losses_.data(), executor_.output_delta());
  ApplyLink(*plan_, rows, y, predictions_.data());
  on_rows(rows, predictions_.data(), t_.data());
  LossSum loss;
  double* const delta = executor_.output_delta();
  if (options_.weighted) {
    batch.samples.GatherWeights(batch.order, batch.begin, rows, weights_.data());
    loss.Add(rows, losses_.data(), weights_.data());
    WeighSlopes(rows, plan_->output_width(), weights_.data(), loss.weight, delta);
  } else {
    loss.Add<double>(rows, losses_.data(), nullptr);
    for (int64_t i = 0; i < rows * plan_->output_width(); ++i) {
      delta[i] /= static_cast<double>(rows);
    }
  }
  return loss;
}

void ReferenceTraining::Update(double learning_rate, const Batch& /*next*/) {
  executor_.Backward(parameters_.data(), x_.data(), rows_, gradient_.data(), context_);
  if (watches_) MeasureBefore();
  executor_.Follow(rows_, parameters_.data());
  if (step_ == 0) {
    const SlotStarts starts =
        options_.optimizer->slot_starts(options_.optimizer_arguments, learning_rate);
    for (size_t s = 0; s < slots_.size(); ++s)
      std::fill(slots_[s].begin(), slots_[s].end(), starts[s]);
  }
  const StepConstants constants =
      options_.optimizer->constants(options_.optimizer_arguments, learning_rate, ++step_);
  GradientTerms<double> terms{.l2 = options_.l2, .l1 = options_.l1};
  if (options_.clip_value > 0) terms.limit = options_.clip_value;
  if (options_.clip_norm > 0) {
    double squares = 0;
    for (const double g : gradient_) squares += g * g;
    terms.scale = ClipScale(options_.clip_norm, std::sqrt(squares));
  }
  for (const ParameterBlock& block : plan_->parameters()) {
    if (!block.trained) continue;
    std::array<double*, kMostSlots> slots{};
    for (size_t s = 0; s < slots_.size(); ++s) slots[s] = slots_[s].data() + block.offset;
    options_.optimizer->kernels<double>().step(
        constants, block.regularized ? terms : terms.Unregularized(), block.size,
        gradient_.data() + block.offset, parameters_.data() + block.offset, slots.data());
  }
  if (options_.max_norm > 0) LimitNorms();
  if (watches_) MeasureAfter();
}

bool ReferenceTraining::Search(double learning_rate, const Batch& batch, double loss,
                               absl::FunctionRef<bool()> stop) {
  const double start = Differentiate(loss);
  if (watches_) MeasureBefore();
  executor_.Follow(rows_, parameters_.data());
  const auto on_rows = [](int64_t, const double*, const double*) {};
  const auto evaluate = [&]() -> std::optional<double> {
    if (stop()) return std::nullopt;
    return Differentiate(ComputeLoss(batch, on_rows, stop)->Mean());
  };
  const auto for_each = [](int64_t parts, absl::FunctionRef<void(int64_t)> f) {
    for (int64_t part = 0; part < parts; ++part) f(part);
  };
  const bool stepped = lbfgs_->Step(learning_rate, start,
                                    {.parameters = parameters_.data(),
                                     .gradient = gradient_.data(),
                                     .evaluate = evaluate,
                                     .for_each = for_each});
  if (watches_) MeasureAfter();
  return stepped;
}

void ReferenceTraining::MeasureBefore() {
  before_ = parameters_;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const WatchedLayer& layer = layers_[l];
    LayerFigures& out = figures_[l] = {};
    for (const size_t block : layer.blocks) {
      const ParameterBlock& at = plan_->parameters()[block];
      // lbfgs has added the L2 term.
      const double l2 = options_.optimizer->whole_batch && at.regularized ? options_.l2 : 0;
      for (int64_t i = at.offset; i < at.offset + at.size; ++i) {
        const double g = gradient_[i] - l2 * parameters_[i];
        out.parameters.squared_gradient += g * g;
        out.parameters.squares += parameters_[i] * parameters_[i];
        out.parameters.gradient_max = std::max(out.parameters.gradient_max, std::abs(g));
        out.parameters.max = std::max(out.parameters.max, std::abs(parameters_[i]));
      }
    }
    if (!layer.activities.has_value()) continue;
    const double* const a = executor_.value(*layer.activities);
    std::vector<bool> alive(layer.units, false);
    for (int64_t i = 0; i < rows_ * layer.width; ++i) {
      out.activities.Add(
          {.count = 1,
           .sum = a[i],
           .squares = a[i] * a[i],
           .saturated = layer.flat.saturates && (a[i] <= layer.flat.low || a[i] >= layer.flat.high),
           .zeros = a[i] == 0,
           .min = a[i],
           .max = a[i]});
      if (a[i] != 0) alive[i % layer.units] = true;
    }
    if (layer.flat.dies) out.dead = std::count(alive.begin(), alive.end(), false);
  }
}

void ReferenceTraining::MeasureAfter() {
  watches_ = false;
  for (size_t l = 0; l < layers_.size(); ++l) {
    for (const size_t block : layers_[l].blocks) {
      const ParameterBlock& at = plan_->parameters()[block];
      for (int64_t i = at.offset; i < at.offset + at.size; ++i) {
        const double step = parameters_[i] - before_[i];
        figures_[l].parameters.squared_step += step * step;
      }
    }
    if (!layers_[l].map.has_value()) continue;
    const PlanNode& map = plan_->nodes()[*layers_[l].map];
    const int64_t group = map.units / map.groups();
    const double* const w = parameters_.data() + plan_->parameters()[map.weights].offset;
    figures_[l].alike = true;
    for (int64_t u = 0; u < map.units; ++u) {
      if (u % group < layers_[l].period) continue;
      const int64_t v = u - layers_[l].period;
      bool alike = std::equal(w + u * map.fan_in, w + (u + 1) * map.fan_in, w + v * map.fan_in);
      if (map.bias.has_value()) {
        const double* const b = parameters_.data() + plan_->parameters()[*map.bias].offset;
        alike = alike && b[u] == b[v];
      }
      figures_[l].alike = figures_[l].alike && alike;
    }
  }
}

double ReferenceTraining::Differentiate(double loss) {
  executor_.Backward(parameters_.data(), x_.data(), rows_, gradient_.data(), context_);
  for (const ParameterBlock& block : plan_->parameters()) {
    if (!block.trained || !block.regularized) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      gradient_[i] += options_.l2 * parameters_[i];
    }
  }
  return loss + 0.5 * options_.l2 * SquaredNorm();
}

void ReferenceTraining::LimitNorms() {
  for (const PlanNode& node : plan_->nodes()) {
    if (node.kind != PlanNode::Kind::kAffine) continue;
    const ParameterBlock& block = plan_->parameters()[node.weights];
    if (!block.trained) continue;
    for (int64_t u = 0; u < node.units; ++u) {
      double* const w = parameters_.data() + block.offset + u * node.fan_in;
      double squares = 0;
      for (int64_t i = 0; i < node.fan_in; ++i) squares += w[i] * w[i];
      const double scale = MaxNormScale(options_.max_norm, squares);
      for (int64_t i = 0; i < node.fan_in; ++i) w[i] *= scale;
    }
  }
}

void ReferenceTraining::Visit(Archive& archive, int64_t steps) {
  if (archive.loading()) step_ = steps;
  const auto visit = [&](std::span<double> values) { archive.Numbers(values); };
  visit(parameters_);
  visit(kept_);
  for (std::vector<double>& slot : slots_) visit(slot);
  if (lbfgs_.has_value()) lbfgs_->Visit(archive, visit);
}

std::string ReferenceTraining::FirstLayerNotFinite() const {
  return executor_.FirstLayerNotFinite(rows_);
}

std::string ReferenceTraining::FirstBlockNotFinite() const {
  for (const ParameterBlock& block : plan_->parameters()) {
    const auto begin = parameters_.begin() + block.offset;
    if (!std::all_of(begin, begin + block.size, [](double x) { return std::isfinite(x); })) {
      return block.name.substr(0, block.name.find('.'));
    }
  }
  return "";
}

double ReferenceTraining::SquaredNorm() const {
  double squares = 0;
  for (const ParameterBlock& block : plan_->parameters()) {
    if (!block.regularized) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      squares += parameters_[i] * parameters_[i];
    }
  }
  return squares;
}

double ReferenceTraining::AbsoluteSum() const {
  double sum = 0;
  for (const ParameterBlock& block : plan_->parameters()) {
    if (!block.regularized) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      sum += std::abs(parameters_[i]);
    }
  }
  return sum;
}

void ReferenceTraining::Digest(std::string& out) const {
  out = core::Digest(std::as_bytes(std::span(parameters_)));
}

ReferenceInference::ReferenceInference(std::shared_ptr<const Plan> plan, int /*members*/,
                                       int64_t rows)
    : plan_(std::move(plan)), executor_(*plan_, rows), x_(rows * plan_->input_width()) {}

void ReferenceInference::Measure(const double* parameters, const Samples& samples, int64_t begin,
                                 int64_t rows, Team& /*team*/, double* predictions, double* targets,
                                 double* losses) {
  const Permutation order(samples.rows());
  Gather({samples, order, begin, rows}, x_.data(), targets);
  const double* y = executor_.Forward(parameters, x_.data(), rows);
  plan_->loss().kernels<double>().compute(plan_->loss_arguments(), rows, plan_->output_width(), y,
                                          targets, losses, nullptr);
  ApplyLink(*plan_, rows, y, predictions);
}

}  // namespace fnn::core
