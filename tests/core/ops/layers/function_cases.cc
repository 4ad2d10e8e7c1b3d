#include "tests/core/ops/layers/function_cases.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

WindowAxis Axis(int64_t in, int64_t size, int64_t stride, int64_t before, int64_t after) {
  return {.in = in,
          .out = (in + before + after - size) / stride + 1,
          .size = size,
          .stride = stride,
          .before = before};
}

// A request with what an error is to call it.
struct Variant {
  std::string name;
  LayerRequest request;
};

// Windows that touch, that leave gaps, that overlap, and that reach beyond the borders.
std::vector<Variant> WithWindows(const Variant& variant, const Shape& shape) {
  struct Form {
    int64_t size, stride, before, after;
  };
  std::vector<Variant> out;
  if (shape.size() < 2) return out;
  for (const Form& f : {Form{2, 2, 0, 0}, Form{2, 3, 0, 0}, Form{3, 1, 1, 0}, Form{3, 2, 1, 1}}) {
    Variant& one = out.emplace_back(variant);
    absl::StrAppend(&one.name, ", window ", f.size, ", stride ", f.stride, ", before ", f.before);
    Windows& windows = one.request.windows;
    windows.channels = shape.back();
    windows.width = Axis(shape[shape.size() - 2], f.size, f.stride, f.before, f.after);
    if (shape.size() == 3) windows.height = Axis(shape[0], f.size, f.stride, f.before, f.after);
  }
  return out;
}

// Several inputs are of different widths where the function takes that.
std::vector<Shape> Inputs(const LayerOp& op, const Shape& shape) {
  if (!op.merges) return {shape};
  Shape wider = shape;
  ++wider.back();
  std::vector<Shape> inputs{shape, wider, shape};
  std::string fault;
  const bool takes = op.make({.inputs = inputs, .arguments = Defaults(op)}, fault) != nullptr;
  return takes ? inputs : std::vector<Shape>{shape, shape, shape};
}

// Whether an argument is a switch: 0 or 1, and one of both where nothing is said.
bool IsSwitch(const Argument& argument) {
  const double value = argument.default_value;
  return argument.min == 0 && argument.max == 1 && (value == 0 || value == 1);
}

std::vector<Variant> Variants(const LayerOp& op, const Shape& shape) {
  const std::string name = absl::StrCat(op.name, " [", absl::StrJoin(shape, ", "), "]");
  const LayerRequest request{.inputs = Inputs(op, shape), .arguments = Defaults(op), .index = 3};
  std::vector<Variant> out{{name, request}};
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    if (!IsSwitch(op.arguments[i])) continue;
    Variant& turned = out.emplace_back(Variant{name, request});
    absl::StrAppend(&turned.name, ", ", op.arguments[i].name, " turned");
    turned.request.arguments[i] = 1 - request.arguments[i];
  }
  Variant& frozen = out.emplace_back(Variant{name + ", frozen", request});
  frozen.request.frozen = true;
  return out;
}

}  // namespace

std::vector<FunctionCase> CasesOf(const LayerOp& op, const Shape& shape) {
  std::vector<FunctionCase> out;
  for (const Variant& variant : Variants(op, shape)) {
    const std::vector<Variant> all =
        op.windows ? WithWindows(variant, shape) : std::vector<Variant>{variant};
    for (const Variant& one : all) {
      std::string fault;
      std::shared_ptr<const LayerFunction> function = op.make(one.request, fault);
      if (function != nullptr) out.push_back({one.name, one.request.inputs, std::move(function)});
    }
  }
  return out;
}

std::vector<FunctionCase> CasesOf(const LayerOp& op) {
  std::vector<FunctionCase> out;
  for (const Shape& shape : {Shape{6}, Shape{5, 4}, Shape{3, 4, 4}}) {
    for (FunctionCase& one : CasesOf(op, shape)) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace fnn::core
