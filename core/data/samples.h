// The rows of a table as a network takes them: features in order, targets encoded.

#ifndef FNN_CORE_DATA_SAMPLES_H_
#define FNN_CORE_DATA_SAMPLES_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/data/binding.h"
#include "core/plan/plan.h"
#include "core/random/permutation.h"

namespace fnn::core {

// Cheap to copy: shares the table and copies no row.
class Samples {
 public:
  Samples() = default;

  // Checks that `data` fits `plan` and reads every target: a single column of class indices for
  // several outputs is encoded one-hot. INVALID_ARGUMENT at the data's paths names the row (from 0)
  // and the column of a target or a weight that is out of range.
  static absl::StatusOr<Samples> Create(const Plan& plan, BoundTable data);

  // What it was made of, whole.
  const BoundTable& data() const { return data_; }
  int64_t rows() const { return count_; }
  int64_t features() const { return static_cast<int64_t>(data_.features.size()); }
  int64_t outputs() const { return outputs_; }
  // Whether targets are classes: one-hot, a distribution, or probabilities.
  bool classes() const { return classes_; }
  // Whether there is a column of weights, and where the request says which.
  bool has_sample_weights() const { return data_.weight.has_value(); }
  const FieldPath& weight_path() const { return data_.weight_path; }
  // Whether samples count differently in the loss: by that column, or by their classes.
  bool weighted() const { return has_sample_weights() || class_weights_ != nullptr; }

  // From now on class c counts weights[c] in the loss, and 1 where it is not among them. Only where
  // classes().
  using ClassWeights = absl::flat_hash_map<int64_t, double>;
  void SetClassWeights(std::shared_ptr<const ClassWeights> weights) {
    class_weights_ = std::move(weights);
  }

  // The `count` samples from `begin` on, of all in the order that `order` gives.
  Samples Subset(const Permutation& order, int64_t begin, int64_t count) const;

  // Copies sample i: x [features()], t [outputs()].
  template <typename T>
  void Gather(int64_t i, T* x, T* t) const;

  // Copies the samples order(begin) .. order(begin + rows - 1), the features into panels of
  // kPanelWidth columns: feature c of row r goes to
  // x[c / kPanelWidth * panel_stride + r * row_stride + c % kPanelWidth]. t is [rows, outputs()].
  static constexpr int64_t kPanelWidth = 64;
  void GatherPanels(const Permutation& order, int64_t begin, int64_t rows, int64_t panel_stride,
                    int64_t row_stride, float* x, float* t) const;

  // How much the samples order(begin) .. order(begin + rows - 1) count in the loss: sample weight
  // times class weight, each 1 where there are none. w is [rows].
  template <typename T>
  void GatherWeights(const Permutation& order, int64_t begin, int64_t rows, T* w) const;
  // And in metrics: sample weight alone.
  template <typename T>
  void GatherSampleWeights(const Permutation& order, int64_t begin, int64_t rows, T* w) const;
  // How many samples there are of each class that occurs. Only where classes().
  absl::flat_hash_map<int64_t, int64_t> CountClasses() const;

  // Asks for samples order(begin) .. order(begin + rows - 1), which are to be gathered soon, to be
  // fetched into the second cache meanwhile.
  void Prefetch(const Permutation& order, int64_t begin, int64_t rows) const;
  // How many of so many rows that is worth.
  int64_t RowsToPrefetch(int64_t rows) const;

 private:
  // Where in the table, whose values are `values`, the row of sample i begins.
  template <typename E>
  const E* Row(const E* values, int64_t i) const {
    return values + order_(begin_ + i) * data_.table->columns();
  }
  // Of a row of the table.
  int64_t RowBytes() const;
  template <typename E>
  void CopyPanels(const E* row, int64_t panel_stride, float* x) const;
  template <typename E, typename T>
  void CopyTargets(const E* row, T* t) const;
  // As that of accuracy: the largest target, the first of equals; of one, whether it is at least
  // one half.
  template <typename E>
  int64_t ClassOfRow(const E* row) const;
  // Calls f(r, row) for the rows of samples order(begin + r), asked for in time.
  template <typename F>
  void ForEachRow(const Permutation& order, int64_t begin, int64_t rows, F f) const;

  BoundTable data_;
  bool consecutive_ = false;  // Whether the features are columns side by side, in order.
  int64_t outputs_ = 0;
  bool one_hot_ = false;
  bool classes_ = false;
  std::shared_ptr<const ClassWeights> class_weights_;  // Null: all 1.
  Permutation order_;
  int64_t begin_ = 0;
  int64_t count_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_SAMPLES_H_
