#include "core/analysis/loss_surface.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/analysis/surface_directions.h"
#include "core/analysis/surface_losses.h"
#include "core/base/saturating.h"
#include "core/kernels/denormals.h"
#include "core/random/permutation.h"
#include "core/train/weights.h"

namespace fnn::core {
namespace {

constexpr int64_t kMostPoints = 1001;
constexpr int kMostLosses = 4;

absl::Status Cancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED", "the surface was cancelled");
}

// What a training went through: the parameters at the end of some of its epochs, at equal
// distances, the first and the last among them.
class WayObserver final : public TrainingObserver {
 public:
  static constexpr int64_t kMostPoints = 400;  // And two.

  WayObserver(int64_t epochs, SurfaceObserver& observer)
      : epochs_(epochs), stride_((epochs + kMostPoints - 1) / kMostPoints), observer_(observer) {}

  void OnEpoch(const v1::EpochReport& report) override {
    epoch_ = report.epoch();
    observer_.OnProgress(epoch_, epochs_);
  }
  void OnBatch(int64_t, int64_t, int64_t, double) override {}
  bool ShouldStop() override { return observer_.ShouldStop(); }
  void OnParameters(int64_t count, ReadParameters read) override {
    // A point between two that are kept gives way to the next: it may be the last.
    if (way_.empty() || kept_) way_.emplace_back(count);
    read(way_.back());
    kept_ = epoch_ % stride_ == 0;
  }

  std::vector<std::vector<float>>& way() { return way_; }

 private:
  const int64_t epochs_;
  const int64_t stride_;
  SurfaceObserver& observer_;
  int64_t epoch_ = 0;
  bool kept_ = false;  // The newest point.
  std::vector<std::vector<float>> way_;
};

void CheckLine(const v1::SurfaceAxis& axis, const FieldPath& path, Violations& violations,
               SurfaceOptions::Line& out) {
  const auto bound = [&](const char* field, bool given, double value, std::optional<double>& to) {
    if (!given) return;
    to = value;
    if (std::abs(value) <= 1e6) return;
    violations.Add(path / field, "OUT_OF_RANGE",
                   absl::StrCat("must be -1000000 to 1000000, not ", value));
  };
  bound("low", axis.has_low(), axis.low(), out.low);
  bound("high", axis.has_high(), axis.high(), out.high);
  if (axis.has_points()) out.points = axis.points();
  if (out.points < 2 || out.points > kMostPoints) {
    violations.Add(path / "points", "OUT_OF_RANGE",
                   absl::StrCat("must be 2 to ", kMostPoints, ", not ", out.points));
  }
}

// The values of an axis between its bounds, or the given ones where it has none.
absl::StatusOr<std::vector<double>> ValuesOf(const SurfaceOptions::Line& line, double low,
                                             double high, const FieldPath& path) {
  low = line.low.value_or(low);
  high = line.high.value_or(high);
  if (!(low < high)) {
    return InvalidField(path / "high", "OUT_OF_RANGE",
                        absl::StrCat("must be greater than low, ", low, ", not ", high));
  }
  std::vector<double> out(line.points);
  for (int64_t i = 0; i < line.points; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(line.points - 1);
    out[i] = (1 - t) * low + t * high;
  }
  return out;
}

class Surface {
 public:
  Surface(std::shared_ptr<const Plan> plan, std::vector<float> center,
          const SurfaceOptions& options, const FieldPath& path, SurfaceObserver& observer)
      : plan_(std::move(plan)),
        center_(std::move(center)),
        options_(options),
        path_(path),
        observer_(observer) {}

  absl::Status Run(const Samples& samples, const TrainingJob* training) {
    const int64_t rows = std::min(options_.rows, samples.rows());
    if (absl::Status status = CheckMemory(training, rows); !status.ok()) return status;
    const Permutation order(samples.rows(), RandomStream(options_.rows_seed, Purpose::kShuffle, 1));
    absl::StatusOr<SurfaceLosses> losses = SurfaceLosses::Create(
        plan_, samples.data(), [&](const Samples& all) { return all.Subset(order, 0, rows); },
        options_.losses, path_ / "losses");
    if (!losses.ok()) return losses.status();
    if (absl::Status status = CheckWeights(samples.Subset(order, 0, rows), path_ / "rows", "drawn");
        !status.ok()) {
      return status;
    }
    if (training != nullptr) {
      if (absl::Status status = Train(*training); !status.ok()) return status;
    }
    if (absl::Status status = FindDirections(); !status.ok()) return status;
    v1::SurfaceFrame frame;
    if (absl::Status status = MakeFrame(frame); !status.ok()) return status;
    for (const std::string& name : losses->names()) frame.add_losses(name);
    frame.set_rows(rows);
    const std::vector<double> x(frame.x().begin(), frame.x().end());
    const std::vector<double> y(frame.y().begin(), frame.y().end());
    observer_.OnFrame(std::move(frame));
    return Fill(x, y, *losses);
  }

