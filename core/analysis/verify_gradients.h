// Holds the gradient that a network is trained with against four others
// (core/autodiff/gradients.h), on the user's own network and rows: is it right, and which layer's
// is not?
//
// Back-propagation, in float and in double, and the tape give all slopes at once, and are compared
// on all. Dual numbers and central differences take one and two runs for each parameter, and are
// tried on a sample of each tensor; what all would have taken is told.
//
// A method passes on a tensor if the norm of its difference to the tape's gradient is at most the
// tolerance times the gradient's norm, or no more than rounding makes of a slope that cancels out,
// such as that of a bias before batch_norm, which is 0. Where the whole gradient is no more than
// that, the comparison says that the method was not judged.

#ifndef FNN_CORE_ANALYSIS_VERIFY_GRADIENTS_H_
#define FNN_CORE_ANALYSIS_VERIFY_GRADIENTS_H_

#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

// As fnn.v1.VerifyGradientsRequest has them.
struct GradientCheckOptions {
  int64_t rows = 16;
  int64_t samples_per_tensor = 32;
  double exact_tolerance = 1e-10;
  double difference_tolerance = 1e-6;
  double float_tolerance = 1e-4;
  uint64_t seed = 0;
  // Of memory for all of it, the tape included.
  int64_t most_bytes = int64_t{1} << 30;
};

// Reads the request's numbers; INVALID_ARGUMENT under `path` for those out of range. Takes the seed
// of the point.
absl::StatusOr<GradientCheckOptions> ResolveGradientCheck(const v1::VerifyGradientsRequest& request,
                                                          const FieldPath& path);

// What a verification tells on its way.
class GradientObserver {
 public:
  virtual ~GradientObserver() = default;
  // After each run through the network. False stops the verification as CANCELLED.
  virtual bool OnProgress(const v1::GradientProgress& progress) = 0;
  virtual void OnLayer(v1::LayerGradients layer) = 0;
};

// `parameters` are in the plan's logical order. Takes the first options.rows of the samples in the
// order that the seed draws, or all where there are fewer. Errors: INVALID_ARGUMENT at path /
// "rows" where a layer needs more than one row; RESOURCE_EXHAUSTED where it would take more memory
// than the options allow; FAILED_PRECONDITION where the loss is not finite or nothing is trained;
// CANCELLED.
absl::StatusOr<v1::GradientVerdict> VerifyGradients(
    std::shared_ptr<const Plan> plan, std::span<const float> parameters, const Samples& samples,
    const GradientCheckOptions& options, const FieldPath& path, GradientObserver& observer);

// A method's slopes held against the tape's, over what was compared. `norm` is that of the tape's
// gradient there; `rounding` the norm of the difference that is let pass in any case.
v1::GradientComparison CompareGradients(v1::GradientMethod method, std::span<const double> got,
                                        std::span<const double> tape, double tolerance,
                                        double rounding);

// What rounding may make of each element of a gradient: in double and float, where `contributions`
// is TapeGradient's; and by central differences of a loss with the step h.
double ExactRounding(double contributions);
double FloatRounding(double contributions);
double DifferenceRounding(double loss, double h);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_VERIFY_GRADIENTS_H_
