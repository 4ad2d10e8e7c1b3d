#include "core/plan/windows.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/plan/arguments.h"
#include "fnn/v1/layer.pb.h"
#include "google/protobuf/descriptor.h"

namespace fnn::core {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kMost = 65'536;
constexpr Argument kArguments[] = {
    {.name = "window", .default_value = kNone, .min = 1, .max = kMost},
    {.name = "kernel", .default_value = kNone, .min = 1, .max = kMost},
    {.name = "stride", .default_value = kNone, .min = 1, .max = kMost},
    {.name = "dilation", .default_value = kNone, .min = 1, .max = kMost},
    {.name = "explicit_padding", .default_value = kNone, .min = 0, .max = kMost},
};

class Reader {
 public:
  Reader(Message& message, const FieldPath& path, Violations& violations)
      : message_(message), path_(path), violations_(violations) {
    const FieldDescriptor* field = Field("stride");
    dimensions_ = field->is_repeated() ? 2 : 1;
  }

  int dimensions() const { return dimensions_; }
  bool ok() const { return ok_; }
  bool Has(absl::string_view name) const { return Field(name) != nullptr; }

  void Fault(absl::string_view field, absl::string_view reason, absl::string_view text) {
    violations_.Add(path_ / field, reason, text);
    ok_ = false;
  }

  // One number for each dimension; `fallback`, which is written into the message, where unset.
  // Empty where it is at fault.
  std::vector<int64_t> Sizes(absl::string_view name, const std::vector<int64_t>& fallback) {
    std::vector<int64_t> sizes = Get(name);
    if (sizes.empty()) {
      if (fallback.empty()) Fault(name, "REQUIRED", "must be given, 1 or more");
      sizes = fallback;
    }
    if (sizes.size() == 1) sizes.resize(dimensions_, sizes[0]);
    if (static_cast<int>(sizes.size()) != dimensions_ && !sizes.empty()) {
      Fault(name, "WRONG_LENGTH",
            absl::StrCat("must be ", dimensions_, " numbers or one, not ", sizes.size()));
      return {};
    }
    if (!InRange(name, sizes)) return {};
    Set(name, sizes);
    return sizes;
  }

  // What an explicit padding gives: before and after each dimension.
  std::vector<int64_t> ExplicitPadding() {
    std::vector<int64_t> sizes = Get("explicit_padding");
    const size_t count = sizes.size();
    if (count == 1) sizes.resize(2 * dimensions_, sizes[0]);
    if (dimensions_ == 2 && count == 2) sizes = {sizes[0], sizes[0], sizes[1], sizes[1]};
    if (static_cast<int>(sizes.size()) != 2 * dimensions_) {
      Fault("explicit_padding", "WRONG_LENGTH",
            absl::StrCat("must be ", dimensions_ == 2 ? "4, 2 or 1" : "2 or 1", " numbers, not ",
                         count));
      return {};
    }
    if (!InRange("explicit_padding", sizes)) return {};
    return sizes;
  }

  v1::Padding Padding() {
    const int value = message_.GetReflection()->GetEnumValue(message_, Field("padding"));
    if (!v1::Padding_IsValid(value)) {
      Fault("padding", "UNSUPPORTED", absl::StrCat("this server knows no padding ", value));
    } else if (value != v1::PADDING_EXPLICIT && !Get("explicit_padding").empty()) {
      Fault("explicit_padding", "UNUSED", "must be unset but where padding is PADDING_EXPLICIT");
    }
    if (value != v1::PADDING_UNSPECIFIED) return static_cast<v1::Padding>(value);
    message_.GetReflection()->SetEnumValue(&message_, Field("padding"), v1::PADDING_VALID);
    return v1::PADDING_VALID;
  }

 private:
  const FieldDescriptor* Field(absl::string_view name) const {
    return message_.GetDescriptor()->FindFieldByName(std::string(name));
  }

  bool InRange(absl::string_view name, const std::vector<int64_t>& sizes) {
    const Argument& argument = *FindOp(WindowArguments(), name);
    for (const int64_t size : sizes) {
      if (RangeFault(argument, static_cast<double>(size)).empty()) continue;
      Fault(name, "OUT_OF_RANGE",
            absl::StrCat("must be ", argument.min, " to ", argument.max, ", not ", size));
      return false;
    }
    return true;
  }

