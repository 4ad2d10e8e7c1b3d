#include "core/train/diagnosis.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fnn::core {
namespace {

// A loss that has changed by less than this share since the training began has hardly changed.
constexpr double kLeastChange = 0.1;
// One that has fallen by more than this share shows that the network learns.
constexpr double kLearned = 0.75;
// With fewer steps, a loss that does not fall tells nothing.
constexpr int64_t kStepsToFall = 50;

double PerParameter(const v1::LayerHealth& health, const WatchedLayer& layer) {
  return health.gradient_norm() / std::sqrt(static_cast<double>(layer.learned));
}

// To parameters with less, which may have come from 0, every step is large. A unit's weights have a
// norm of about 1 as initialisers draw them.
double LeastNorm(const WatchedLayer& layer) {
  return 0.1 * std::sqrt(static_cast<double>(layer.units));
}

}  // namespace

Diagnoser::Diagnoser(const v1::HealthOptions& options, Subject subject)
    : on_(options.level() != v1::HEALTH_LEVEL_OFF),
      thresholds_(options.thresholds()),
      subject_(std::move(subject)) {}

std::vector<v1::Diagnosis> Diagnoser::Add(const v1::EpochReport& report) {
  std::vector<v1::Diagnosis> told;
  if (!on_) return told;
  const auto judge = [&](v1::DiagnosisKind kind, const MaybeSign& sign) {
    if (!Follow(kind, sign.has_value())) return;
    v1::Diagnosis& diagnosis = told.emplace_back();
    diagnosis.set_kind(kind);
    diagnosis.set_epoch(report.epoch());
    if (sign->layer != nullptr) diagnosis.set_layer(sign->layer->layer());
    v1::DiagnosisEvidence& evidence = *diagnosis.add_evidence();
    evidence.set_name(std::string(sign->name));
    evidence.set_value(sign->value);
    evidence.set_threshold(sign->threshold);
    DiagnosisText text = TextOf(kind, diagnosis.layer());
    diagnosis.set_message(std::move(text.message));
    diagnosis.set_suggestion(std::string(text.suggestion));
  };
  // Causes before what they explain.
  if (report.epoch() > 0) {
    judge(v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY, Alike(report));
    judge(v1::DIAGNOSIS_KIND_DEAD_UNITS, Dead(report));
    judge(v1::DIAGNOSIS_KIND_SATURATED_UNITS, Saturated(report));
    judge(v1::DIAGNOSIS_KIND_VANISHING_GRADIENT, Vanishing(report));
    judge(v1::DIAGNOSIS_KIND_EXPLODING_GRADIENT, Exploding(report));
    judge(v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_LOW, RateTooLow(report));
    judge(v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_HIGH, RateTooHigh(report));
    judge(v1::DIAGNOSIS_KIND_NO_LEARNING, NoLearning(report));
    judge(v1::DIAGNOSIS_KIND_OVERFITTING, Overfitting(report));
  }
  Remember(report);
  return told;
}

int64_t Diagnoser::Patience(v1::DiagnosisKind kind) const {
  const bool of_falling = kind == v1::DIAGNOSIS_KIND_NO_LEARNING ||  //
                          kind == v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_LOW;
  const int64_t least = of_falling ? (kStepsToFall - 1) / subject_.steps + 1 : 1;
  return std::max(thresholds_.patience(), least);
}

bool Diagnoser::Follow(v1::DiagnosisKind kind, bool seen) {
  Streak& streak = streaks_[kind];
  const int64_t patience = Patience(kind);
  streak.seen = seen ? std::min(streak.seen + 1, patience) : 0;
  streak.gone = seen ? 0 : streak.gone + 1;
  if (streak.told > 0 && (streak.gone >> (streak.told - 1)) >= patience) streak.standing = false;
  if (streak.standing || streak.seen < patience) return false;
  streak.standing = true;
  ++streak.told;  // Some 60 times would take more epochs than there can be.
  return true;
}

