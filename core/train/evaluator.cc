#include "core/train/evaluator.h"

#include <algorithm>

#include "core/ops/metrics/class_of.h"

namespace fnn::core {
namespace {

constexpr int64_t kMostRows = 256;
constexpr int64_t kMostValues = int64_t{1} << 22;  // In one array, for very wide networks.

}  // namespace

template <typename T>
void ApplyLink(const Plan& plan, int64_t rows, const T* y, T* predictions) {
  const ActivationOp* link = FindOp(Activations(), plan.loss().link);
  link->kernels<T>().forward({}, rows, plan.output_width(), y, predictions);
}

int64_t EvaluationBatch(const Plan& plan) {
  int64_t widest = plan.input_width();
  for (const LayerPlan& layer : plan.layers()) widest = std::max(widest, layer.units);
  return std::clamp<int64_t>(kMostValues / widest, 1, kMostRows);
}

template <typename T>
MetricSet<T>::MetricSet(const std::vector<const MetricOp*>& ops) : ops_(ops) {
  for (const MetricOp* op : ops) accumulators_.push_back(op->make<T>());
}

template <typename T>
void MetricSet<T>::Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets) {
  for (const auto& accumulator : accumulators_) {
    accumulator->Add(rows, outputs, predictions, targets);
  }
}

template <typename T>
void MetricSet<T>::WriteTo(google::protobuf::RepeatedPtrField<v1::MetricValue>& out) const {
  for (size_t i = 0; i < ops_.size(); ++i) {
    v1::MetricValue& value = *out.Add();
    value.set_name(std::string(ops_[i]->name));
    value.set_value(accumulators_[i]->Value());
  }
}

template <typename T>
Evaluator<T>::Evaluator(const Plan& plan)
    : plan_(plan),
      batch_(EvaluationBatch(plan)),
      executor_(plan, batch_, ExecutorMode::kInference),
      x_(batch_ * plan.input_width()),
      t_(batch_ * plan.output_width()),
      predictions_(batch_ * plan.output_width()) {}

template <typename T>
SaturatingSize Evaluator<T>::Values(const Plan& plan) {
  const int64_t batch = EvaluationBatch(plan);
  return Executor<T>::Values(plan, batch, ExecutorMode::kInference) +
         SaturatingSize(batch) * (SaturatingSize(plan.input_width()) + 2 * plan.output_width());
}

template <typename T>
std::optional<EvaluationResult> Evaluator<T>::Evaluate(const T* parameters, const Samples& samples,
                                                       const std::vector<const MetricOp*>& metrics,
                                                       std::vector<int64_t>* confusion,
                                                       const Progress& progress) {
  const int64_t features = samples.features();
  const int64_t outputs = samples.outputs();
  MetricSet<T> set(metrics);
  double loss = 0;
  for (int64_t begin = 0; begin < samples.rows(); begin += batch_) {
    if (!progress(begin)) return std::nullopt;
    const int64_t rows = std::min(batch_, samples.rows() - begin);
    for (int64_t r = 0; r < rows; ++r) {
      samples.Gather(begin + r, x_.data() + r * features, t_.data() + r * outputs);
    }
    const T* y = executor_.Forward(parameters, x_.data(), rows);
    plan_.loss().kernels<T>().compute(rows, outputs, y, t_.data(), &loss, nullptr);
    ApplyLink(plan_, rows, y, predictions_.data());
    set.Add(rows, outputs, predictions_.data(), t_.data());
    if (confusion == nullptr) continue;
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t actual = ClassOf(outputs, t_.data() + r * outputs);
      const int64_t predicted = ClassOf(outputs, predictions_.data() + r * outputs);
      ++(*confusion)[actual * plan_.class_count() + predicted];
    }
  }
  EvaluationResult result;
  result.loss = loss / static_cast<double>(samples.rows());
  set.WriteTo(result.metrics);
  return result;
}

template void ApplyLink(const Plan&, int64_t, const float*, float*);
template void ApplyLink(const Plan&, int64_t, const double*, double*);
template class MetricSet<float>;
template class MetricSet<double>;
template class Evaluator<float>;
template class Evaluator<double>;

}  // namespace fnn::core
