// The state of something, saved and loaded by one description of it.
//
// Whatever has state says once, in a function Visit, what it is made of. Handed an archive over a
// sink Visit saves, over a source it loads:
//
//   void Plateaus::Visit(Archive& archive) {
//     archive.Value(best_);
//     archive.Value(bad_);
//   }
//
// Bytes that are loaded may be anything. Whatever follows from what is loaded into is checked
// against it, so nothing is allocated, and no index taken, by the bytes alone. The first error
// stays, and everything after it does nothing.

#ifndef FNN_CORE_BASE_ARCHIVE_H_
#define FNN_CORE_BASE_ARCHIVE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_sink.h"
#include "core/base/byte_source.h"
#include "core/base/digest.h"
#include "google/protobuf/message_lite.h"

namespace fnn::core {

static_assert(std::endian::native == std::endian::little, "archives are little-endian");

// Not thread-safe. Refers to what it is made of.
class Archive {
 public:
  explicit Archive(ByteSink& sink) : sink_(&sink) {}
  explicit Archive(ByteSource& source) : source_(&source) {}

  bool loading() const { return source_ != nullptr; }
  bool ok() const { return status_.ok(); }
  // The sink's or the source's error, or DATA_LOSS with reason INVALID_CHECKPOINT where the bytes
  // that were loaded are not what was saved.
  const absl::Status& status() const { return status_; }

  template <typename T>
  requires std::is_arithmetic_v<T> &&(!std::is_same_v<T, bool>)void Value(T& value) {
    Numbers(std::span(&value, 1));
  }
  void Value(bool& value);
  template <typename T>
  void Value(std::optional<T>& value) {
    bool has = value.has_value();
    Value(has);
    if (!has) return value.reset();
    if (!value.has_value()) value.emplace();
    Value(*value);
  }

  // As many numbers as there are, bare.
  template <typename T>
  void Numbers(std::span<T> values) {
    Bytes(std::as_writable_bytes(values));
  }
  // So many numbers that are not known beforehand, at most `most`.
  template <typename T>
  void Vector(std::vector<T>& values, int64_t most) {
    auto size = static_cast<int64_t>(values.size());
    Value(size);
    Check(size >= 0 && size <= most, "a part is too long");
    if (!ok()) return;
    values.resize(size);
    Numbers(std::span(values));
  }
  // Of at most 1 GiB; with a seal.
  void Message(google::protobuf::MessageLite& message);

  // A number that is known: another one is an error.
  void Expect(int64_t value);
  // An error where what was loaded cannot be. `what` is wrong then.
  void Check(bool holds, absl::string_view what);
  // All that came before, once more in short: bytes that differ anywhere are an error.
  void Seal();

 private:
  void Bytes(std::span<std::byte> bytes);

  ByteSink* sink_ = nullptr;
  ByteSource* source_ = nullptr;
  Digester digester_;
  absl::Status status_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_ARCHIVE_H_
