// A plan made ready for the kernels: stages, the place of every parameter in memory, and the
// kernels of the instruction set in use.
//
// A stage is an affine map with the activations after it, all of one width; activations before the
// first affine map are a stage without one. Parameters lie in an arena: for each affine map its
// weights in panels (core/kernels/layout.h), then its bias. Optimiser slots lie in arenas alike.
// What leaves the engine is in the plan's logical order: Read and Write translate.

#ifndef FNN_CORE_ENGINE_PROGRAM_H_
#define FNN_CORE_ENGINE_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/aligned.h"
#include "core/kernels/gemm.h"
#include "core/kernels/layout.h"
#include "core/ops/table.h"
#include "core/plan/plan.h"

namespace fnn::core {

struct StageActivation {
  size_t layer = 0;  // In plan.layers().
  const ActivationOp* op = nullptr;
  Arguments arguments{};
  ActivationKernels<float> kernels;
};

struct Stage {
  bool affine = false;
  size_t layer = 0;  // The affine map's, in plan.layers().
  Panels in, out;
  int64_t weights = 0;                       // In the arena.
  int64_t bias = -1;                         // In the arena; -1: none.
  std::vector<StageActivation> activations;  // Identities are left out.
  bool elementwise = true;                   // Whether all activations are.
};

struct EngineKernels {
  MultiplyFunction multiply;
  TransposeFunction transpose;
  SumRowsFunction sum_rows;
  LossKernels<float> loss;
  ActivationKernels<float> link;
};

// Immutable.
class Program {
 public:
  static std::shared_ptr<const Program> Create(std::shared_ptr<const Plan> plan);

  const Plan& plan() const { return *plan_; }
  const std::shared_ptr<const Plan>& shared_plan() const { return plan_; }
  std::span<const Stage> stages() const { return stages_; }
  const EngineKernels& kernels() const { return kernels_; }
  // The widest of all inputs and outputs of stages, in padded floats a row.
  int64_t widest() const { return widest_; }

  // How many floats an arena has; saturates.
  int64_t arena_size() const { return arena_size_; }

  // The logical elements [begin, begin + out.size()) of a block, from and to an arena.
  void Read(const float* arena, size_t block, int64_t begin, std::span<float> out) const;
  void Write(std::span<const float> values, size_t block, int64_t begin, float* arena) const;
  // All of them, [plan().parameter_count()].
  void ReadAll(const float* arena, std::span<float> out) const;
  void WriteAll(std::span<const float> values, float* arena) const;

  // Draws the initial parameters into a zeroed arena.
  void Initialize(uint64_t seed, float* arena) const;
  // XXH3-128 of all parameters in logical order, into `out`, whose room is used again.
  void Digest(const float* arena, std::string& out) const;
  // The layer of the first block with a parameter that is not finite, or empty.
  std::string FirstBlockNotFinite(const float* arena) const;
  // The sum of the squares of all regularised parameters.
  double SquaredNorm(const float* arena) const;
  // The sum of their absolute values.
  double AbsoluteSum(const float* arena) const;

 private:
  struct Place {
    int64_t offset = 0;
    int64_t size = 0;    // Padding included.
    int64_t fan_in = 0;  // The length of a logical row; 1 for a bias.
    int64_t stride = 0;  // From one element of a logical row to the next.
    int64_t panel = 0;   // From one panel to the next.
    int64_t Of(int64_t element) const;
  };

  explicit Program(std::shared_ptr<const Plan> plan);

  std::shared_ptr<const Plan> plan_;
  std::vector<Stage> stages_;
  std::vector<Place> places_;  // Of the plan's blocks.
  EngineKernels kernels_;
  int64_t widest_ = 0;
  int64_t arena_size_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_PROGRAM_H_
