#include "core/data/npz.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/utf8.h"
#include "core/data/array_table.h"
#include "core/data/gzip_source.h"
#include "core/data/npy.h"
#include "core/data/zip_archive.h"

namespace fnn::core {
namespace {

constexpr absl::string_view kSuffix = ".npy";
constexpr size_t kMostNameBytes = 128;

ArrayId IdOf(absl::string_view name, const FieldPath& path) {
  return {path, absl::StrCat("array ", Echo(name))};
}

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMostNameBytes && IsUtf8(name);
}

// The members to read, in this order, as places in the archive: every one, or those asked for.
absl::StatusOr<std::vector<size_t>> Choose(const ZipArchive& archive, const v1::Npz& options,
                                           const FieldPath& path) {
  std::vector<size_t> out;
  if (options.arrays().empty()) {
    for (size_t place = 0; place < archive.names().size(); ++place) out.push_back(place);
    return out;
  }
  absl::flat_hash_map<absl::string_view, size_t> places;
  for (size_t i = 0; i < archive.names().size(); ++i) places.emplace(archive.names()[i], i);
  for (const std::string& name : options.arrays()) {
    const auto at = places.find(absl::StrCat(name, kSuffix));
    if (at == places.end()) {
      return InvalidField(path, "ARRAY_NOT_FOUND",
                          absl::StrCat("the archive has no array ", Echo(name)));
    }
    out.push_back(at->second);
  }
  return out;
}

absl::Status AddMember(const ZipArchive& archive, size_t place, const FieldPath& path,
                       ArrayTable& arrays) {
  absl::string_view name = archive.names()[place];
  const bool is_array = absl::ConsumeSuffix(&name, kSuffix);
  const ArrayId id = IdOf(name, path);
  if (!is_array) {
    return id.Fault("NOT_NPY",
                    "is no NPY array, by its name; say which arrays to read in format.npz.arrays");
  }
  if (!IsName(name)) {
    return id.Fault("WRONG_NAME", absl::StrCat("its name must be UTF-8 of 1 to ", kMostNameBytes,
                                               " bytes before .npy"));
  }
  absl::StatusOr<std::unique_ptr<ByteSource>> source = archive.Member(place);
  if (!source.ok()) return source.status();
  const absl::StatusOr<std::optional<ArrayHeader>> header = ReadNpyHeader(**source, id);
  if (!header.ok()) return header.status();
  if (!header->has_value()) return id.Fault("TRUNCATED", "is empty; send all of it");
  absl::Status status = arrays.Add(id, std::string(name), **header, **source);
  if (!status.ok()) return status;
  // This also has the checksum compared.
  std::array<std::byte, 1> more;
  const absl::StatusOr<size_t> size = (*source)->Read(more);
  if (!size.ok()) return size.status();
  if (*size == 0) return absl::OkStatus();
  return id.Fault("TRAILING_BYTES", "goes on after its last value; make the archive again");
}

}  // namespace

absl::Status ValidateNpz(const v1::Npz& options, const FieldPath& path) {
  Violations violations;
  const FieldPath at = path / "arrays";
  if (options.arrays_size() > ArrayTable::kMostArrays) {
    violations.Add(at, "TOO_MANY_ARRAYS",
                   absl::StrCat("must be at most ", ArrayTable::kMostArrays, " names, not ",
                                options.arrays_size()));
    return violations.ToStatus();
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < options.arrays_size(); ++i) {
    const std::string& name = options.arrays(i);
    if (!IsName(name)) {
      violations.Add(at[i], "WRONG_NAME",
                     absl::StrCat("must be 1 to ", kMostNameBytes, " bytes, not ", Echo(name)));
    } else if (!seen.insert(name).second) {
      violations.Add(at[i], "DUPLICATE_ARRAY", absl::StrCat("names ", Echo(name), " again"));
    }
  }
  return violations.ToStatus();
}

absl::StatusOr<std::shared_ptr<const Table>> ReadNpz(absl::string_view bytes,
                                                     const v1::Npz& options, TableSink& sink,
                                                     const FieldPath& path) {
  if (IsGzip(bytes)) {
    return InvalidField(
        path, "BAD_ZIP",
        "an NPZ archive must not be gzip-compressed as well; decompress and send it");
  }
  const absl::StatusOr<ZipArchive> archive = ZipArchive::Open(bytes, path);
  if (!archive.ok()) return archive.status();
  const absl::StatusOr<std::vector<size_t>> members = Choose(*archive, options, path);
  if (!members.ok()) return members.status();
  ArrayTable arrays(sink, path);
  for (const size_t place : *members) {
    if (absl::Status status = AddMember(*archive, place, path, arrays); !status.ok()) {
      return status;
    }
  }
  return std::move(arrays).Finish();
}

}  // namespace fnn::core
