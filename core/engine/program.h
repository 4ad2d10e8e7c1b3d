// A plan made ready for the kernels: stages, the place of every parameter in memory, and the
// kernels of the instruction set in use.
//
// Parameters lie in an arena: for each affine map its weights in panels (core/kernels/layout.h),
// then its bias; for each function its vectors. Optimiser slots lie in arenas alike. What leaves
// the engine is in the plan's logical order: Read and Write translate.

#ifndef FNN_CORE_ENGINE_PROGRAM_H_
#define FNN_CORE_ENGINE_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/archive.h"
#include "core/engine/stage.h"
#include "core/kernels/gemm.h"
#include "core/kernels/layout.h"
#include "core/ops/table.h"
#include "core/plan/plan.h"

namespace fnn::core {

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
  // How the network's input lies.
  const Panels& input() const { return input_; }
  // The widest of all inputs and outputs of stages, in padded floats a row.
  int64_t widest() const { return widest_; }
  // The most that the vectors of a function take together, in padded floats.
  int64_t most_vectors() const { return most_vectors_; }
  // Whether training must see a whole batch at once.
  bool over_batch() const { return over_batch_; }

  // How many floats an arena has; saturates.
  int64_t arena_size() const { return arena_size_; }

  // The logical elements [begin, begin + out.size()) of a block, from and to an arena.
  void Read(const float* arena, size_t block, int64_t begin, std::span<float> out) const;
  void Write(std::span<const float> values, size_t block, int64_t begin, float* arena) const;
  // All of them, [plan().parameter_count()].
  void ReadAll(const float* arena, std::span<float> out) const;
  void WriteAll(std::span<const float> values, float* arena) const;

  // Saves or loads them, or those alone that are trained, in logical order.
  enum class Which { kAll, kTrained };
  void Visit(Archive& archive, Which which, float* arena) const;

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
    int64_t fan_in = 1;  // The length of a logical row; 1 for a vector.
    int64_t stride = 0;  // From one element of a logical row to the next.
    int64_t panel = 0;   // From one panel to the next.
    int64_t units = 1;   // Of a group.
    int64_t group = 0;   // From one group to the next.
    int64_t Of(int64_t element) const;
  };

  explicit Program(std::shared_ptr<const Plan> plan);
  // The offset at which the block lies from now on.
  int64_t Take(size_t block, Place place);
  void PlaceMap(Stage& stage);
  void PlaceVectors(Stage& stage);

  std::shared_ptr<const Plan> plan_;
  std::vector<Stage> stages_;
  Panels input_;
  std::vector<Place> places_;  // Of the plan's blocks.
  EngineKernels kernels_;
  int64_t widest_ = 0;
  int64_t most_vectors_ = 0;
  bool over_batch_ = false;
  int64_t arena_size_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_PROGRAM_H_
