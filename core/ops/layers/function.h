// What a layer computes that is neither an affine map nor an activation: pools, norms, sums of
// layers, dropout, activations with learned parameters.
//
// A function maps rows to rows: [rows, width] of each input to [rows, width of its shape], each row
// one sample. It is immutable and knows only shapes; the engines give it rows, parameters and, on
// the way back, what is learned from. Both number types come from one text: a function derives from
// FunctionOf and has templates over T.

#ifndef FNN_CORE_OPS_LAYERS_FUNCTION_H_
#define FNN_CORE_OPS_LAYERS_FUNCTION_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/ops/layers/shape.h"

namespace fnn::core {

// Some rows of a matrix.
template <typename T>
struct Rows {
  T* data = nullptr;
  int64_t stride = 0;

  T* operator[](int64_t r) const { return data + r * stride; }
  operator Rows<const T>() const { return {data, stride}; }  // NOLINT: as pointers do.
};

// What the rows are there for, and what random draws follow from.
struct RowContext {
  bool training = false;
  uint64_t seed = 0;
  int64_t epoch = 0;
  int64_t first = 0;  // The position of the first row in the epoch.
};

// What a function is applied to.
template <typename T>
struct FunctionInput {
  int64_t rows = 0;
  const Rows<const T>* in = nullptr;     // Of each input.
  const T* const* parameters = nullptr;  // Of each of its parameters.
  // Those of the batch, where the function has some and trains; null in prediction.
  const T* statistics = nullptr;
  RowContext context;
};

// A parameter: a vector.
struct FunctionParameter {
  absl::string_view name;
  int64_t size = 0;
  double start = 0;
  bool trained = true;
  bool regularized = false;
};

class LayerFunction {
 public:
  static constexpr int kMostInputs = 64;
  static constexpr int kMostParameters = 4;

  virtual ~LayerFunction() = default;

  const Shape& shape() const { return shape_; }
  std::span<const FunctionParameter> parameters() const { return parameters_; }
  // About how many operations a row takes.
  int64_t operations() const { return operations_; }
  // Whether it draws anew at each step, so that there is no loss of the parameters alone.
  bool random() const { return random_; }

  // ---- Functions that look at the whole batch
  // ---------------------------------------------------- They measure it, before rows can go on. 0:
  // this one does not.
  int64_t statistics_size() const { return statistics_size_; }
  // What is measured is measured for each channel for itself.
  int64_t channels() const { return shape_.back(); }

  // out = f(in).
  virtual void Forward(const FunctionInput<float>&, Rows<float> out) const = 0;
  virtual void Forward(const FunctionInput<double>&, Rows<double> out) const = 0;

  // dL/d in[input], from delta = dL/d out; added to what is there where `adds`.
  virtual void Backward(const FunctionInput<float>&, Rows<const float> delta, size_t input,
                        bool adds, Rows<float> in_delta) const = 0;
  virtual void Backward(const FunctionInput<double>&, Rows<const double> delta, size_t input,
                        bool adds, Rows<double> in_delta) const = 0;

  // dL/d parameter, summed over the rows in order; added to what is there where `adds`.
  virtual void Gradient(const FunctionInput<float>&, Rows<const float> delta, size_t parameter,
                        bool adds, float* gradient) const = 0;
  virtual void Gradient(const FunctionInput<double>&, Rows<const double> delta, size_t parameter,
                        bool adds, double* gradient) const = 0;

  // The statistics of channels [begin, end) over all rows of a batch; and on the way back, which
  // takes those of the way forward.
  virtual void Measure(const FunctionInput<float>&, int64_t begin, int64_t end,
                       float* statistics) const = 0;
  virtual void Measure(const FunctionInput<double>&, int64_t begin, int64_t end,
                       double* statistics) const = 0;
  virtual void MeasureBack(const FunctionInput<float>&, Rows<const float> delta, int64_t begin,
                           int64_t end, float* statistics) const = 0;
  virtual void MeasureBack(const FunctionInput<double>&, Rows<const double> delta, int64_t begin,
                           int64_t end, double* statistics) const = 0;
  // Lets the running statistics among the parameters follow those of a batch of `rows`.
  virtual void Follow(int64_t rows, const float* statistics, float* const* parameters) const = 0;
  virtual void Follow(int64_t rows, const double* statistics, double* const* parameters) const = 0;