 private:
  absl::Status CheckMemory(const TrainingJob* training, int64_t rows) const {
    const SaturatingSize count = plan_->parameter_count();
    const SaturatingSize losses = std::max<int64_t>(1, options_.losses.size());
    const SaturatingSize points =
        SaturatingSize(options_.x.points) * (options_.y.has_value() ? options_.y->points : 1);
    SaturatingSize bytes = count * (3 * sizeof(double) + 2 * sizeof(float)) +
                           losses * SurfaceLosses::Bytes(*plan_) +
                           losses * points * sizeof(double) + SaturatingSize(rows);
    if (training != nullptr) {
      // The way, and once more in double for its principal directions.
      const bool principal = options_.directions == v1::SURFACE_DIRECTIONS_PRINCIPAL;
      bytes = bytes + training->memory_bytes() +
              count * (std::min(training->options().epochs(), WayObserver::kMostPoints) + 2) *
                  (sizeof(float) + (principal ? sizeof(double) : 0));
    }
    if (bytes.value() <= options_.most_bytes) {
      observer_.OnMemory(bytes.value());
      return absl::OkStatus();
    }
    return LimitExceeded("SURFACE_TOO_LARGE", "bytes of memory", bytes.value(), options_.most_bytes,
                         path_, "take fewer epochs, fewer points, or a smaller network");
  }

  absl::Status Train(const TrainingJob& training) {
    WayObserver way(training.options().epochs(), observer_);
    SoloTeam alone;
    const TrainingResult result = training.Run(way, alone);
    switch (result.outcome) {
      case TrainingOutcome::kStopped:
        return Cancelled();
      case TrainingOutcome::kDiverged:
        return MakeError(absl::StatusCode::kFailedPrecondition, "DIVERGED", result.error.message());
      case TrainingOutcome::kCompleted:
        break;
    }
    way_ = std::move(way.way());
    end_ = result.network->parameters();
    return absl::OkStatus();
  }

  absl::Status FindDirections() {
    const size_t count = options_.y.has_value() ? 2 : 1;
    switch (options_.directions) {
      case v1::SURFACE_DIRECTIONS_TRAINING:
        center_ = way_.front();
        directions_.push_back(Difference(*plan_, way_.front(), end_));
        if (count > 1) {
          directions_.push_back(FilterNormalized(*plan_, end_, options_.seed, 1));
          MakeOrthogonal(directions_[0], directions_[1]);
        }
        break;
      case v1::SURFACE_DIRECTIONS_PRINCIPAL: {
        center_ = way_.back();
        std::optional<PrincipalDirections> principal = FindPrincipalDirections(
            *plan_, way_, static_cast<int>(count), [this] { return observer_.ShouldStop(); });
        if (!principal.has_value()) return Cancelled();
        directions_ = std::move(principal->directions);
        explained_ = std::move(principal->explained_variance);
        break;
      }
      default:
        if (!end_.empty()) center_ = end_;
        for (size_t i = 0; i < count; ++i) {
          directions_.push_back(FilterNormalized(*plan_, center_, options_.seed, i));
        }
    }
    const auto still = [](const Direction& direction) {
      return std::all_of(direction.begin(), direction.end(), [](double d) { return d == 0; });
    };
    if (directions_.size() == count &&
        std::none_of(directions_.begin(), directions_.end(), still)) {
      return absl::OkStatus();
    }
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "NO_DIRECTION",
        options_.directions == v1::SURFACE_DIRECTIONS_RANDOM
            ? "all weights are 0 or are not trained, so that nothing would move: take another "
              "initialiser or train first"
            : "training did not move the parameters in so many directions: train for more epochs, "
              "or leave out y");
  }

