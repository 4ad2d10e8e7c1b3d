// Each operator of the tables: its formula over a tape and over dual numbers gives the value of the
// double kernel and the slopes that back-propagation takes.

#include "core/autodiff/formulas.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/autodiff/dual.h"
#include "core/autodiff/functions.h"
#include "core/autodiff/tape.h"
#include "core/ops/layers/table.h"
#include "gtest/gtest.h"
#include "tests/core/ops/layers/function_cases.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using D = Dual<double>;

constexpr int64_t kRows = 3;
constexpr double kTolerance = 1e-12;

// Numbers without pattern, of both signs, none near 0.
std::vector<double> Wave(int64_t n, double frequency, double size) {
  std::vector<double> out;
  for (int64_t i = 0; i < n; ++i) {
    out.push_back(size * std::sin(frequency * static_cast<double>(i) + 0.7));
  }
  return out;
}

double Norm(const std::vector<double>& v) {
  double squares = 0;
  for (const double x : v) squares += x * x;
  return std::sqrt(squares);
}

void ExpectClose(const std::vector<double>& got, const std::vector<double>& expected,
                 const std::string& what) {
  ASSERT_EQ(got.size(), expected.size());
  std::vector<double> off;
  for (size_t i = 0; i < got.size(); ++i) off.push_back(got[i] - expected[i]);
  EXPECT_LE(Norm(off), kTolerance * std::max(Norm(expected), 1e-3)) << what;
}

// The slopes of sum_i delta_i out_i with regard to each x by the tape and by dual numbers, and the
// values, which must be those expected. `run` takes (x, out) over any number type.
template <typename Run>
void ExpectSlopes(const std::vector<double>& x, const std::vector<double>& delta, Run run,
                  const std::vector<double>& values, const std::vector<double>& slopes,
                  const std::string& what) {
  Tape tape;
  std::vector<Variable> v;
  for (const double number : x) v.push_back(tape.Make(number));
  std::vector<Variable> out(delta.size());
  run(v, out);
  Variable sum = 0;
  std::vector<double> got;
  for (size_t i = 0; i < delta.size(); ++i) {
    sum += delta[i] * out[i];
    got.push_back(out[i].value());
  }
  ExpectClose(got, values, what + ", values on the tape");
  const Gradients gradients = tape.Gradient(sum);
  got.clear();
  for (const Variable& at : v) got.push_back(gradients[at]);
  ExpectClose(got, slopes, what + ", by the tape");

  got.clear();
  std::vector<D> d(x.begin(), x.end());
  for (D& at : d) {
    at.d = 1;
    std::vector<D> dual_out(delta.size());
    run(d, dual_out);
    double slope = 0;
    for (size_t i = 0; i < delta.size(); ++i) slope += delta[i] * dual_out[i].d;
    got.push_back(slope);
    at.d = 0;
  }
  ExpectClose(got, slopes, what + ", by dual numbers");
}

TEST(FormulasTest, Activations) {
  constexpr int64_t kUnits = 5;
  for (const ActivationOp& op : Activations()) {
    const Arguments arguments = Defaults(op);
    for (const double size : {0.4, 2.0, 9.0}) {
      const std::vector<double> z = Wave(kRows * kUnits, 2.3, size);
      const std::vector<double> delta = Wave(kRows * kUnits, 1.1, 1);
      std::vector<double> a(z.size());
      op.f64.forward(arguments, kRows, kUnits, z.data(), a.data());
      std::vector<double> slopes = delta;
      op.f64.backward(arguments, kRows, kUnits, z.data(), a.data(), slopes.data());
      ExpectSlopes(
          z, delta,
          [&](const auto& x, auto& out) {
            ApplyActivation(op, arguments, kRows, kUnits, x.data(), out.data());
          },
          a, slopes, std::string(op.name));
    }
  }
}

