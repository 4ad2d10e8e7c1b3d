#include "core/train/class_results.h"

#include "core/ops/metrics/class_of.h"
#include "core/ops/metrics/f1-inl.h"
#include "core/ops/metrics/precision-inl.h"
#include "core/ops/metrics/recall-inl.h"

namespace fnn::core {

ClassResults::ClassResults(const Plan& plan)
    : plan_(plan),
      tally_(plan.class_count()),
      confusion_(plan.class_count() * plan.class_count()) {}

template <typename T>
void ClassResults::Add(int64_t rows, const T* predictions, const T* targets, const T* weights) {
  const int64_t outputs = plan_.output_width();
  tally_.Add(rows, outputs, predictions, targets, weights);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t actual = ClassOf(outputs, targets + r * outputs);
    const int64_t predicted = ClassOf(outputs, predictions + r * outputs);
    ++confusion_[actual * plan_.class_count() + predicted];
  }
}

void ClassResults::WriteTo(v1::Evaluation& out) const {
  v1::ConfusionMatrix& matrix = *out.mutable_confusion_matrix();
  matrix.mutable_counts()->Assign(confusion_.begin(), confusion_.end());
  for (int64_t c = 0; c < plan_.class_count(); ++c) {
    matrix.add_classes(plan_.ClassLabel(c));
    const ClassCounts& counts = tally_.classes()[c];
    v1::ClassReport& report = *out.add_class_reports();
    report.set_name(plan_.ClassLabel(c));
    report.set_precision(PrecisionOp<double>::Of(counts));
    report.set_recall(RecallOp<double>::Of(counts));
    report.set_f1(F1Op<double>::Of(counts));
    report.set_support(counts.actual);
  }
}

template void ClassResults::Add<float>(int64_t, const float*, const float*, const float*);
template void ClassResults::Add<double>(int64_t, const double*, const double*, const double*);

}  // namespace fnn::core