  absl::Status MakeFrame(v1::SurfaceFrame& frame) const {
    double low[2] = {-1, -1};
    double high[2] = {1, 1};
    for (const std::vector<float>& point : way_) {
      const auto [x, y] = Project(*plan_, directions_, center_, point);
      v1::SurfacePoint& place = *frame.add_trajectory();
      place.set_x(x);
      place.set_y(y);
    }
    if (options_.directions == v1::SURFACE_DIRECTIONS_TRAINING) {
      low[0] = -0.5;
      high[0] = 1.5;
    } else if (options_.directions == v1::SURFACE_DIRECTIONS_PRINCIPAL) {
      const auto bounds = [&](int axis, auto coordinate) {
        const auto [least, most] = std::minmax_element(
            frame.trajectory().begin(), frame.trajectory().end(),
            [&](const auto& a, const auto& b) { return coordinate(a) < coordinate(b); });
        const double beyond = 0.2 * (coordinate(*most) - coordinate(*least));
        low[axis] = coordinate(*least) - beyond;
        high[axis] = coordinate(*most) + beyond;
      };
      bounds(0, [](const v1::SurfacePoint& p) { return p.x(); });
      if (options_.y.has_value()) bounds(1, [](const v1::SurfacePoint& p) { return p.y(); });
    }
    absl::StatusOr<std::vector<double>> x = ValuesOf(options_.x, low[0], high[0], path_ / "x");
    if (!x.ok()) return x.status();
    frame.mutable_x()->Add(x->begin(), x->end());
    if (options_.y.has_value()) {
      absl::StatusOr<std::vector<double>> y = ValuesOf(*options_.y, low[1], high[1], path_ / "y");
      if (!y.ok()) return y.status();
      frame.mutable_y()->Add(y->begin(), y->end());
    } else {
      frame.add_y(0);
    }
    frame.mutable_explained_variance()->Add(explained_.begin(), explained_.end());
    return absl::OkStatus();
  }

  absl::Status Fill(const std::vector<double>& x, const std::vector<double>& y,
                    SurfaceLosses& losses) {
    std::vector<double> point(center_.size());
    for (size_t row = 0; row < y.size(); ++row) {
      v1::SurfaceRow message;
      message.set_index(static_cast<int64_t>(row));
      for (size_t l = 0; l < losses.names().size(); ++l) message.add_values();
      for (const double at : x) {
        for (size_t i = 0; i < point.size(); ++i) {
          point[i] = center_[i] + at * directions_[0][i];
          if (directions_.size() > 1) point[i] += y[row] * directions_[1][i];
        }
        for (size_t l = 0; l < losses.names().size(); ++l) {
          const std::optional<double> loss =
              losses.At(l, point, [this] { return observer_.ShouldStop(); });
          if (!loss.has_value()) return Cancelled();
          message.mutable_values(static_cast<int>(l))->add_loss(*loss);
        }
      }
      observer_.OnRow(std::move(message));
    }
    return absl::OkStatus();
  }

  const std::shared_ptr<const Plan> plan_;
  std::vector<float> center_;
  const SurfaceOptions& options_;
  const FieldPath path_;
  SurfaceObserver& observer_;
  std::vector<std::vector<float>> way_;  // Empty without a training.
  std::vector<float> end_;               // What the training gave; of an earlier epoch, perhaps.
  std::vector<Direction> directions_;
  std::vector<double> explained_;
};

}  // namespace

absl::StatusOr<SurfaceOptions> ResolveSurface(const v1::ComputeLossSurfaceRequest& request,
                                              const FieldPath& path) {
  SurfaceOptions out;
  Violations violations;
  if (!v1::SurfaceDirections_IsValid(request.directions())) {
    violations.Add(path / "directions", "UNKNOWN_VALUE",
                   absl::StrCat("must be a value of SurfaceDirections, not ",
                                static_cast<int>(request.directions())));
  } else if (request.directions() != v1::SURFACE_DIRECTIONS_UNSPECIFIED) {
    out.directions = request.directions();
  }
  if (out.directions != v1::SURFACE_DIRECTIONS_RANDOM && !request.has_training()) {
    violations.Add(path / "training", "REQUIRED",
                   "must be given, as these directions follow from a training");
  }
  if (request.training().validation_case() != v1::TrainingOptions::VALIDATION_NOT_SET) {
    violations.Add(path / "training", "NOT_ALLOWED", "must not have validation: nothing shows it");
  }
  if (request.has_rows()) out.rows = request.rows();
  if (out.rows < 1) {
    violations.Add(path / "rows", "OUT_OF_RANGE",
                   absl::StrCat("must be at least 1, not ", out.rows));
  }
  CheckLine(request.x(), path / "x", violations, out.x);
  if (request.has_y()) CheckLine(request.y(), path / "y", violations, out.y.emplace());
  if (request.losses_size() > kMostLosses) {
    violations.Add(path / "losses", "TOO_MANY",
                   absl::StrCat("must be at most ", kMostLosses, ", not ", request.losses_size()));
  }
  out.losses.assign(request.losses().begin(), request.losses().end());
  out.seed = request.seed();
  out.rows_seed = request.point().seed();
  if (!violations.empty()) return violations.ToStatus();
  return out;
}

absl::Status ComputeLossSurface(std::shared_ptr<const Plan> plan, std::vector<float> parameters,
                                const Samples& samples, const SurfaceOptions& options,
                                const TrainingJob* training, const FieldPath& path,
                                SurfaceObserver& observer) {
  const ScopedFlushDenormals flush;
  return Surface(std::move(plan), std::move(parameters), options, path, observer)
      .Run(samples, training);
}

}  // namespace fnn::core
