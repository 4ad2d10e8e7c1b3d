// Reads the windows of convolutions and pools from their messages.

#ifndef FNN_CORE_PLAN_WINDOWS_H_
#define FNN_CORE_PLAN_WINDOWS_H_

#include <optional>
#include <span>

#include "core/base/errors.h"
#include "core/ops/layers/function.h"
#include "core/ops/layers/windows.h"
#include "core/ops/table.h"
#include "google/protobuf/message.h"

namespace fnn::core {

// Over an input of [length, channels] or [height, width, channels], as many dimensions as the
// message is made for: its fields are single numbers or lists. Fills in the defaults. Nothing where
// something is at fault.
std::optional<Windows> ReadWindows(google::protobuf::Message& message, const Shape& input,
                                   const FieldPath& path, Violations& violations);

// The range of each number in the arguments of windows; a layer has some of them. Their defaults,
// which follow from each other, are NaN.
std::span<const Argument> WindowArguments();

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_WINDOWS_H_