TEST(FormulasTest, Losses) {
  constexpr int64_t kOutputs = 4;
  for (const LossOp& op : Losses()) {
    for (const bool other : {false, true}) {
      Arguments arguments = Defaults(op);
      if (other && op.arguments.empty()) continue;
      if (other) arguments[0] = 0.3;
      const std::vector<double> y = Wave(kRows * kOutputs, 2.3, 2);
      std::vector<double> t = Wave(kRows * kOutputs, 3.1, 0.8);
      for (int64_t r = 0; r < kRows; ++r) {
        double sum = 0;
        for (int64_t i = r * kOutputs; i < (r + 1) * kOutputs; ++i) {
          if (op.targets != Targets::kAny) t[i] = 0.5 + 0.4 * t[i];
          if (op.targets == Targets::kSigns) t[i] = t[i] > 0.5 ? 1 : -1;
          sum += t[i];
        }
        for (int64_t i = r * kOutputs; i < (r + 1) * kOutputs; ++i) {
          if (op.targets == Targets::kDistribution) t[i] /= sum;
        }
      }
      std::vector<double> losses(kRows);
      std::vector<double> slopes(y.size());
      op.f64.compute(arguments, kRows, kOutputs, y.data(), t.data(), losses.data(), slopes.data());
      const std::vector<double> delta = {0.5, -2, 3};
      for (size_t i = 0; i < slopes.size(); ++i) slopes[i] *= delta[i / kOutputs];
      ExpectSlopes(
          y, delta,
          [&](const auto& x, auto& out) {
            using S = typename std::decay_t<decltype(out)>::value_type;
            const std::vector<S> targets(t.begin(), t.end());
            ApplyLoss(op, arguments, kRows, kOutputs, x.data(), targets.data(), out.data());
          },
          losses, slopes, std::string(op.name));
    }
  }
}

// With regard to all inputs and parameters, one after the other, in training and in prediction.
TEST(FormulasTest, LayerFunctions) {
  int cases = 0;
  for (const LayerOp& op : LayerFunctions()) {
    for (const FunctionCase& c : CasesOf(op)) {
      for (const bool training : {true, false}) {
        const LayerFunction& f = *c.function;
        const RowContext context{.training = training, .seed = 5, .epoch = 1, .first = 7};
        // All numbers in one vector: inputs, then parameters.
        std::vector<size_t> in_at, parameter_at;
        std::vector<double> numbers;
        const auto add = [&](std::vector<size_t>& at, const std::vector<double>& values) {
          at.push_back(numbers.size());
          numbers.insert(numbers.end(), values.begin(), values.end());
        };
        for (const Shape& shape : c.inputs) {
          add(in_at, Wave(kRows * Size(shape), 2.3 + 0.1 * static_cast<double>(in_at.size()), 1.5));
        }
        for (const FunctionParameter& p : f.parameters()) {
          std::vector<double> values = Wave(p.size, 1.9, 0.3);
          for (double& v : values) v += 1;
          add(parameter_at, values);
        }
        const int64_t width = Size(f.shape());
        const auto input_of = [&](const auto* from, auto& in, auto& parameters) {
          for (size_t k = 0; k < c.inputs.size(); ++k) {
            in.push_back({from + in_at[k], Size(c.inputs[k])});
          }
          for (const size_t at : parameter_at) parameters.push_back(from + at);
        };
        const auto run = [&](const auto& x, auto& out) {
          using S = typename std::decay_t<decltype(out)>::value_type;
          std::vector<Rows<const S>> in;
          std::vector<const S*> parameters;
          input_of(x.data(), in, parameters);
          std::vector<S> statistics(f.statistics_size());
          FunctionInput<S> input{kRows, in.data(), parameters.data(), nullptr, context};
          if (training && !statistics.empty()) {
            input.statistics = statistics.data();
            MeasureFunction(f, input, statistics.data());
          }
          ApplyFunction(f, input, Rows<S>{out.data(), width});
        };

        std::vector<Rows<const double>> in;
        std::vector<const double*> parameters;
        input_of(numbers.data(), in, parameters);
        std::vector<double> statistics(f.statistics_size());
        FunctionInput<double> input{kRows, in.data(), parameters.data(), nullptr, context};
        const std::vector<double> delta = Wave(kRows * width, 1.1, 1);
        const Rows<const double> delta_rows{delta.data(), width};
        if (training && !statistics.empty()) {
          input.statistics = statistics.data();
          f.Measure(input, 0, f.channels(), statistics.data());
        }
        std::vector<double> values(kRows * width);
        f.Forward(input, Rows<double>{values.data(), width});
        if (input.statistics != nullptr) {
          f.MeasureBack(input, delta_rows, 0, f.channels(), statistics.data());
        }
        std::vector<double> slopes(numbers.size());
        for (size_t k = 0; k < c.inputs.size(); ++k) {
          f.Backward(input, delta_rows, k, false,
                     Rows<double>{slopes.data() + in_at[k], Size(c.inputs[k])});
        }
        bool all_trained = true;
        for (size_t p = 0; p < parameter_at.size(); ++p) {
          all_trained = all_trained && f.parameters()[p].trained;
          if (f.parameters()[p].trained) {
            f.Gradient(input, delta_rows, p, false, slopes.data() + parameter_at[p]);
          }
        }
        if (!all_trained && input.statistics == nullptr) continue;  // Running statistics count.
        ExpectSlopes(numbers, delta, run, values, slopes, c.name);
        ++cases;
      }
    }
  }
  EXPECT_GE(cases, 40);
}

}  // namespace
}  // namespace fnn::core
