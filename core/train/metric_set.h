// The metrics of a set of rows, filled batch by batch.

#ifndef FNN_CORE_TRAIN_METRIC_SET_H_
#define FNN_CORE_TRAIN_METRIC_SET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/saturating.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

template <typename T>
class MetricSet {
 public:
  using Metrics = std::vector<Resolved<MetricOp>>;

  MetricSet(const Metrics& metrics, const MetricSize& size) {
    for (const auto& metric : metrics) {
      ops_.push_back(metric.op);
      accumulators_.push_back(metric.op->make<T>(metric.arguments, size));
    }
  }

  // What one in float allocates with the rows, in bytes.
  static SaturatingSize Bytes(const Metrics& metrics, const MetricSize& size) {
    SaturatingSize bytes = 0;
    for (const auto& metric : metrics) bytes = bytes + metric.op->bytes(size);
    return bytes;
  }

  // Begins anew.
  void Clear() {
    for (const auto& accumulator : accumulators_) accumulator->Clear();
  }

  // predictions and targets are [rows, outputs]; weights is [rows], or null.
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) {
    for (const auto& accumulator : accumulators_) {
      accumulator->Add(rows, outputs, predictions, targets, weights);
    }
  }

  // What was added.
  void Visit(Archive& archive) {
    for (const auto& accumulator : accumulators_) accumulator->Visit(archive);
  }

  // Replaces what is in `out`, whose room is used again.
  void WriteTo(google::protobuf::RepeatedPtrField<v1::MetricValue>& out) {
    out.Clear();
    for (size_t i = 0; i < ops_.size(); ++i) {
      v1::MetricValue& value = *out.Add();
      value.mutable_name()->assign(ops_[i]->name.data(), ops_[i]->name.size());
      value.set_value(accumulators_[i]->Value());
    }
  }

 private:
  std::vector<const MetricOp*> ops_;
  std::vector<std::unique_ptr<MetricAccumulator<T>>> accumulators_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_METRIC_SET_H_