void Diagnoser::Remember(const v1::EpochReport& report) {
  const double loss = report.train_loss();
  if (!first_.has_value() && (report.epoch() > 0 || subject_.same_in_training)) first_ = loss;
  // Epoch 0's is of fixed parameters.
  if (report.epoch() > 0 && (!least_.has_value() || loss < *least_)) least_ = loss;
  if (!report.has_validation_loss() || report.epoch() == 0) return;
  const double validation = report.validation_loss();
  if (least_validation_.has_value() && validation >= *least_validation_) return;
  least_validation_ = validation;
  train_at_least_validation_ = loss;
}

bool Diagnoser::AboveLeast(const v1::EpochReport& report) const {
  const double now = report.train_loss();
  const double least = std::min(least_.value_or(now), first_.value_or(now));
  return report.train_loss() > least;
}

bool Diagnoser::Fallen(const v1::EpochReport& report, double share) const {
  const double before = first_.value_or(report.train_loss());
  return report.train_loss() <= before - share * std::abs(before);
}

double Diagnoser::RiseLimit(const v1::EpochReport& report) const {
  const double before = first_.value_or(report.train_loss());
  return before + kLeastChange * std::abs(before);
}

Diagnoser::MaybeSign Diagnoser::Vanishing(const v1::EpochReport& report) const {
  if (Fallen(report, kLearned) || report.train_loss() > RiseLimit(report)) return std::nullopt;
  for (const v1::DiagnosisKind cause :
       {v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY, v1::DIAGNOSIS_KIND_DEAD_UNITS,
        v1::DIAGNOSIS_KIND_SATURATED_UNITS}) {
    if (Seen(cause)) return std::nullopt;
  }
  const v1::LayerHealth* first = nullptr;
  double at_first = 0;
  double at_last = 0;
  for (int l = 0; l < report.health_size(); ++l) {
    if (!report.health(l).has_gradient_norm()) continue;
    at_last = PerParameter(report.health(l), subject_.layers[l]);
    if (first == nullptr) {
      first = &report.health(l);
      at_first = at_last;
    }
  }
  if (at_last == 0) return std::nullopt;
  const double ratio = at_first / at_last;
  if (!(ratio < thresholds_.vanishing_ratio())) return std::nullopt;
  return Sign{first, "gradient_ratio", ratio, thresholds_.vanishing_ratio()};
}

Diagnoser::MaybeSign Diagnoser::Worst(const v1::EpochReport& report, absl::string_view name,
                                      double threshold,
                                      absl::FunctionRef<double(int l)> figure) const {
  Sign worst{.name = name, .value = threshold, .threshold = threshold};
  for (int l = 0; l < report.health_size(); ++l) {
    const double value = figure(l);
    if (!(value > worst.value)) continue;
    worst.layer = &report.health(l);
    worst.value = value;
  }
  return worst.layer == nullptr ? std::nullopt : MaybeSign(worst);
}

Diagnoser::MaybeSign Diagnoser::Exploding(const v1::EpochReport& report) const {
  if (!AboveLeast(report) || Fallen(report, kLearned)) return std::nullopt;
  return Worst(report, "gradient_norm", thresholds_.exploding_norm(),
               [&](int l) { return report.health(l).gradient_norm(); });
}

Diagnoser::MaybeSign Diagnoser::Dead(const v1::EpochReport& report) const {
  if (!subject_.judges_units || Seen(v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY)) return std::nullopt;
  return Worst(report, "dead_share", thresholds_.dead_share(),
               [&](int l) { return report.health(l).dead_share(); });
}

Diagnoser::MaybeSign Diagnoser::Saturated(const v1::EpochReport& report) const {
  if (!subject_.judges_units || Fallen(report, kLearned)) return std::nullopt;
  return Worst(report, "saturated_share", thresholds_.saturated_share(), [&](int l) {
    const bool learned = subject_.layers[l].output && Fallen(report, kLeastChange);
    return learned ? 0 : report.health(l).saturated_share();
  });
}

Diagnoser::MaybeSign Diagnoser::Alike(const v1::EpochReport& report) const {
  for (const v1::LayerHealth& health : report.health()) {
    if (health.units_alike()) return Sign{&health, "units_alike", 1, 1};
  }
  return std::nullopt;
}

