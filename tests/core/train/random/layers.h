// Layers at random, each on values that others give.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_LAYERS_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_LAYERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/ops/layers/shape.h"
#include "fnn/v1/layer.pb.h"
#include "fnn/v1/network.pb.h"
#include "tests/core/train/random/dice.h"
#include "tests/core/train/random/windows.h"

namespace fnn::core {

inline constexpr int64_t kRandomBatch = 4;  // Rows of a mini-batch.

// What a layer gives, or the input.
struct Value {
  std::string name;
  Shape shape;
  int depth = 0;
  double bound = 0;     // Of its absolute values, as the network starts.
  bool learns = false;  // Whether something up to here has parameters that are trained.
  bool used = false;
};

class RandomLayers {
 public:
  // Adds to `network`, with `dice`; both must outlive this.
  RandomLayers(Dice& dice, v1::Network& network) : dice_(dice), network_(network) {}

  // The input, which is to be added first, then one of each layer.
  std::vector<Value>& values() { return values_; }

  // A layer on a value that is there; squashed where its own may become too large.
  void AddSomething();
  size_t AddFlatten(size_t v);
  size_t AddGlobalPool(size_t v);

  // Adds a layer that takes `inputs`; its kind is to be chosen.
  v1::Layer& NewLayer(const std::vector<size_t>& inputs);
  // The value of a layer, from those it takes. Gives its index.
  size_t NewValue(const v1::Layer& layer, const std::vector<size_t>& inputs, Shape shape,
                  double bound, bool learns = false);

 private:
  // Puts a bound on what might become too large.
  size_t Squashed(size_t v);
  size_t AddOn(size_t v);
  size_t AddElementwise(size_t v);
  size_t AddDense(size_t v);
  size_t AddMaxout(size_t v);
  size_t AddConvolution(size_t v);
  size_t AddPool(size_t v);
  size_t AddReshape(size_t v);
  size_t AddCombination(size_t v);
  template <typename Affine>
  size_t FinishAffine(v1::Layer& layer, Affine& affine, const std::vector<size_t>& inputs,
                      Shape shape, double bound, bool even);
  template <typename Convolution>
  size_t FinishConvolution(v1::Layer& layer, Convolution& conv, const std::vector<Axis>& axes,
                           v1::Padding padding, const std::vector<size_t>& inputs);

  Dice& dice_;
  v1::Network& network_;
  std::vector<Value> values_;
};

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_LAYERS_H_
