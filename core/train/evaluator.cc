#include "core/train/evaluator.h"

#include <algorithm>
#include <utility>

#include "core/ops/loss_sum.h"

namespace fnn::core {
namespace {

constexpr int64_t kMostRows = 256;
constexpr int64_t kMostValues = int64_t{1} << 22;  // In one array, for very wide networks.

}  // namespace

int64_t EvaluationBatch(const Plan& plan) {
  int64_t widest = plan.input_width();
  for (const PlanNode& node : plan.nodes()) widest = std::max(widest, node.width);
  return std::clamp<int64_t>(kMostValues / widest, 1, kMostRows);
}

template <typename T>
Evaluator<T>::Evaluator(std::shared_ptr<const typename Engine::Compiled> compiled, const Plan& plan,
                        const std::vector<Resolved<MetricOp>>& metrics, const MetricSize& size,
                        Team& team, int64_t batch)
    : plan_(plan),
      team_(team),
      batch_(batch),
      set_(metrics, size),
      inference_(std::move(compiled), team.most(), batch_),
      predictions_(batch_ * plan.output_width()),
      targets_(predictions_.size()),
      losses_(batch_) {}

template <typename T>
SaturatingSize Evaluator<T>::Bytes(const Program& program, int members) {
  const int64_t batch = EvaluationBatch(program.plan());
  return Inference::Bytes(program, members, batch) +
         SaturatingSize(batch) * (SaturatingSize(2) * program.plan().output_width() + 2) *
             sizeof(float);
}

template <typename T>
std::optional<double> Evaluator<T>::Evaluate(
    const T* parameters, const Samples& samples,
    google::protobuf::RepeatedPtrField<v1::MetricValue>& metrics, ClassResults* classes,
    Progress progress) {
  const int64_t outputs = samples.outputs();
  set_.Clear();
  if (samples.weighted()) weights_.resize(batch_);
  const Permutation order(samples.rows());
  LossSum loss;
  for (int64_t begin = 0; begin < samples.rows(); begin += batch_) {
    if (!progress(begin)) return std::nullopt;
    const int64_t rows = std::min(batch_, samples.rows() - begin);
    inference_.Measure(parameters, samples, begin, rows, team_, predictions_.data(),
                       targets_.data(), losses_.data());
    if (samples.weighted()) samples.GatherWeights(order, begin, rows, weights_.data());
    loss.Add(rows, losses_.data(), samples.weighted() ? weights_.data() : nullptr);
    if (samples.has_sample_weights()) {
      samples.GatherSampleWeights(order, begin, rows, weights_.data());
    }
    const T* const weights = samples.has_sample_weights() ? weights_.data() : nullptr;
    set_.Add(rows, outputs, predictions_.data(), targets_.data(), weights);
    if (classes != nullptr) classes->Add(rows, predictions_.data(), targets_.data(), weights);
  }
  set_.WriteTo(metrics);
  return loss.Mean();
}

template class Evaluator<float>;
template class Evaluator<double>;

}  // namespace fnn::core
