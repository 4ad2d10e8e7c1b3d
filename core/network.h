// START HERE. A network: a compiled plan and its parameters.
//
//   auto job = TrainingJob::Prepare(...);               // core/train/job.h
//   auto result = job->Run(observer);                   // trains, epoch by epoch
//   std::vector<float> y = result->network.Predict(x);  // [rows, outputs]
//
// A network is what training gives and what predicts and evaluates. It is immutable, cheap to copy
// (plan and parameters are shared) and safe to use from any number of threads.

#ifndef FNN_CORE_NETWORK_H_
#define FNN_CORE_NETWORK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/base/aligned.h"
#include "core/data/binding.h"
#include "core/engine/program.h"
#include "core/plan/plan.h"
#include "fnn/v1/prediction_service.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

class Network {
 public:
  // `parameters` has plan->parameter_count() values in the plan's logical order.
  Network(std::shared_ptr<const Plan> plan, std::span<const float> parameters);
  // `arena` is one of the program's.
  Network(std::shared_ptr<const Program> program, AlignedFloats arena);

  const Plan& plan() const { return program_->plan(); }
  // The elements [begin, begin + out.size()) of a block of plan().parameters(), in logical order.
  void ReadParameters(size_t block, int64_t begin, std::span<float> out) const;
  // All of them, in the plan's logical order.
  std::vector<float> parameters() const;
  // What they take in memory, in bytes.
  int64_t memory_bytes() const { return static_cast<int64_t>(arena_->size() * sizeof(float)); }

  // `x` is [rows, plan().input_width()], row-major; gives [rows, plan().output_width()]:
  // probabilities under cross_entropy and binary_cross_entropy, else the activity.
  std::vector<float> Predict(std::span<const float> x) const;
  // The same, or nothing where `stop`, asked every few rows, said so.
  std::optional<std::vector<float>> Predict(std::span<const float> x,
                                            absl::FunctionRef<bool()> stop) const;

  // The class of one row of Predict's output, where plan().classifies().
  v1::PredictedClass Classify(std::span<const float> row) const;

  // Called between batches with the rows done; false stops the evaluation as CANCELLED.
  using Progress = std::function<bool(int64_t rows_done, int64_t rows)>;

  // Measures the network on `data`. INVALID_ARGUMENT where the data does not fit (at its paths) or
  // a metric makes no sense (at metrics_path[i]), RESOURCE_EXHAUSTED where metrics would have to
  // keep too much. Leaves model_version empty.
  absl::StatusOr<v1::Evaluation> Evaluate(
      const BoundTable& data, const google::protobuf::RepeatedPtrField<v1::Metric>& metrics,
      const FieldPath& metrics_path, const Progress& progress) const;

 private:
  std::shared_ptr<const Program> program_;
  std::shared_ptr<const AlignedFloats> arena_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_NETWORK_H_