Diagnoser::MaybeSign Diagnoser::RateTooLow(const v1::EpochReport& report) const {
  if (Fallen(report, kLeastChange) || report.train_loss() > RiseLimit(report)) return std::nullopt;
  if (Seen(v1::DIAGNOSIS_KIND_DEAD_UNITS)) return std::nullopt;
  Sign best{.name = "update_ratio", .threshold = thresholds_.low_update_ratio()};
  bool any = false;
  for (const v1::LayerHealth& health : report.health()) {
    // What starts at 0 has no ratio, and what has no gradient no step, whatever the rate.
    if (health.parameter_norm() == 0 || health.gradient_norm() == 0) continue;
    if (health.update_ratio() >= best.threshold) return std::nullopt;
    any = true;
    best.value = std::max(best.value, health.update_ratio());
  }
  return any ? MaybeSign(best) : std::nullopt;
}

Diagnoser::MaybeSign Diagnoser::RateTooHigh(const v1::EpochReport& report) const {
  // A loss that has risen since the training began may have taken the weights along.
  const double limit = RiseLimit(report);
  if (report.train_loss() > limit) return Sign{nullptr, "train_loss", report.train_loss(), limit};
  if (!AboveLeast(report) || Seen(v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY)) return std::nullopt;
  return Worst(report, "update_ratio", thresholds_.high_update_ratio(), [&](int l) {
    const bool tells = report.health(l).parameter_norm() >= LeastNorm(subject_.layers[l]);
    return tells ? report.health(l).update_ratio() : 0;
  });
}

Diagnoser::MaybeSign Diagnoser::NoLearning(const v1::EpochReport& report) const {
  for (const Streak& streak : streaks_) {
    const bool other = &streak != &streaks_[v1::DIAGNOSIS_KIND_NO_LEARNING];
    if (other && (streak.standing || streak.seen > 0)) return std::nullopt;
  }
  if (!least_.has_value() || Fallen(report, kLeastChange)) return std::nullopt;
  const bool learns = std::any_of(report.health().begin(), report.health().end(),
                                  [](const auto& health) { return health.has_gradient_norm(); });
  if (!learns) return std::nullopt;  // All is frozen.
  // Held against the least, a loss that jumps up and down does not fall.
  const double size = std::abs(*least_);
  const double fall = size > 0 ? (*least_ - report.train_loss()) / size : 0;
  const double steps = static_cast<double>(std::min(subject_.steps, kStepsToFall));
  const double least = thresholds_.plateau_change() * steps / kStepsToFall;
  if (fall >= least) return std::nullopt;
  return Sign{nullptr, "loss_fall", fall, least};
}

Diagnoser::MaybeSign Diagnoser::Overfitting(const v1::EpochReport& report) const {
  if (!report.has_validation_loss() || !least_validation_.has_value()) return std::nullopt;
  if (report.train_loss() >= train_at_least_validation_) return std::nullopt;
  const double size = std::abs(*least_validation_);
  if (size == 0) return std::nullopt;
  const double rise = (report.validation_loss() - *least_validation_) / size;
  if (rise <= thresholds_.overfitting_rise()) return std::nullopt;
  return Sign{nullptr, "validation_loss_rise", rise, thresholds_.overfitting_rise()};
}

void Diagnoser::Visit(Archive& archive) {
  if (!on_) return;
  for (Streak& streak : streaks_) {
    archive.Value(streak.seen);
    archive.Value(streak.gone);
    archive.Value(streak.told);
    archive.Value(streak.standing);
    archive.Check(streak.seen >= 0 && streak.gone >= 0 && streak.told >= 0 && streak.told < 62,
                  "a diagnosis cannot be so");
  }
  for (std::optional<double>* loss : {&first_, &least_, &least_validation_}) {
    archive.Value(*loss);
  }
  archive.Value(train_at_least_validation_);
}

v1::Diagnosis DivergedDiagnosis(const v1::RunError& error) {
  v1::Diagnosis diagnosis;
  diagnosis.set_kind(v1::DIAGNOSIS_KIND_DIVERGED);
  diagnosis.set_epoch(error.epoch());
  diagnosis.set_layer(error.layer());
  DiagnosisText text = TextOf(diagnosis.kind(), diagnosis.layer());
  diagnosis.set_message(std::move(text.message));
  diagnosis.set_suggestion(std::string(text.suggestion));
  return diagnosis;
}

}  // namespace fnn::core
