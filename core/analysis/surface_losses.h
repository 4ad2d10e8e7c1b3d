// Several losses of the same parameters on the same rows, in double: at the bottom of a
// well-trained network's valley float has few digits to say of it.

#ifndef FNN_CORE_ANALYSIS_SURFACE_LOSSES_H_
#define FNN_CORE_ANALYSIS_SURFACE_LOSSES_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/base/saturating.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"
#include "core/threads/team.h"
#include "core/train/evaluator.h"
#include "fnn/v1/loss.pb.h"

namespace fnn::core {

// Not thread-safe.
class SurfaceLosses {
 public:
  // `losses`, or where there are none that of `plan`, of the rows that `choose` takes of `data`.
  // INVALID_ARGUMENT at path[i] where a loss does not go with the network, and at the data's paths
  // where it does not with the targets.
  static absl::StatusOr<SurfaceLosses> Create(std::shared_ptr<const Plan> plan,
                                              const BoundTable& data,
                                              absl::FunctionRef<Samples(const Samples& all)> choose,
                                              std::span<const v1::Loss> losses,
                                              const FieldPath& path);

  // What one loss takes, in bytes.
  static SaturatingSize Bytes(const Plan& plan);

  const std::vector<std::string>& names() const { return names_; }

  // The mean loss at `parameters`, in the plan's logical order, by the rows' weights; nothing where
  // `stop`, asked every few rows, said so.
  std::optional<double> At(size_t loss, std::span<const double> parameters,
                           absl::FunctionRef<bool()> stop);

 private:
  struct One {
    One(std::shared_ptr<const Plan> plan, Samples chosen);

    Samples samples;
    SoloTeam team;
    Evaluator<double> evaluator;
  };

  std::vector<std::unique_ptr<One>> losses_;
  std::vector<std::string> names_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_SURFACE_LOSSES_H_
