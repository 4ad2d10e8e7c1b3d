#include "core/kernels/instruction_set.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/errors.h"
#include "core/kernels/targets.h"
// After it:
#include "hwy/targets.h"

namespace fnn::core {
namespace {

std::string NameOf(int64_t target) {
#if HWY_ARCH_X86
  if (target == HWY_AVX3) return "avx512";
  if (target == HWY_AVX2) return "avx2";
#elif HWY_ARCH_ARM
  if (target == HWY_NEON) return "neon";
#endif
  return "baseline";
}

void Use(int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

std::string InstructionSet() { return InstructionSets().front(); }

std::vector<std::string> InstructionSets() {
  std::vector<std::string> names;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) names.push_back(NameOf(target));
  // What Highway falls back to is always there.
  if (names.empty() || names.back() != "baseline") names.push_back(NameOf(HWY_STATIC_TARGET));
  if (names.size() > 1 && names.back() == names[names.size() - 2]) names.pop_back();
  return names;
}

absl::Status SetMaxInstructionSet(absl::string_view name) {
  Use(0);
  if (name.empty()) return absl::OkStatus();
  int64_t allowed = 0;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (allowed != 0 || NameOf(target) == name) allowed |= target;
  }
  if (allowed == 0 && name == NameOf(HWY_STATIC_TARGET)) allowed = HWY_STATIC_TARGET;
  if (allowed == 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "UNKNOWN_INSTRUCTION_SET",
                     absl::StrCat(Echo(name), " is not among what this processor has: ",
                                  absl::StrJoin(InstructionSets(), ", ")));
  }
  Use(allowed);
  return absl::OkStatus();
}

}  // namespace fnn::core
