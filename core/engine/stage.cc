#include "core/engine/stage.h"

#include <algorithm>

namespace fnn::core {
namespace {

using Kind = Stage::Kind;

Kind KindOf(const PlanNode& node) {
  switch (node.kind) {
    case PlanNode::Kind::kAffine:
      return node.windows.has_value() ? Kind::kConvolution : Kind::kDense;
    case PlanNode::Kind::kFunction:
      return Kind::kFunction;
    default:
      return Kind::kPass;
  }
}

bool ReadsRows(const Stage& stage) {
  return stage.kind == Kind::kConvolution || stage.kind == Kind::kFunction;
}

// Panels of the input and of each stage; of stage s at s + 1.
std::vector<Panels> Layouts(const Plan& plan, const std::vector<Stage>& stages,
                            const std::vector<int64_t>& widths) {
  std::vector<bool> wide(stages.size() + 1, false);
  for (size_t s = stages.size(); s-- > 0;) {
    // A stage without a map shows its input's values.
    const bool reads = ReadsRows(stages[s]);
    if (reads) wide[s + 1] = true;
    for (const int input : stages[s].inputs) {
      if (reads || (stages[s].kind == Kind::kPass && wide[s + 1])) wide[input + 1] = true;
    }
  }
  for (size_t s = 0; s < stages.size(); ++s) {
    if (stages[s].kind == Kind::kPass) wide[s + 1] = wide[stages[s].inputs[0] + 1];
  }
  std::vector<Panels> out;
  for (size_t i = 0; i < wide.size(); ++i) {
    const int64_t width = i == 0 ? plan.input_width() : widths[i - 1];
    out.push_back(wide[i] ? WidePanels(width) : Panels(width));
  }
  return out;
}

// Decides what each stage does with its delta.
void SetWaysBack(std::vector<Stage>& stages) {
  std::vector<int> readers(stages.size(), 0);
  for (const Stage& stage : stages) {
    for (const int input : stage.inputs) {
      if (input >= 0) ++readers[input];
    }
  }
  std::vector<bool> put(stages.size(), false);
  for (size_t s = stages.size(); s-- > 0;) {
    Stage& stage = stages[s];
    for (const int input : stage.inputs) {
      if (!stage.learns || input < 0 || !stages[input].learns) {
        stage.back.push_back(PassBack::kNo);
      } else if (stage.kind == Kind::kDense && readers[input] == 1 && !stages[input].out.wide) {
        stages[input].taken_from = static_cast<int>(s);
        stage.back.push_back(PassBack::kNo);
      } else {
        stage.back.push_back(put[input] ? PassBack::kAdd : PassBack::kSet);
        put[input] = true;
      }
    }
  }
}

}  // namespace

std::vector<Stage> MakeStages(const Plan& plan) {
  const auto nodes = plan.nodes();
  std::vector<int> readers(nodes.size(), 0);
  for (const PlanNode& node : nodes) {
    for (const int input : node.inputs) {
      if (input >= 0) ++readers[input];
    }
  }
  std::vector<Stage> stages;
  std::vector<int64_t> widths;
  std::vector<int> stage_of(nodes.size());  // The stage whose last value is the node's.
  for (size_t n = 0; n < nodes.size(); ++n) {
    const PlanNode& node = nodes[n];
    const int before = node.inputs[0];
    const bool joins =
        node.kind == PlanNode::Kind::kActivation && before >= 0 && readers[before] == 1;
    if (!joins) {
      Stage& stage = stages.emplace_back();
      stage.kind = KindOf(node);
      stage.node = &node;
      for (const int input : node.inputs) {
        stage.inputs.push_back(input < 0 ? Stage::kInput : stage_of[input]);
      }
      widths.push_back(node.width);
      stage_of[n] = static_cast<int>(stages.size()) - 1;
    } else {
      stage_of[n] = stage_of[before];
    }
    Stage& stage = stages[stage_of[n]];
    stage.channels = node.channels;
    stage.learns = node.learns;
    if (node.kind != PlanNode::Kind::kActivation || node.activation->name == "identity") continue;
    stage.activations.push_back({.node = n,
                                 .op = node.activation,
                                 .arguments = node.activation_arguments,
                                 .kernels = node.activation->kernels<float>()});
    stage.elementwise = stage.elementwise && node.activation->elementwise;
  }
  const std::vector<Panels> panels = Layouts(plan, stages, widths);
  for (size_t s = 0; s < stages.size(); ++s) {
    stages[s].in = panels[stages[s].inputs[0] + 1];
    stages[s].out = panels[s + 1];
  }
  SetWaysBack(stages);
  return stages;
}

Panels InputPanels(const Plan& plan, const std::vector<Stage>& stages) {
  for (const Stage& stage : stages) {
    const auto at = std::find(stage.inputs.begin(), stage.inputs.end(), Stage::kInput);
    if (at == stage.inputs.begin()) return stage.in;
    if (at != stage.inputs.end()) return WidePanels(plan.input_width());
  }
  return Panels(plan.input_width());
}

}  // namespace fnn::core
