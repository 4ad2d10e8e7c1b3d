#include "core/base/errors.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/base/utf8.h"
#include "google/rpc/error_details.pb.h"

namespace fnn::core {
namespace {

constexpr size_t kMostEchoed = 64;

// A status and its details travel as metadata, in base64 and the message twice, and must stay under
// 4 KiB there. So much may all violations take together, and so much one field and description.
constexpr size_t kMostBytes = 1800;
constexpr size_t kMostFieldBytes = 150;
constexpr size_t kMostDescriptionBytes = 300;

template <typename Message>
void AddDetail(const Message& detail, absl::Status& status) {
  status.SetPayload(absl::StrCat("type.googleapis.com/", detail.GetDescriptor()->full_name()),
                    absl::Cord(detail.SerializeAsString()));
}

google::rpc::ErrorInfo Info(absl::string_view reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain("fnn");
  return info;
}

// RUN of fnn.v1.Run.
// The words of a type's name, in lower case: "model version" of fnn.v1.ModelVersion.
std::string Noun(absl::string_view type) {
  std::string words;
  for (const char c : type.substr(type.rfind('.') + 1)) {
    if (absl::ascii_isupper(c) && !words.empty()) words += ' ';
    words += absl::ascii_tolower(c);
  }
  return words;
}

// MODEL_VERSION of fnn.v1.ModelVersion.
std::string ReasonPrefix(absl::string_view type) {
  std::string words = Noun(type);
  std::transform(words.begin(), words.end(), words.begin(),
                 [](char c) { return c == ' ' ? '_' : absl::ascii_toupper(c); });
  return words;
}

absl::Status ResourceError(absl::StatusCode code, absl::string_view reason,
                           absl::string_view message, absl::string_view type,
                           absl::string_view name) {
  absl::Status status = MakeError(code, reason, message);
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(std::string(type));
  resource.set_resource_name(std::string(CutUtf8(name, kMostEchoed)));
  AddDetail(resource, status);
  return status;
}

std::string LimitText(absl::string_view what, int64_t needed, int64_t available) {
  return absl::StrCat("needs ", needed, " ", what, ", but only ", available, " are available");
}

absl::Status LimitStatus(absl::string_view reason, absl::string_view message, int64_t needed,
                         int64_t available) {
  absl::Status status(absl::StatusCode::kResourceExhausted, message);
  google::rpc::ErrorInfo info = Info(reason);
  (*info.mutable_metadata())["needed"] = absl::StrCat(needed);
  (*info.mutable_metadata())["available"] = absl::StrCat(available);
  AddDetail(info, status);
  return status;
}

}  // namespace

FieldPath FieldPath::operator/(absl::string_view field) const {
  return FieldPath(path_.empty() ? std::string(field) : absl::StrCat(path_, ".", field));
}

FieldPath FieldPath::operator[](int64_t index) const {
  return FieldPath(absl::StrCat(path_, "[", index, "]"));
}

std::string Echo(absl::string_view value) {
  constexpr absl::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : value.substr(0, kMostEchoed)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '"' || c == '\\') {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
  if (value.size() > kMostEchoed) absl::StrAppend(&out, "... (", value.size(), " characters)");
  return out;
}

void Violations::Add(const FieldPath& field, absl::string_view reason,
                     absl::string_view description) {
  const absl::string_view where = CutUtf8(field.str(), kMostFieldBytes);
  const absl::string_view what = CutUtf8(description, kMostDescriptionBytes);
  constexpr size_t kTags = 8;  // What the message adds to the three strings.
  const size_t bytes = where.size() + reason.size() + what.size() + kTags;
  if (more_ > 0 || violations_.size() == kMost || bytes_ + bytes > kMostBytes) {
    ++more_;
    return;
  }
  bytes_ += bytes;
  violations_.push_back({std::string(where), std::string(reason), std::string(what)});
}

absl::Status Violations::ToStatus() const {
  if (violations_.empty()) return absl::OkStatus();
  google::rpc::BadRequest details;
  for (const Violation& violation : violations_) {
    auto& out = *details.add_field_violations();
    out.set_field(violation.field);
    out.set_description(violation.description);
    out.set_reason(violation.reason);
  }
  const Violation& first = violations_.front();
  std::string message = absl::StrCat(first.field, ": ", first.description);
  const int64_t others = static_cast<int64_t>(violations_.size()) - 1 + more_;
  if (others > 0) absl::StrAppend(&message, " (and ", others, " more)");
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument, first.reason, message);
  AddDetail(details, status);
  return status;
}

absl::Status InvalidField(const FieldPath& field, absl::string_view reason,
                          absl::string_view description) {
  Violations violations;
  violations.Add(field, reason, description);
  return violations.ToStatus();
}

absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message) {
  absl::Status status(code, message);
  AddDetail(Info(reason), status);
  return status;
}

absl::Status NotFound(absl::string_view type, absl::string_view name) {
  return ResourceError(absl::StatusCode::kNotFound, absl::StrCat(ReasonPrefix(type), "_NOT_FOUND"),
                       absl::StrCat("there is no ", Noun(type), " ", Echo(name)), type, name);
}

absl::Status AlreadyExists(absl::string_view type, absl::string_view name) {
  return ResourceError(
      absl::StatusCode::kAlreadyExists, absl::StrCat(ReasonPrefix(type), "_ALREADY_EXISTS"),
      absl::StrCat("there is already a ", Noun(type), " ", Echo(name), "; choose another name"),
      type, name);
}

absl::Status LimitExceeded(absl::string_view reason, absl::string_view what, int64_t needed,
                           int64_t available) {
  return LimitStatus(reason, LimitText(what, needed, available), needed, available);
}

absl::Status LimitExceeded(absl::string_view reason, absl::string_view what, int64_t needed,
                           int64_t available, const FieldPath& field, absl::string_view remedy) {
  const std::string text = absl::StrCat(LimitText(what, needed, available), "; ", remedy);
  absl::Status status =
      LimitStatus(reason, absl::StrCat(field.str(), ": ", text), needed, available);
  google::rpc::BadRequest details;
  auto& violation = *details.add_field_violations();
  violation.set_field(field.str());
  violation.set_description(text);
  violation.set_reason(std::string(reason));
  AddDetail(details, status);
  return status;
}

}  // namespace fnn::core
