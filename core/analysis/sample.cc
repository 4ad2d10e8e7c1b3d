#include "core/analysis/sample.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/analysis/sample_fields.h"
#include "core/analysis/sample_learned.h"
#include "core/base/errors.h"
#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "core/plan/layer_forms.h"
#include "core/train/options.h"

namespace fnn::core {
namespace {

constexpr Argument kLearningRate{
    .name = "learning_rate", .default_value = 1, .min = 0, .min_excluded = true};

// UNIMPLEMENTED where the contract has what is chosen and the tables do not.
template <typename... Op>
absl::Status CheckSupported(const google::protobuf::Message& message,
                            std::span<const Op>... tables) {
  const auto* field = ChosenKind(message);
  if (field == nullptr || ((FindOp(tables, field->name()) != nullptr) || ...)) {
    return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kUnimplemented, "UNSUPPORTED",
                   absl::StrCat("this server can't compute ", field->name(),
                                "; what it can has facts in what ListOperators gives"));
}

// Each x as a row of one unit, or of two with 0 in the second.
std::vector<double> Rows(const std::vector<double>& x, int64_t units) {
  std::vector<double> rows(x.size() * static_cast<size_t>(units));
  for (size_t i = 0; i < x.size(); ++i) rows[i * static_cast<size_t>(units)] = x[i];
  return rows;
}

// The first unit of each row.
void WriteFirst(const std::vector<double>& rows, int64_t units,
                google::protobuf::RepeatedField<double>& out) {
  for (size_t i = 0; i < rows.size(); i += static_cast<size_t>(units)) out.Add(rows[i]);
}

absl::StatusOr<v1::SampleOperatorResponse> SampleActivation(
    const v1::SampleOperatorRequest& request) {
  if (absl::Status status = CheckSupported(request.activation(), Activations(), LayerFunctions());
      !status.ok()) {
    return status;
  }
  if (const LayerOp* function = ActivationFunction(request.activation())) {
    return SampleLearned(*function, request);
  }
  Violations violations;
  v1::Activation activation = request.activation();
  const auto [op, arguments] = ResolveOp<ActivationOp>(Activations(), activation, "an activation",
                                                       FieldPath("activation"), violations);
  const std::vector<double> x = ReadPlaces(request, violations);
  RefuseField(request.has_target(), "target", "losses", violations);
  RefuseField(request.has_learning_rate(), "learning_rate", "schedules", violations);
  if (!violations.empty()) return violations.ToStatus();

  const int64_t units = op->elementwise ? 1 : 2;
  const auto rows = static_cast<int64_t>(x.size());
  const std::vector<double> z = Rows(x, units);
  std::vector<double> a(z.size());
  op->f64.forward(arguments, rows, units, z.data(), a.data());
  std::vector<double> slope = Rows(std::vector<double>(x.size(), 1), units);
  op->f64.backward(arguments, rows, units, z.data(), a.data(), slope.data());

  v1::SampleOperatorResponse out;
  WriteFirst(z, units, *out.mutable_x());
  WriteFirst(a, units, *out.mutable_value());
  WriteFirst(slope, units, *out.mutable_slope());
  return out;
}

// What a target of the loss may be.
Argument TargetRange(Targets targets) {
  Argument range{.name = "target", .default_value = 0};
  if (targets == Targets::kSigns) range.min = -1;
  if (targets == Targets::kNotNegative || targets == Targets::kUnitInterval ||
      targets == Targets::kDistribution) {
    range.min = 0;
  }
  if (targets != Targets::kAny && targets != Targets::kNotNegative) range.max = 1;
  return range;
}

absl::StatusOr<v1::SampleOperatorResponse> SampleLoss(const v1::SampleOperatorRequest& request) {
  if (absl::Status status = CheckSupported(request.loss(), Losses()); !status.ok()) return status;
  Violations violations;
  v1::Loss loss = request.loss();
  const auto [op, arguments] =
      ResolveOp<LossOp>(Losses(), loss, "a loss", FieldPath("loss"), violations);
  const std::vector<double> x = ReadPlaces(request, violations);
  RefuseField(request.has_learning_rate(), "learning_rate", "schedules", violations);
  double target = 0;
  if (op != nullptr) {
    target =
        ReadField(TargetRange(op->targets), request.has_target(), request.target(), violations);
    if (op->targets == Targets::kSigns && std::abs(target) != 1 && target != 0) {
      violations.Add(FieldPath("target"), "OUT_OF_RANGE",
                     absl::StrCat("must be -1, 0 or 1, not ", target));
    }
  }
  if (!violations.empty()) return violations.ToStatus();

  const int64_t outputs = op->min_outputs;  // 1, or 2 classes.
  const auto rows = static_cast<int64_t>(x.size());
  const std::vector<double> y = Rows(x, outputs);
  std::vector<double> t(y.size(), 1 - target);
  for (size_t i = 0; i < t.size(); i += static_cast<size_t>(outputs)) t[i] = target;
  std::vector<double> losses(x.size());
  std::vector<double> slope(y.size());
  op->f64.compute(arguments, rows, outputs, y.data(), t.data(), losses.data(), slope.data());

  v1::SampleOperatorResponse out;
  WriteFirst(y, outputs, *out.mutable_x());
  WriteFirst(losses, 1, *out.mutable_value());
  WriteFirst(slope, outputs, *out.mutable_slope());
  return out;
}

absl::StatusOr<v1::SampleOperatorResponse> SampleSchedule(
    const v1::SampleOperatorRequest& request) {
  if (absl::Status status = CheckSupported(request.schedule(), Schedules()); !status.ok()) {
    return status;
  }
  Violations violations;
  const int64_t points = ReadPoints(request, violations);
  v1::Schedule schedule = request.schedule();
  ScheduleOptions options;
  ResolveSchedule(schedule, points, FieldPath("schedule"), options, violations);
  const double rate =
      ReadField(kLearningRate, request.has_learning_rate(), request.learning_rate(), violations);
  RefuseField(request.has_low(), "low", "activations and losses", violations);
  RefuseField(request.has_high(), "high", "activations and losses", violations);
  RefuseField(request.has_target(), "target", "losses", violations);
  if (!violations.empty()) return violations.ToStatus();

  v1::SampleOperatorResponse out;
  for (int64_t t = 0; t < points; ++t) {
    double value = options.op->rate(options.arguments, rate, t);
    if (options.warm_up) value = WarmUp().rate(options.warm_up_arguments, value, t);
    out.add_x(static_cast<double>(t));
    out.add_value(value);
  }
  return out;
}

}  // namespace

absl::StatusOr<v1::SampleOperatorResponse> SampleOperator(
    const v1::SampleOperatorRequest& request) {
  switch (request.subject_case()) {
    case v1::SampleOperatorRequest::kActivation:
      return SampleActivation(request);
    case v1::SampleOperatorRequest::kLoss:
      return SampleLoss(request);
    case v1::SampleOperatorRequest::kSchedule:
      return SampleSchedule(request);
    case v1::SampleOperatorRequest::SUBJECT_NOT_SET:
      break;
  }
  return InvalidField(FieldPath("subject"), "REQUIRED",
                      "must choose what to sample: activation, loss or schedule");
}

}  // namespace fnn::core
