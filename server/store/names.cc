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
  const size_t slash = name.find('/', name.find('/') + 1);
  const bool whole = name.find('/') == absl::string_view::npos || slash == absl::string_view::npos;
  ModelReference reference{.model = std::string(whole ? name : name.substr(0, slash))};
  absl::string_view rest = whole ? absl::string_view() : name.substr(slash);
  if (!ValidateName(Collection::kModels, reference.model, path).ok()) {
    return ValidateName(Collection::kModels, name, path);  // The message shows the whole name.
  }
  if (whole) return reference;
  if (absl::ConsumePrefix(&rest, "/versions/")) {
    int64_t version = 0;
    if (absl::SimpleAtoi(rest, &version) && version >= 1 && absl::StrCat(version) == rest) {
      reference.version = version;
      return reference;
    }
    std::string what =
        absl::StrCat("a version must be a whole number from 1, not ", core::Echo(rest));
    if (IsId(rest)) {
      absl::StrAppend(&what, "; an alias is named ", reference.model, "/aliases/", rest);
    }
    return core::InvalidField(path, "INVALID_NAME", what);
  }
  if (absl::ConsumePrefix(&rest, "/aliases/")) {
    if (IsId(rest)) {
      reference.alias = std::string(rest);
      return reference;
    }
    return core::InvalidField(
        path, "INVALID_NAME",
        absl::StrCat("an alias must be ", kIdRule, ", not ", core::Echo(rest)));
  }
  return core::InvalidField(path, "INVALID_NAME",
                            absl::StrCat("after ", reference.model,
                                         " must come nothing, /versions/ and a number, or "
                                         "/aliases/ and an alias, not ",
                                         core::Echo(rest)));
}

absl::StatusOr<ModelReference> ParseVersionName(absl::string_view name,
                                                const core::FieldPath& path) {
  absl::StatusOr<ModelReference> reference = ParseModelReference(name, path);
  if (!reference.ok() || reference->version.has_value()) return reference;
  return core::InvalidField(path, "INVALID_NAME",
                            absl::StrCat("must be ", reference->model,
                                         "/versions/ and a number, not ", core::Echo(name)));
}

absl::StatusOr<ModelReference> ParseAliasName(absl::string_view name, const core::FieldPath& path) {
  absl::StatusOr<ModelReference> reference = ParseModelReference(name, path);
  if (!reference.ok()) return reference;
  if (reference->alias.empty()) {
    return core::InvalidField(path, "INVALID_NAME",
                              absl::StrCat("must be ", reference->model,
                                           "/aliases/ and an alias, not ", core::Echo(name)));
  }
  if (reference->alias == kLatestAlias || reference->alias == kBestAlias) {
    return core::InvalidField(
        path, "ALIAS_RESERVED",
        absl::StrCat(reference->alias,
                     " follows from the model's versions by itself; choose another alias"));
  }
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
