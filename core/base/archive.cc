#include "core/base/archive.h"

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::core {
namespace {

// A message's room grows with the bytes that there are, whatever its size is said to be.
constexpr size_t kAtOnce = 64 << 10;
constexpr int64_t kMostMessage = int64_t{1} << 30;

}  // namespace

void Archive::Bytes(std::span<std::byte> bytes) {
  if (!ok()) return;
  if (!loading()) {
    status_ = sink_->Append(bytes);
  } else {
    const absl::StatusOr<size_t> read = source_->Read(bytes);
    status_ = read.status();
    if (read.ok()) Check(*read == bytes.size(), "it ends too early");
  }
  if (ok()) digester_.Update(bytes);
}

void Archive::Value(bool& value) {
  auto byte = static_cast<uint8_t>(value);
  Value(byte);
  Check(byte <= 1, "a flag is neither set nor unset");
  value = byte == 1;
}

void Archive::Message(google::protobuf::MessageLite& message) {
  std::string text = loading() ? "" : message.SerializeAsString();
  auto size = static_cast<int64_t>(text.size());
  Value(size);
  Check(size >= 0 && size <= kMostMessage, "a part is too long");
  if (!ok()) return;
  if (!loading()) {
    Numbers(std::span(text.data(), text.size()));
    return Seal();
  }
  for (size_t left = size; left > 0 && ok();) {
    const size_t part = std::min(left, kAtOnce);
    text.resize(text.size() + part);
    Numbers(std::span(text).last(part));
    left -= part;
  }
  Seal();  // Nothing that is damaged is read.
  if (ok()) Check(message.ParseFromString(text), "a part cannot be read");
}

void Archive::Expect(int64_t value) {
  int64_t found = value;
  Value(found);
  Check(found == value, "a part has another size");
}

void Archive::Check(bool holds, absl::string_view what) {
  if (holds || !ok()) return;
  status_ = MakeError(absl::StatusCode::kDataLoss, "INVALID_CHECKPOINT",
                      absl::StrCat("the checkpoint is damaged: ", what,
                                   "; take another, or start from the beginning"));
}

void Archive::Seal() {
  const std::string expected = digester_.Finish();
  std::string digest = expected;
  Numbers(std::span(digest.data(), digest.size()));
  Check(digest == expected, "its bytes are not those that were saved");
}

}  // namespace fnn::core
