// Variables (core/autodiff/tape.h) as a scalar type of Eigen, so that whole matrices go on a tape.
//
//   using Matrix = Eigen::Matrix<Variable, Eigen::Dynamic, Eigen::Dynamic>;
//   Tape tape;
//   const Matrix w = MakeVariables(tape, values);
//   const Variable loss = (w * x).array().tanh().square().sum();
//   const Eigen::MatrixXd slope = GradientOf(tape.Gradient(loss), w);  // Of w's shape.

#ifndef FNN_CORE_AUTODIFF_TAPE_EIGEN_H_
#define FNN_CORE_AUTODIFF_TAPE_EIGEN_H_

#include <Eigen/Core>

#include "core/autodiff/tape.h"

namespace Eigen {

template <>
struct NumTraits<fnn::core::Variable> : NumTraits<double> {
  using Real = fnn::core::Variable;
  using NonInteger = fnn::core::Variable;
  using Nested = fnn::core::Variable;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 3,
    AddCost = 8,
    MulCost = 8
  };
};

// With matrices of double.
template <typename Operation>
struct ScalarBinaryOpTraits<fnn::core::Variable, double, Operation> {
  using ReturnType = fnn::core::Variable;
};
template <typename Operation>
struct ScalarBinaryOpTraits<double, fnn::core::Variable, Operation> {
  using ReturnType = fnn::core::Variable;
};

}  // namespace Eigen

namespace fnn::core {

// By the names that Eigen calls them by.
inline Variable abs(const Variable& x) { return Abs(x); }    // NOLINT
inline Variable exp(const Variable& x) { return Exp(x); }    // NOLINT
inline Variable log(const Variable& x) { return Log(x); }    // NOLINT
inline Variable sqrt(const Variable& x) { return Sqrt(x); }  // NOLINT
inline Variable tanh(const Variable& x) { return Tanh(x); }  // NOLINT

// Each element of a matrix of double as a variable.
template <typename Matrix>
auto MakeVariables(Tape& tape, const Matrix& values) {
  using Out = Eigen::Matrix<Variable, Matrix::RowsAtCompileTime, Matrix::ColsAtCompileTime>;
  return Out(values.unaryExpr([&](double value) { return tape.Make(value); }));
}

// The slopes with regard to each element of a matrix of variables.
template <typename Matrix>
auto GradientOf(const Gradients& gradients, const Matrix& variables) {
  using Out = Eigen::Matrix<double, Matrix::RowsAtCompileTime, Matrix::ColsAtCompileTime>;
  return Out(variables.unaryExpr([&](const Variable& x) { return gradients[x]; }));
}

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_TAPE_EIGEN_H_