  std::vector<int64_t> Get(absl::string_view name) const {
    const FieldDescriptor* field = Field(name);
    const auto* reflection = message_.GetReflection();
    if (!field->is_repeated()) {
      const int64_t value = reflection->GetInt64(message_, field);
      const bool set = field->has_presence() ? reflection->HasField(message_, field) : value != 0;
      return set ? std::vector<int64_t>{value} : std::vector<int64_t>{};
    }
    std::vector<int64_t> out;
    for (int i = 0; i < reflection->FieldSize(message_, field); ++i) {
      out.push_back(reflection->GetRepeatedInt64(message_, field, i));
    }
    return out;
  }

  void Set(absl::string_view name, const std::vector<int64_t>& values) {
    const FieldDescriptor* field = Field(name);
    const auto* reflection = message_.GetReflection();
    if (values.empty()) return;
    if (!field->is_repeated()) return reflection->SetInt64(&message_, field, values[0]);
    reflection->ClearField(&message_, field);
    for (const int64_t value : values) reflection->AddInt64(&message_, field, value);
  }

  Message& message_;
  const FieldPath path_;
  Violations& violations_;
  int dimensions_;
  bool ok_ = true;
};

// How far a window with its gaps reaches.
int64_t Reach(const WindowAxis& axis) { return (axis.size - 1) * axis.dilation + 1; }

}  // namespace

std::span<const Argument> WindowArguments() { return kArguments; }

std::optional<Windows> ReadWindows(Message& message, const Shape& input, const FieldPath& path,
                                   Violations& violations) {
  Reader reader(message, path, violations);
  const int dimensions = reader.dimensions();
  const bool pool = reader.Has("window");
  const absl::string_view name = pool ? "window" : "kernel";
  const std::vector<int64_t> size = reader.Sizes(name, {});
  const std::vector<int64_t> one(dimensions, 1);
  const std::vector<int64_t> stride = reader.Sizes("stride", pool && !size.empty() ? size : one);
  const std::vector<int64_t> dilation = pool ? one : reader.Sizes("dilation", one);
  const v1::Padding padding = reader.Padding();
  std::vector<int64_t> given(2 * dimensions, 0);
  if (padding == v1::PADDING_EXPLICIT) given = reader.ExplicitPadding();
  if (input.empty()) return std::nullopt;  // At fault already.
  if (static_cast<int>(input.size()) != dimensions + 1) {
    violations.Add(
        path, "WRONG_SHAPE",
        absl::StrCat("takes ", dimensions == 2 ? "[height, width, channels]" : "[length, channels]",
                     ", not ", ToText(input),
                     ": give the input a shape, or put reshape before it"));
    return std::nullopt;
  }
  if (!reader.ok()) return std::nullopt;

  Windows windows{.channels = input.back()};
  for (int d = 0; d < dimensions; ++d) {
    WindowAxis& axis = d + 1 == dimensions ? windows.width : windows.height;
    axis = {.in = input[d], .size = size[d], .stride = stride[d], .dilation = dilation[d]};
    int64_t padded = given[2 * d] + given[2 * d + 1];
    axis.before = given[2 * d];
    if (padding == v1::PADDING_SAME) {
      const int64_t out = (axis.in + axis.stride - 1) / axis.stride;
      padded = std::max<int64_t>((out - 1) * axis.stride + Reach(axis) - axis.in, 0);
      axis.before = padded / 2;
    }
    if (pool && std::max(axis.before, padded - axis.before) > axis.size / 2) {
      reader.Fault("explicit_padding", "OUT_OF_RANGE", "must be half a window at most");
      return std::nullopt;
    }
    if (Reach(axis) > axis.in + padded) {
      reader.Fault(name, "WRONG_SHAPE",
                   absl::StrCat("reaches over ", Reach(axis), " elements, and the input has ",
                                axis.in + padded, " with its padding"));
      return std::nullopt;
    }
    axis.out = (axis.in + padded - Reach(axis)) / axis.stride + 1;
  }
  return windows;
}

}  // namespace fnn::core
