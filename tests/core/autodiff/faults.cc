#include "tests/core/autodiff/faults.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/ops/loss_sum.h"
#include "core/reference/executor.h"
#include "tests/core/autodiff/planted_function.h"

namespace fnn::core {
namespace {

using Plant = std::function<void(const Plan&, PlantedFunction&)>;

// The problem on a plan whose first node `wanted` accepts has its way back planted by `plant`.
template <typename Wanted>
std::function<std::vector<double>(const GradientProblem&)> In(Wanted wanted, Plant plant) {
  return [=](const GradientProblem& problem) {
    const auto plan = std::make_shared<Plan>(*problem.plan);
    for (const PlanNode& each : plan->nodes()) {
      if (!wanted(each)) continue;
      auto& node = const_cast<PlanNode&>(each);  // The copy's own.
      const int from = node.inputs[0];
      const int64_t in = from < 0 ? plan->input_width() : plan->nodes()[from].width;
      std::shared_ptr<PlantedFunction> planted;
      switch (node.kind) {
        case PlanNode::Kind::kAffine:
          planted = PlantAffine(node, in);
          node.blocks = {node.weights, *node.bias};
          break;
        case PlanNode::Kind::kActivation:
          planted = PlantActivation(node);
          break;
        case PlanNode::Kind::kFunction:
          planted = std::make_shared<PlantedFunction>(node.function, in);
          break;
      }
      plant(*problem.plan, *planted);
      node.kind = PlanNode::Kind::kFunction;
      node.function = planted;
      break;
    }
    GradientProblem faulty = problem;
    faulty.plan = plan;
    return BackPropagate(faulty);
  };
}

auto First(PlanNode::Kind kind) {
  return [kind](const PlanNode& node) { return node.kind == kind; };
}
auto Later(PlanNode::Kind kind) {
  return [kind](const PlanNode& node) { return node.kind == kind && node.inputs[0] >= 0; };
}
const auto kAffine = PlanNode::Kind::kAffine;
const auto kActivation = PlanNode::Kind::kActivation;
const auto kFunction = PlanNode::Kind::kFunction;

// `change` is applied to what the right way gives: the slope with regard to a parameter, of n.
using Change = std::function<void(const BackPass&, int64_t n, double* slope)>;
Plant ChangesGradient(size_t parameter, Change change) {
  return [=](const Plan&, PlantedFunction& f) {
    f.gradient = [=, right = f.gradient](const BackPass& pass, size_t which, double* slope) {
      right(pass, which, slope);
      if (which == parameter) change(pass, which == 0 ? pass.in * pass.out : pass.out, slope);
    };
  };
}
// And to that with regard to the input.
Plant ChangesDelta(std::function<void(const BackPass&, size_t which, double* dx)> change) {
  return [=](const Plan&, PlantedFunction& f) {
    f.backward = [=, right = f.backward](const BackPass& pass, size_t which, double* dx) {
      right(pass, which, dx);
      change(pass, which, dx);
    };
  };
}
// A whole way of its own.
Plant Delta(std::function<void(const BackPass&, size_t which, double* dx)> wrong) {
  return [=](const Plan&, PlantedFunction& f) { f.backward = wrong; };
}
// With a wrong slope of each element, from x.
Plant Slope(std::function<double(double x)> slope) {
  return Delta([=](const BackPass& p, size_t, double* dx) {
    for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] = p.delta[i] * slope(p.x[i]);
  });
}
// Back through a convolution with other windows.
Plant OtherWindows(std::function<void(Windows&)> change, bool weights) {
  return [=](const Plan& plan, PlantedFunction& f) {
    const PlanNode& node =
        *std::find_if(plan.nodes().begin(), plan.nodes().end(),
                      [](const PlanNode& n) { return n.windows.has_value() && n.inputs[0] >= 0; });
    Windows windows = *node.windows;
    change(windows);
    const int64_t units = node.units;
    if (weights) {
      f.gradient = [=, right = f.gradient](const BackPass& p, size_t which, double* slope) {
        if (which == 1) return right(p, which, slope);
        ConvolutionParameterGradient(windows, p.rows, units, p.delta, p.x, slope, nullptr);
      };
    } else {
      f.backward = [=](const BackPass& p, size_t, double* dx) {
        ConvolutionInputGradient(windows, p.rows, units, p.delta, p.input.parameters[0], dx);
      };
    }
  };
}

// Back-propagation from another slope of the loss: `slopes` writes those of the rows' own losses,
// `weigh` makes them those of the mean.
using SlopeOfLoss = std::function<void(const GradientProblem&, const double* y, double* delta)>;
void RightSlopes(const GradientProblem& p, const double* y, double* delta) {
  std::vector<double> losses(p.samples.rows());
  p.plan->loss().f64.compute(p.plan->loss_arguments(), p.samples.rows(), p.plan->output_width(), y,
                             p.t.data(), losses.data(), delta);
}
void Weigh(const GradientProblem& p, double* delta) {
  WeighSlopes(p.samples.rows(), p.plan->output_width(), p.weights.data(), p.total_weight, delta);
}
std::function<std::vector<double>(const GradientProblem&)> FromLoss(SlopeOfLoss slopes) {
  return [=](const GradientProblem& p) {
    Executor executor(*p.plan, p.samples.rows());
    const double* const y =
        executor.Forward(p.parameters.data(), p.x.data(), p.samples.rows(), p.context);
    slopes(p, y, executor.output_delta());
    std::vector<double> gradient(p.plan->parameter_count());
    executor.Backward(p.parameters.data(), p.x.data(), p.samples.rows(), gradient.data(),
                      p.context);
    return gradient;
  };
}
int64_t Outputs(const GradientProblem& p) { return p.samples.rows() * p.plan->output_width(); }

std::string Net(const std::string& middle, const std::string& loss = "mean_squared_error",
                int outputs = 4) {
  return "layers { dense { units: 4 activation { tanh {} } } } " + middle +
         " layers { dense { units: " + std::to_string(outputs) + " } } outputs { loss { " + loss +
         " {} } }";
}
std::string Activated(const std::string& activation) {
  return Net("layers { dense { units: 4 activation { " + activation + " {} } } }");
}
// Two convolutions, the second of which is planted.
const char kConvolutions[] =
    "inputs { shape: [5, 4, 2] } "
    "layers { conv2d { channels: 3 kernel: [2, 2] activation { tanh {} } } } "
    "layers { conv2d { channels: 2 kernel: [2, 2] stride: [2, 1] } } layers { flatten {} } "
    "layers { dense { units: 2 } } outputs { loss { mean_squared_error {} } }";
const char kPools[] =
    "inputs { shape: [6, 3] } layers { conv1d { channels: 3 kernel: 2 } } layers { POOL } "
    "layers { flatten {} } layers { dense { units: 2 } } outputs { loss { mean_squared_error {} } "
    "}";

std::string Pooled(const std::string& pool) {
  std::string out = kPools;
  out.replace(out.find("POOL"), 4, pool);
  return out;
}

}  // namespace

