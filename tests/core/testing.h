// What the tests of the engine share: networks and tables in a line, faults of a status as strings,
// numbers of the reference files.

#ifndef FNN_TESTS_CORE_TESTING_H_
#define FNN_TESTS_CORE_TESTING_H_

#include <cstdint>
#include <ctime>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/data/binding.h"
#include "core/data/table.h"
#include "core/ops/table.h"
#include "core/plan/plan.h"
#include "core/train/observer.h"
#include "core/train/options.h"
#include "fnn/v1/network.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// How GoogleTest shows an operator that is a test's parameter.
inline void PrintTo(const ActivationOp& op, std::ostream* out) { *out << op.name; }
inline void PrintTo(const LossOp& op, std::ostream* out) { *out << op.name; }
inline void PrintTo(const MetricOp& op, std::ostream* out) { *out << op.name; }
inline void PrintTo(const OptimizerOp& op, std::ostream* out) { *out << op.name; }

// The message of a text such as `layers { dense { units: 3 } }`. A fault in it fails the test.
v1::Network ParseNetwork(const std::string& text);
v1::TrainingOptions ParseOptions(const std::string& text);

// The plan of a network that is known to be right.
std::shared_ptr<const Plan> CompileOrDie(const v1::Network& network, int64_t features);

// The arguments of an operator that is given none.
template <typename Op>
Arguments Defaults(const Op& op) {
  Arguments out{};
  for (size_t i = 0; i < op.arguments.size(); ++i) out[i] = op.arguments[i].default_value;
  return out;
}

// Each violation of BadRequest as `path REASON`, in order.
std::vector<std::string> Faults(const absl::Status& status);
// The descriptions of the violations, one to a line.
std::string Descriptions(const absl::Status& status);
// The reason of ErrorInfo, or empty.
std::string Reason(const absl::Status& status);
// What the status takes as a google.rpc.Status: its message and its details, in bytes.
size_t SizeOnTheWire(const absl::Status& status);

// A bound table of `features` feature columns x0, x1, ... and the rest target columns y0, y1, ...
BoundTable MakeData(int64_t features, int64_t targets, std::vector<float> values);

// All values of a table, row-major.
std::vector<float> Values(const Table& table);

// An operator's arguments where nothing is said.
Arguments DefaultArguments(std::span<const Argument> arguments);

// The cells of a committed file of tests/core/reference/, without its header.
std::vector<std::vector<std::string>> ReadReference(absl::string_view file);
// The numbers of a cell, separated by blanks.
std::vector<double> Numbers(const std::string& cell);

// Whether two numbers are equal, both NaN, or no further apart than the relative tolerance times
// the expected plus the absolute.
bool Near(double got, double expected, double relative, double absolute);

// The processor time since it was made: it does not depend on what else the machine does, so a test
// may bound it. The bounds are far above what work in proportion takes, also under sanitizers, and
// below what work that grows with the square takes.
class CpuTimer {
 public:
  CpuTimer() : start_(std::clock()) {}
  double Seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }

 private:
  std::clock_t start_;
};

// Keeps every report; stops when told to.
class Recorder : public TrainingObserver {
 public:
  void OnEpoch(const v1::EpochReport& report) override { epochs.push_back(report); }
  void OnDiagnosis(const v1::Diagnosis& diagnosis) override { diagnoses.push_back(diagnosis); }
  void OnBatch(int64_t /*epoch*/, int64_t batch, int64_t batches, double running_loss) override {
    ++batches_done;
    last_batch = batch;
    last_batches = batches;
    last_running_loss = running_loss;
  }
  bool ShouldStop() override { return asked++ >= stop_after; }

  std::vector<v1::EpochReport> epochs;
  std::vector<v1::Diagnosis> diagnoses;
  int64_t batches_done = 0;
  int64_t last_batch = 0;
  int64_t last_batches = 0;
  double last_running_loss = 0;
  int64_t asked = 0;
  int64_t stop_after = INT64_MAX;
};

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TESTING_H_
