#ifndef FNN_CLIENT_CLI_PROGRESS_LINE_H_
#define FNN_CLIENT_CLI_PROGRESS_LINE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// How far a run is, as a live line shows it.
struct TrainingProgress {
  // Epochs asked for, >= 1.
  int64_t epochs = 1;
  // The newest report, and where the run is since.
  std::optional<v1::EpochReport> report;
  std::optional<v1::RunProgress> inside_epoch;
  // The state it entered last; unspecified while that is not known.
  v1::RunState state = v1::RUN_STATE_UNSPECIFIED;
};

// Such as `[=====>    ]  12/30  loss 0.2112  validation 0.2406  accuracy 0.934  48,210 samples/s
// 0:07 left`, in ASCII. The bar takes what `width` characters leave, up to 30, or is left out.
std::string FormatProgressLine(const TrainingProgress& progress, int width);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PROGRESS_LINE_H_
