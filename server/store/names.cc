#include "server/store/names.h"

#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/errors.h"

namespace fnn::server {
namespace {

constexpr size_t kMostIdCharacters = 63;
constexpr absl::string_view kIdRule =
    "a lower-case letter, then lower-case letters, digits and '-', at most 63 characters";

bool IsId(absl::string_view id) {
  if (id.empty() || id.size() > kMostIdCharacters || !absl::ascii_islower(id.front())) return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return true;
}

uint64_t Random() {
  thread_local std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

// The lowest `digits` digits of `value` to the base 36, so that text order is number order.
std::string Base36(uint64_t value, int digits) {
  std::string out(static_cast<size_t>(digits), '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value /= 36) {
    *digit = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
  }
  return out;
}

}  // namespace

absl::string_view CollectionName(Collection collection) {
  switch (collection) {
    case Collection::kModels:
      return "models";
    case Collection::kDatasets:
      return "datasets";
    case Collection::kRuns:
      return "runs";
    case Collection::kUploads:
      break;
  }
  return "uploads";
}

absl::string_view ResourceType(Collection collection) {
  switch (collection) {
    case Collection::kModels:
      return "fnn.v1.Model";
    case Collection::kDatasets:
      return "fnn.v1.Dataset";
    case Collection::kRuns:
      return "fnn.v1.Run";
    case Collection::kUploads:
      break;
  }
  return "fnn.v1.Upload";
}

std::string MakeName(Collection collection, absl::string_view id) {
  return absl::StrCat(CollectionName(collection), "/", id);
}

absl::Status ValidateId(absl::string_view id, const core::FieldPath& path) {
  if (IsId(id)) return absl::OkStatus();
  return core::InvalidField(path, "INVALID_NAME",
                            absl::StrCat("must be ", kIdRule, ", not ", core::Echo(id)));
}

absl::Status ValidateName(Collection collection, absl::string_view name,
                          const core::FieldPath& path) {
  const absl::string_view folder = CollectionName(collection);
  if (name.empty()) return Required(path, absl::StrCat("must be a name such as ", folder, "/a1"));
  absl::string_view id = name;
  if (absl::ConsumePrefix(&id, folder) && absl::ConsumePrefix(&id, "/") && IsId(id)) {
    return absl::OkStatus();
  }
  return core::InvalidField(
      path, "INVALID_NAME",
      absl::StrCat("must be ", folder, "/ and ", kIdRule, ", not ", core::Echo(name)));
}

absl::StatusOr<ModelReference> ParseModelReference(absl::string_view name,
                                                   const core::FieldPath& path) {
  constexpr absl::string_view kVersions = "/versions/";
  const size_t at = name.find(kVersions);
  ModelReference reference{.model = std::string(name.substr(0, at)), .version = std::nullopt};
  if (absl::Status status = ValidateName(Collection::kModels, reference.model, path);
      !status.ok()) {
    // The message should show the whole name.
    return at == absl::string_view::npos ? status : ValidateName(Collection::kModels, name, path);
  }
  if (at == absl::string_view::npos) return reference;
  const absl::string_view digits = name.substr(at + kVersions.size());
  int64_t version = 0;
  if (!absl::SimpleAtoi(digits, &version) || version < 1 || absl::StrCat(version) != digits) {
    return core::InvalidField(
        path, "INVALID_NAME",
        absl::StrCat("a version must be a whole number from 1, not ", core::Echo(digits)));
  }
  reference.version = version;
  return reference;
}

std::string MakeVersionName(absl::string_view model, int64_t version) {
  return absl::StrCat(model, "/versions/", version);
}

std::string MakeId(absl::string_view prefix) {
  const auto now = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now()));
  return absl::StrCat(prefix, "-", Base36(now, 9), "-", Base36(Random(), 4));
}

std::string MakeUid() {
  return absl::StrCat(absl::Hex(Random(), absl::kZeroPad16), absl::Hex(Random(), absl::kZeroPad16));
}

}  // namespace fnn::server
