// AnalysisService.ComputeLossSurface: the loss over a line or a plane through the parameters.

#ifndef FNN_CORE_ANALYSIS_LOSS_SURFACE_H_
#define FNN_CORE_ANALYSIS_LOSS_SURFACE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"
#include "core/train/job.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

// Bounds that are not given follow from the directions.
struct SurfaceLine {
  std::optional<double> low{}, high{};
  int64_t points = 51;
};

// What a request asks for, checked, with the defaults filled in.
struct SurfaceOptions {
  using Line = SurfaceLine;
  v1::SurfaceDirections directions = v1::SURFACE_DIRECTIONS_RANDOM;
  uint64_t seed = 0;       // Of random directions.
  uint64_t rows_seed = 0;  // Of the rows.
  int64_t rows = 1000;     // At most.
  Line x;
  std::optional<Line> y;         // None: a line.
  std::vector<v1::Loss> losses;  // None: the network's own.
  int64_t most_bytes = int64_t{1} << 30;
};

// INVALID_ARGUMENT names each field of `request` that is out of range.
absl::StatusOr<SurfaceOptions> ResolveSurface(const v1::ComputeLossSurfaceRequest& request,
                                              const FieldPath& path);

// Told what comes; on the computing thread.
class SurfaceObserver {
 public:
  virtual ~SurfaceObserver() = default;
  // What it takes at most from here on, in bytes; no more than options.most_bytes.
  virtual void OnMemory(int64_t /*bytes*/) {}
  virtual void OnProgress(int64_t epochs_done, int64_t epochs) = 0;
  virtual void OnFrame(v1::SurfaceFrame frame) = 0;
  virtual void OnRow(v1::SurfaceRow row) = 0;
  // Asked every few rows of data, before each mini-batch, and while principal directions are
  // sought: true ends it as CANCELLED.
  virtual bool ShouldStop() = 0;
};

// The surface around `parameters`, or around where `training`, which starts there, ends; losses are
// of rows of `samples`, in double. INVALID_ARGUMENT where a loss does not go with the network or
// its targets, or all rows weigh 0, RESOURCE_EXHAUSTED where it takes more than options.most_bytes,
// FAILED_PRECONDITION where the training diverges or the directions are no plane; paths are under
// `path`.
absl::Status ComputeLossSurface(std::shared_ptr<const Plan> plan, std::vector<float> parameters,
                                const Samples& samples, const SurfaceOptions& options,
                                const TrainingJob* training, const FieldPath& path,
                                SurfaceObserver& observer);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_LOSS_SURFACE_H_