 protected:
  Shape shape_;
  std::vector<FunctionParameter> parameters_;
  int64_t operations_ = 0;
  bool random_ = false;
  int64_t statistics_size_ = 0;
};

// Makes the functions above of a function's templates, with empty ones where it has none:
//   template <typename T> void Map(const FunctionInput<T>&, Rows<T> out) const;
//   template <typename T> void MapBack(const FunctionInput<T>&, Rows<const T> delta, size_t input,
//                                      bool adds, Rows<T> in_delta) const;
//   and MapGradient, MeasureBatch, MeasureBatchBack, FollowBatch.
template <typename Derived>
class FunctionOf : public LayerFunction {
 public:
  void Forward(const FunctionInput<float>& input, Rows<float> out) const override {
    self().Map(input, out);
  }
  void Forward(const FunctionInput<double>& input, Rows<double> out) const override {
    self().Map(input, out);
  }
  void Backward(const FunctionInput<float>& input, Rows<const float> delta, size_t i, bool adds,
                Rows<float> in_delta) const override {
    self().MapBack(input, delta, i, adds, in_delta);
  }
  void Backward(const FunctionInput<double>& input, Rows<const double> delta, size_t i, bool adds,
                Rows<double> in_delta) const override {
    self().MapBack(input, delta, i, adds, in_delta);
  }
  void Gradient(const FunctionInput<float>& input, Rows<const float> delta, size_t parameter,
                bool adds, float* gradient) const override {
    self().MapGradient(input, delta, parameter, adds, gradient);
  }
  void Gradient(const FunctionInput<double>& input, Rows<const double> delta, size_t parameter,
                bool adds, double* gradient) const override {
    self().MapGradient(input, delta, parameter, adds, gradient);
  }
  void Measure(const FunctionInput<float>& input, int64_t begin, int64_t end,
               float* statistics) const override {
    self().MeasureBatch(input, begin, end, statistics);
  }
  void Measure(const FunctionInput<double>& input, int64_t begin, int64_t end,
               double* statistics) const override {
    self().MeasureBatch(input, begin, end, statistics);
  }
  void MeasureBack(const FunctionInput<float>& input, Rows<const float> delta, int64_t begin,
                   int64_t end, float* statistics) const override {
    self().MeasureBatchBack(input, delta, begin, end, statistics);
  }
  void MeasureBack(const FunctionInput<double>& input, Rows<const double> delta, int64_t begin,
                   int64_t end, double* statistics) const override {
    self().MeasureBatchBack(input, delta, begin, end, statistics);
  }
  void Follow(int64_t rows, const float* statistics, float* const* parameters) const override {
    self().FollowBatch(rows, statistics, parameters);
  }
  void Follow(int64_t rows, const double* statistics, double* const* parameters) const override {
    self().FollowBatch(rows, statistics, parameters);
  }

  // For functions without parameters, and without statistics.
  template <typename T>
  void MapGradient(const FunctionInput<T>&, Rows<const T>, size_t, bool, T*) const {}
  template <typename T>
  void MeasureBatch(const FunctionInput<T>&, int64_t, int64_t, T*) const {}
  template <typename T>
  void MeasureBatchBack(const FunctionInput<T>&, Rows<const T>, int64_t, int64_t, T*) const {}
  template <typename T>
  void FollowBatch(int64_t, const T*, T* const*) const {}

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

// Puts a value in its place or adds it to what is there.
template <typename T>
void Put(bool adds, T value, T& place) {
  place = adds ? place + value : value;
}

// Makes n places at `out` zero, unless they are added to.
template <typename T>
void Clear(bool adds, int64_t n, T* out) {
  if (adds) return;
  for (int64_t i = 0; i < n; ++i) out[i] = 0;
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_FUNCTION_H_
