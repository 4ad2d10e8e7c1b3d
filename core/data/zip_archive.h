// The members of a zip archive in memory.

#ifndef FNN_CORE_DATA_ZIP_ARCHIVE_H_
#define FNN_CORE_DATA_ZIP_ARCHIVE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_source.h"
#include "core/base/errors.h"

struct zip;

namespace fnn::core {

// Whether `bytes` begin as a zip archive does.
bool IsZip(absl::string_view bytes);

// Not safe from several threads at once. Faults of the archive are INVALID_ARGUMENT (BAD_ZIP) for a
// path.
class ZipArchive {
 public:
  // `bytes` outlive it and all that it opens. An archive may have 65,536 members.
  static absl::StatusOr<ZipArchive> Open(absl::string_view bytes, const FieldPath& path);

  // The names of the members, in the archive's order; not checked in any way.
  const std::vector<std::string>& names() const { return names_; }
  // The contents of a member, by its place among the names. Reading also gives INVALID_ARGUMENT
  // where its checksum is wrong, once its last byte was read. UNSUPPORTED_COMPRESSION where it is
  // encrypted, or neither stored nor deflated.
  absl::StatusOr<std::unique_ptr<ByteSource>> Member(size_t place) const;

 private:
  ZipArchive(std::shared_ptr<zip> zip, FieldPath path);

  std::shared_ptr<zip> zip_;
  FieldPath path_;
  std::vector<std::string> names_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_ZIP_ARCHIVE_H_
