// Records of the catalogue as messages.

#ifndef FNN_SERVER_STORE_RECORD_H_
#define FNN_SERVER_STORE_RECORD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "google/protobuf/message.h"
#include "server/storage/catalogue.h"

namespace fnn::server {

// DATA_LOSS (CATALOGUE_CORRUPT): what is under `key` can't be read, or contradicts the rest.
inline absl::Status RecordDamaged(RecordKind kind, absl::string_view key) {
  return core::MakeError(
      absl::StatusCode::kDataLoss, "CATALOGUE_CORRUPT",
      absl::StrCat("the catalogue's record ", core::Echo(key), " of kind ", static_cast<int>(kind),
                   " is damaged; restore the data directory from a backup"));
}

// Reads `bytes`, the record under `key`, into `message`.
template <typename Message>
absl::Status ParseRecord(RecordKind kind, absl::string_view key, absl::string_view bytes,
                         Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
             ? absl::OkStatus()
             : RecordDamaged(kind, key);
}

// What a record takes in memory with what is kept beside it, about, in bytes.
inline int64_t RecordBytes(const google::protobuf::Message& message) {
  constexpr int64_t kOverhead = 1024;
  return static_cast<int64_t>(message.SpaceUsedLong()) + kOverhead;
}

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_RECORD_H_
