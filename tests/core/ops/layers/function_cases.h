// Every function of a layer in small, of every number of dimensions that it takes: what the tests
// over LayerFunctions() run.

#ifndef FNN_TESTS_CORE_OPS_LAYERS_FUNCTION_CASES_H_
#define FNN_TESTS_CORE_OPS_LAYERS_FUNCTION_CASES_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "core/ops/layers/table.h"

namespace fnn::core {

inline void PrintTo(const LayerOp& op, std::ostream* out) { *out << op.name; }

struct FunctionCase {
  std::string name;  // `max_pool1d [5, 4], window 2, stride 3`.
  std::vector<Shape> inputs;
  std::shared_ptr<const LayerFunction> function;
};

// With the default arguments, with each switch among them turned, and with several windows.
std::vector<FunctionCase> CasesOf(const LayerOp& op);

// The same over inputs of one shape.
std::vector<FunctionCase> CasesOf(const LayerOp& op, const Shape& shape);

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_OPS_LAYERS_FUNCTION_CASES_H_
