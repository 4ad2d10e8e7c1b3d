// A node of a plan whose way back can be made wrong: its way forward is right.

#ifndef FNN_TESTS_CORE_AUTODIFF_PLANTED_FUNCTION_H_
#define FNN_TESTS_CORE_AUTODIFF_PLANTED_FUNCTION_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/ops/layers/function.h"
#include "core/plan/plan.h"
#include "core/reference/convolution.h"
#include "core/reference/products.h"

namespace fnn::core {

// What the way back of a node is made from: rows side by side.
struct BackPass {
  const FunctionInput<double>& input;
  const double* x;      // Of the first input: [rows, in].
  const double* delta;  // [rows, out]
  int64_t rows, in, out;
};

// In double alone.
class PlantedFunction : public FunctionOf<PlantedFunction> {
 public:
  // out [rows, width] = f(input), right.
  std::function<void(const FunctionInput<double>&, double* out)> forward;
  // dx of input `which`.
  std::function<void(const BackPass&, size_t which, double* dx)> backward;
  // The slope with regard to parameter `which`.
  std::function<void(const BackPass&, size_t which, double* slope)> gradient;

  PlantedFunction(const Shape& shape, int64_t in) : in_(in) { shape_ = shape; }
  // Takes the place of `inner`, which measures the batch.
  explicit PlantedFunction(std::shared_ptr<const LayerFunction> inner, int64_t in)
      : in_(in), inner_(std::move(inner)) {
    shape_ = inner_->shape();
    statistics_size_ = inner_->statistics_size();
    forward = [this](const FunctionInput<double>& input, double* out) {
      inner_->Forward(input, Rows<double>{out, Size(shape_)});
    };
    backward = [this](const BackPass& pass, size_t which, double* dx) {
      inner_->Backward(pass.input, Delta(pass), which, false,
                       Rows<double>{dx, pass.input.in[which].stride});
    };
    gradient = [this](const BackPass& pass, size_t which, double* slope) {
      inner_->Gradient(pass.input, Delta(pass), which, false, slope);
    };
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    if constexpr (std::is_same_v<T, double>) forward(input, out.data);
  }
  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t which, bool /*adds*/,
               Rows<T> in_delta) const {
    if constexpr (std::is_same_v<T, double>) backward(PassOf(input, delta), which, in_delta.data);
  }
  template <typename T>
  void MapGradient(const FunctionInput<T>& input, Rows<const T> delta, size_t parameter,
                   bool /*adds*/, T* out) const {
    if constexpr (std::is_same_v<T, double>) gradient(PassOf(input, delta), parameter, out);
  }
  template <typename T>
  void MeasureBatch(const FunctionInput<T>& input, int64_t begin, int64_t end, T* to) const {
    inner_->Measure(input, begin, end, to);
  }
  template <typename T>
  void MeasureBatchBack(const FunctionInput<T>& input, Rows<const T> delta, int64_t begin,
                        int64_t end, T* to) const {
    inner_->MeasureBack(input, delta, begin, end, to);
  }

 private:
  BackPass PassOf(const FunctionInput<double>& input, Rows<const double> delta) const {
    return {input, input.in[0].data, delta.data, input.rows, in_, Size(shape_)};
  }
  static Rows<const double> Delta(const BackPass& pass) { return {pass.delta, pass.out}; }

  int64_t in_;
  std::shared_ptr<const LayerFunction> inner_;
};

// The right way of an affine map, as a function whose parameters are the weights and the bias.
inline std::shared_ptr<PlantedFunction> PlantAffine(const PlanNode& node, int64_t in) {
  auto out = std::make_shared<PlantedFunction>(Shape{node.width}, in);
  if (node.windows.has_value()) {
    const Windows windows = *node.windows;
    const int64_t units = node.units;
    out->forward = [=](const FunctionInput<double>& i, double* z) {
      Convolve(windows, i.rows, units, i.in[0].data, i.parameters[0], i.parameters[1], z);
    };
    out->backward = [=](const BackPass& p, size_t, double* dx) {
      ConvolutionInputGradient(windows, p.rows, units, p.delta, p.input.parameters[0], dx);
    };
    out->gradient = [=](const BackPass& p, size_t which, double* slope) {
      std::vector<double> dw(units * windows.fan_in()), db(units);
      ConvolutionParameterGradient(windows, p.rows, units, p.delta, p.x, dw.data(), db.data());
      const std::vector<double>& from = which == 0 ? dw : db;
      std::copy(from.begin(), from.end(), slope);
    };
    return out;
  }
  out->forward = [width = node.width, in](const FunctionInput<double>& i, double* z) {
    Affine(i.rows, in, width, i.in[0].data, i.parameters[0], i.parameters[1], z);
  };
  out->backward = [](const BackPass& p, size_t, double* dx) {
    AffineInputGradient(p.rows, p.in, p.out, p.delta, p.input.parameters[0], dx);
  };
  out->gradient = [](const BackPass& p, size_t which, double* slope) {
    std::vector<double> dw(p.out * p.in), db(p.out);
    AffineParameterGradient(p.rows, p.in, p.out, p.delta, p.x, dw.data(), db.data());
    const std::vector<double>& from = which == 0 ? dw : db;
    std::copy(from.begin(), from.end(), slope);
  };
  return out;
}

// The right way of an activation, each element or row for itself.
inline std::shared_ptr<PlantedFunction> PlantActivation(const PlanNode& node) {
  auto out = std::make_shared<PlantedFunction>(Shape{node.width}, node.width);
  const ActivationOp* const op = node.activation;
  const Arguments arguments = node.activation_arguments;
  const int64_t width = node.width;
  out->forward = [=](const FunctionInput<double>& i, double* a) {
    op->f64.forward(arguments, i.rows, width, i.in[0].data, a);
  };
  out->backward = [=](const BackPass& p, size_t, double* dx) {
    std::vector<double> a(p.rows * width);
    op->f64.forward(arguments, p.rows, width, p.x, a.data());
    std::copy_n(p.delta, p.rows * width, dx);
    op->f64.backward(arguments, p.rows, width, p.x, a.data(), dx);
  };
  return out;
}

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_AUTODIFF_PLANTED_FUNCTION_H_
