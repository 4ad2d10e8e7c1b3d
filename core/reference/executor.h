// A plan carried out in double, node by node as the textbook has it: forward, and back by the chain
// rule.

#ifndef FNN_CORE_REFERENCE_EXECUTOR_H_
#define FNN_CORE_REFERENCE_EXECUTOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/saturating.h"
#include "core/plan/plan.h"

namespace fnn::core {

// Not thread-safe; the plan must outlive it. Arrays are row-major [rows, width], rows at most
// `batch`; parameters and gradients are in the plan's logical order.
class Executor {
 public:
  Executor(const Plan& plan, int64_t batch);

  // What one allocates, in bytes.
  static SaturatingSize Bytes(const Plan& plan, int64_t batch);

  // The output [rows, outputs] for x [rows, inputs]; what the loss takes. Valid until the next
  // call.
  const double* Forward(const double* parameters, const double* x, int64_t rows,
                        const RowContext& context = {});

  // Where the slope of the loss with regard to Forward's result goes, [rows, outputs].
  double* output_delta() { return nodes_.back().delta.data(); }

  // Writes the gradient that follows from output_delta() to `gradient`; 0 for what is not trained.
  // Follows Forward with the same arguments.
  void Backward(const double* parameters, const double* x, int64_t rows, double* gradient,
                const RowContext& context = {});

  // The values of node n, [rows, width]. After Forward.
  const double* value(size_t n) const { return nodes_[n].value.data(); }

  // Lets running statistics follow the batch of the last Forward.
  void Follow(int64_t rows, double* parameters) const;

  // The first layer with an activity that is not finite, or empty. After Forward.
  std::string FirstLayerNotFinite(int64_t rows) const;

 private:
  struct Node {
    std::vector<double> value, delta;
    std::vector<double> statistics;  // Where its function has some.
    std::vector<Rows<const double>> in;
    std::vector<const double*> parameters;
    bool has_delta = false;  // Whether something has been put there on this way back.
  };

  FunctionInput<double> InputOf(size_t n, const double* parameters, const double* x, int64_t rows,
                                const RowContext& context);
  const double* ValueOf(int node, const double* x) const {
    return node < 0 ? x : nodes_[node].value.data();
  }
  // Adds what the node's delta makes to that of its input.
  void PassBack(size_t n, const double* parameters, const double* x, int64_t rows,
                const RowContext& context);

  const Plan& plan_;
  std::vector<Node> nodes_;
  std::vector<double> scratch_;  // [batch, widest]
};

}  // namespace fnn::core

#endif  // FNN_CORE_REFERENCE_EXECUTOR_H_