std::vector<PlantedFault> PlantedFaults() {
  std::vector<PlantedFault> faults;
  const ProblemData rows{};
  const auto add = [&](const std::string& name, const std::string& network, auto gradient,
                       const ProblemData& data = {}, double l2 = 0) {
    faults.push_back({name, network, data, gradient, l2});
  };
  const std::string plain = Net("");
  const auto negate = [](const BackPass&, int64_t n, double* slope) {
    for (int64_t i = 0; i < n; ++i) slope[i] = -slope[i];
  };

  // ---- Affine maps
  add("the sign of a weight gradient", plain, In(Later(kAffine), ChangesGradient(0, negate)));
  add("the sign of an input delta", plain,
      In(Later(kAffine), ChangesDelta([](const BackPass& p, size_t, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] = -dx[i];
         })));
  add("a missing transpose", plain,
      In(Later(kAffine), Delta([](const BackPass& p, size_t, double* dx) {
           Affine(p.rows, p.out, p.in, p.delta, p.input.parameters[0], nullptr, dx);
         })));
  add("a weight gradient transposed", plain,
      In(Later(kAffine), ChangesGradient(0, [](const BackPass& p, int64_t n, double* slope) {
           const std::vector<double> right(slope, slope + n);
           for (int64_t i = 0; i < n; ++i) slope[i] = right[i % p.out * p.in + i / p.out];
         })));
  add("a forgotten bias", plain,
      In(Later(kAffine), ChangesGradient(1, [](const BackPass&, int64_t n, double* slope) {
           std::fill_n(slope, n, 0);
         })));
  add("a bias gradient of the first row alone", plain,
      In(First(kAffine), ChangesGradient(1, [](const BackPass& p, int64_t n, double* slope) {
           std::copy_n(p.delta, n, slope);
         })));
  add("a mean over rows instead of a sum", plain,
      In(Later(kAffine), ChangesGradient(0, [](const BackPass& p, int64_t n, double* slope) {
           for (int64_t i = 0; i < n; ++i) slope[i] /= static_cast<double>(p.rows);
         })));
  add("the last row left out", plain,
      In(Later(kAffine), ChangesGradient(0, [](const BackPass& p, int64_t, double* slope) {
           std::vector<double> bias(p.out);
           AffineParameterGradient(p.rows - 1, p.in, p.out, p.delta, p.x, slope, bias.data());
         })));
  add("a stale buffer: the inputs of the row before", plain,
      In(Later(kAffine), ChangesGradient(0, [](const BackPass& p, int64_t, double* slope) {
           std::vector<double> stale(p.x, p.x + p.rows * p.in);
           std::rotate(stale.begin(), stale.end() - p.in, stale.end());
           std::vector<double> bias(p.out);
           AffineParameterGradient(p.rows, p.in, p.out, p.delta, stale.data(), slope, bias.data());
         })));
  add("a stale buffer: a gradient added to the last one", plain,
      In(First(kAffine), ChangesGradient(0, [](const BackPass&, int64_t n, double* slope) {
           for (int64_t i = 0; i < n; ++i) slope[i] *= 2;
         })));
  add("one weight's slope, off by a thousandth", plain,
      In(First(kAffine),
         ChangesGradient(0, [](const BackPass&, int64_t, double* slope) { slope[5] *= 1.001; })));

  // ---- Activations
  add("a wrong slope: tanh' = 1 - a", Activated("tanh"),
      In(First(kActivation), Slope([](double x) { return 1 - std::tanh(x); })));
  add("a missing slope of an activation", Activated("tanh"),
      In(First(kActivation), Slope([](double) { return 1.0; })));
  add("a slope at the activity: softplus", Activated("softplus"),
      In(
          [](const PlanNode& n) {
            return n.kind == kActivation && n.activation->name == "softplus";
          },
          Slope([](double x) { return 1 / (1 + std::exp(-std::log1p(std::exp(x)))); })));
  add("a relu that leaks on the way back", Activated("relu"),
      In([](const PlanNode& n) { return n.kind == kActivation && n.activation->name == "relu"; },
         Slope([](double x) { return x > 0 ? 1 : 0.01; })));
  add("a swish without its second term", Activated("swish"),
      In([](const PlanNode& n) { return n.kind == kActivation && n.activation->name == "swish"; },
         Slope([](double x) { return 1 / (1 + std::exp(-x)); })));
  add("the diagonal of softmax's Jacobian alone", Activated("softmax"),
      In([](const PlanNode& n) { return n.kind == kActivation && n.activation->name == "softmax"; },
         Delta([](const BackPass& p, size_t, double* dx) {
           for (int64_t r = 0; r < p.rows; ++r) {
             const double* const z = p.x + r * p.in;
             double sum = 0;
             for (int64_t i = 0; i < p.in; ++i) sum += std::exp(z[i]);
             for (int64_t i = 0; i < p.in; ++i) {
               const double a = std::exp(z[i]) / sum;
               dx[r * p.in + i] = p.delta[r * p.in + i] * a * (1 - a);
             }
           }
         })));

  // ---- Losses
  add("a sum over rows instead of a mean", plain, FromLoss(RightSlopes));
  add("a forgotten factor 2 of the squared error", plain,
      FromLoss([](const GradientProblem& p, const double* y, double* delta) {
        RightSlopes(p, y, delta);
        Weigh(p, delta);
        for (int64_t i = 0; i < Outputs(p); ++i) delta[i] /= 2;
      }));
  add("a sum over outputs instead of a mean", plain,
      FromLoss([](const GradientProblem& p, const double* y, double* delta) {
        RightSlopes(p, y, delta);
        Weigh(p, delta);
        for (int64_t i = 0; i < Outputs(p); ++i) delta[i] *= 4;
      }));
  add("label smoothing forgotten in the slope",
      "layers { dense { units: 4 activation { tanh {} } } } layers { dense { units: 3 } } outputs "
      "{ "
      "loss { cross_entropy { label_smoothing: 0.1 } } }",
      FromLoss([](const GradientProblem& p, const double* y, double* delta) {
        std::vector<double> losses(p.samples.rows());
        p.plan->loss().f64.compute({}, p.samples.rows(), 3, y, p.t.data(), losses.data(), delta);
        Weigh(p, delta);
      }),
      {.classes = 3});
  add("sample weights ignored", Net("", "cross_entropy", 3),
      FromLoss([](const GradientProblem& p, const double* y, double* delta) {
        RightSlopes(p, y, delta);
        for (int64_t i = 0; i < Outputs(p); ++i) {
          delta[i] /= static_cast<double>(p.samples.rows());
        }
      }),
      {.classes = 3, .weighted = true});
  add("weights divided by the number of rows", Net("", "cross_entropy", 3),
      FromLoss([](const GradientProblem& p, const double* y, double* delta) {
        RightSlopes(p, y, delta);
        WeighSlopes(p.samples.rows(), 3, p.weights.data(), static_cast<double>(p.samples.rows()),
                    delta);
      }),
      {.classes = 3, .weighted = true});

  // ---- Regularisers
  const auto without_l2 = [](const GradientProblem& p) {
    GradientProblem dropped = p;
    dropped.l2 = 0;
    return BackPropagate(dropped);
  };
  add("a dropped regulariser", plain, without_l2, rows, 0.1);
  add(
      "a regulariser on biases too", plain,
      [](const GradientProblem& p) {
        std::vector<double> out = BackPropagate(p);
        for (const ParameterBlock& block : p.plan->parameters()) {
          if (block.regularized) continue;
          for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
            out[i] += p.l2 * p.parameters[i];
          }
        }
        return out;
      },
      rows, 0.1);
  add(
      "a regulariser without its half", plain,
      [](const GradientProblem& p) {
        GradientProblem twice = p;
        twice.l2 *= 2;
        return BackPropagate(twice);
      },
      rows, 0.1);

  // ---- Windows
  const ProblemData image{.features = 40};
  add("a wrong stride", kConvolutions,
      In(Later(kAffine), OtherWindows([](Windows& w) { w.height.stride = 1; }, true)), image);
  add("an off-by-one window", kConvolutions,
      In(Later(kAffine), OtherWindows([](Windows& w) { w.width.before += 1; }, true)), image);
  add("an off-by-one window on the way back", kConvolutions,
      In(Later(kAffine), OtherWindows([](Windows& w) { w.width.before += 1; }, false)), image);
  add("a kernel turned around", kConvolutions,
      In(Later(kAffine),
         [](const Plan&, PlantedFunction& f) {
           f.backward = [right = f.backward](const BackPass& p, size_t which, double* dx) {
             std::vector<double> turned;  // [out 2, 2, 2, 3 channels]
             for (int64_t o = 0; o < 2; ++o) {
               for (int64_t k = 3; k >= 0; --k) {
                 const double* const at = p.input.parameters[0] + (o * 4 + k) * 3;
                 turned.insert(turned.end(), at, at + 3);
               }
             }
             const double* const parameters[] = {turned.data(), p.input.parameters[1]};
             FunctionInput<double> input = p.input;
             input.parameters = parameters;
             right({input, p.x, p.delta, p.rows, p.in, p.out}, which, dx);
           };
         }),
      image);
  const ProblemData line{.features = 18};
  add("a max_pool that spreads its delta", Pooled("max_pool1d { window: 2 }"),
      In(First(kFunction), Delta([](const BackPass& p, size_t, double* dx) {
           // [rows, 5, 3] from [rows, 2, 3]
           std::fill_n(dx, p.rows * p.in, 0);
           for (int64_t i = 0; i < p.rows * p.out; ++i) {
             const int64_t r = i / p.out;
             const int64_t o = i % p.out / 3;
             for (int64_t k = 0; k < 2; ++k) {
               dx[r * p.in + (2 * o + k) * 3 + i % 3] += p.delta[i] / 2;
             }
           }
         })),
      line);
  add("an average_pool that does not divide", Pooled("average_pool1d { window: 2 }"),
      In(First(kFunction), ChangesDelta([](const BackPass& p, size_t, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] *= 2;
         })),
      line);

  // ---- Functions
  const auto forget_batch = [](const Plan& plan, PlantedFunction& f) {
    const LayerFunction* inner = nullptr;
    for (const PlanNode& node : plan.nodes()) {
      if (node.function != nullptr) inner = node.function.get();
    }
    f.backward = [inner](const BackPass& p, size_t which, double* dx) {
      // The statistics are measured, but taken for constants: mean(delta) and mean(delta h) are 0.
      std::vector<double> statistics(p.input.statistics,
                                     p.input.statistics + inner->statistics_size());
      std::fill(statistics.begin() + 3 * p.out, statistics.end(), 0);
      FunctionInput<double> input = p.input;
      input.statistics = statistics.data();
      inner->Backward(input, Rows<const double>{p.delta, p.out}, which, false,
                      Rows<double>{dx, p.in});
    };
  };
  add("a batch_norm whose batch is a constant", Net("layers { batch_norm {} }"),
      In(First(kFunction), forget_batch));
  add("a batch_norm that forgets gamma", Net("layers { batch_norm {} }"),
      In(First(kFunction), ChangesDelta([](const BackPass& p, size_t, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] /= p.input.parameters[0][i % p.in];
         })));
  add("a layer_norm whose mean is a constant", Net("layers { layer_norm {} }"),
      In(First(kFunction), ChangesDelta([](const BackPass& p, size_t, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] += 0.1 * p.delta[i];
         })));
  const std::string dropout = Net("layers { dropout { rate: 0.4 } }");
  add("a dropout that does not scale on the way back", dropout,
      In(First(kFunction), ChangesDelta([](const BackPass& p, size_t, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] *= 0.6;
         })));
  add("a dropout that draws again on the way back", dropout,
      In(First(kFunction), [](const Plan&, PlantedFunction& f) {
        f.backward = [right = f.backward](const BackPass& p, size_t which, double* dx) {
          FunctionInput<double> input = p.input;
          ++input.context.epoch;
          right({input, p.x, p.delta, p.rows, p.in, p.out}, which, dx);
        };
      }));
  const std::string two_ways =
      "layers { name: \"a\" dense { units: 4 activation { tanh {} } } } "
      "layers { name: \"b\" dense { units: 4 activation { tanh {} } } } "
      "layers { inputs: [\"a\", \"b\"] KIND {} } layers { dense { units: 2 } } "
      "outputs { loss { mean_squared_error {} } }";
  const auto merged = [&](const std::string& kind) {
    std::string out = two_ways;
    return out.replace(out.find("KIND"), 4, kind);
  };
  add("a shortcut that nothing flows back through", merged("add"),
      In(First(kFunction), ChangesDelta([](const BackPass& p, size_t which, double* dx) {
           if (which == 0) std::fill_n(dx, p.rows * p.in, 0);
         })));
  add("a product without its other factor", merged("multiply"),
      In(First(kFunction), Delta([](const BackPass& p, size_t, double* dx) {
           std::copy_n(p.delta, p.rows * p.in, dx);
         })));
  add("a concat with its parts exchanged", merged("concat"),
      In(First(kFunction), Delta([](const BackPass& p, size_t which, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) {
             dx[i] = p.delta[i / p.in * p.out + (which == 0 ? p.in : 0) + i % p.in];
           }
         })));
  add("a glu without the slope of its gate",
      Net("layers { dense { units: 6 activation { glu {} } } }"),
      In(First(kFunction), ChangesDelta([](const BackPass& p, size_t, double* dx) {
           for (int64_t r = 0; r < p.rows; ++r) {
             std::fill_n(dx + r * p.in + p.in / 2, p.in / 2, 0);
           }
         })));
  add("a maxout that learns its first piece alone", Net("layers { maxout { units: 3 pieces: 2 } }"),
      In(First(kFunction), Delta([](const BackPass& p, size_t, double* dx) {
           for (int64_t i = 0; i < p.rows * p.in; ++i) dx[i] = i % 2 == 0 ? p.delta[i / 2] : 0;
         })));
  add("a learned slope's gradient on both sides",
      Net("layers { dense { units: 4 activation { prelu {} } } }"),
      In(First(kFunction), [](const Plan&, PlantedFunction& f) {
        f.gradient = [](const BackPass& p, size_t, double* slope) {
          std::fill_n(slope, p.in, 0);
          for (int64_t i = 0; i < p.rows * p.in; ++i) slope[i % p.in] += p.delta[i] * p.x[i];
        };
      }));
  return faults;
}

}  // namespace fnn::core
