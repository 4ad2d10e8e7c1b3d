#include "server/store/stored_table.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/saturating.h"
#include "server/storage/file_header.h"

namespace fnn::server {
namespace {

// Bytes read at once.
constexpr size_t kBlock = size_t{1} << 18;

core::ElementType TypeOf(const storage::v1::DatasetRecord& record) {
  return record.element_type() == storage::v1::ELEMENT_TYPE_UINT8 ? core::ElementType::kUint8
                                                                  : core::ElementType::kFloat32;
}

core::TableDescription DescriptionOf(const v1::Dataset& dataset) {
  core::TableDescription out;
  bool any = false;
  for (const v1::Column& column : dataset.columns()) {
    out.names.push_back(column.name());
    out.statistics.push_back({.min = column.min(),
                              .max = column.max(),
                              .mean = column.mean(),
                              .standard_deviation = column.standard_deviation(),
                              .integral = column.integral()});
    out.categories.emplace_back(column.categories().begin(), column.categories().end());
    any = any || !column.categories().empty();
  }
  if (!any) out.categories.clear();
  out.digest = dataset.digest();
  return out;
}

// Opens the file and looks at its beginning and its length.
absl::StatusOr<std::unique_ptr<ReadableFile>> OpenChecked(
    const FileSystem& files, const storage::v1::DatasetRecord& record) {
  const v1::Dataset& dataset = record.dataset();
  const std::string path = TablePath(dataset.uid());
  absl::StatusOr<std::unique_ptr<ReadableFile>> file = files.Open(path);
  if (!file.ok()) return file.status();
  std::array<std::byte, FileHeader::kSize> bytes;
  const absl::StatusOr<size_t> filled = (*file)->ReadAt(0, bytes);
  if (!filled.ok()) return filled.status();
  const absl::StatusOr<FileHeader> header =
      DecodeFileHeader(std::span(bytes).first(*filled), FileKind::kTable, path);
  if (!header.ok()) return header.status();
  const absl::StatusOr<uint64_t> size = (*file)->size();
  if (!size.ok()) return size.status();
  const int64_t expected = (core::SaturatingSize(dataset.rows()) * dataset.columns_size() *
                            core::ElementSize(TypeOf(record)))
                               .value();
  const auto values = static_cast<int64_t>(*size - FileHeader::kSize);
  if (values != expected) {
    return FileDamaged(
        values < expected ? FileDamage::kTruncated : FileDamage::kForeign, path,
        absl::StrCat("has ", values, " bytes of values, but should have ", expected));
  }
  return file;
}

}  // namespace

std::string TablePath(absl::string_view uid) { return absl::StrCat(kDatasetDirectory, "/", uid); }

void DescribeTable(const core::Table& table, v1::Dataset& dataset) {
  dataset.set_rows(table.rows());
  for (size_t i = 0; i < table.names().size(); ++i) {
    const core::ColumnStatistics& statistics = table.statistics()[i];
    v1::Column& column = *dataset.add_columns();
    column.set_name(table.names()[i]);
    column.set_min(statistics.min);
    column.set_max(statistics.max);
    column.set_mean(statistics.mean);
    column.set_standard_deviation(statistics.standard_deviation);
    column.set_integral(statistics.integral);
    const std::span<const std::string> categories = table.categories(static_cast<int64_t>(i));
    column.mutable_categories()->Assign(categories.begin(), categories.end());
  }
  dataset.set_size_bytes(table.size_bytes());
  dataset.set_digest(table.digest());
}

storage::v1::DatasetRecord MakeRecord(v1::Dataset dataset, core::ElementType type) {
  storage::v1::DatasetRecord record;
  *record.mutable_dataset() = std::move(dataset);
  record.set_element_type(type == core::ElementType::kUint8 ? storage::v1::ELEMENT_TYPE_UINT8
                                                            : storage::v1::ELEMENT_TYPE_FLOAT32);
  return record;
}

absl::Status CheckTableFile(const FileSystem& files, const storage::v1::DatasetRecord& record) {
  return OpenChecked(files, record).status();
}

// The digest of the dataset instead of the header's checksum: it also tells the file of another
// dataset.
absl::Status VerifyTableFile(const FileSystem& files, const storage::v1::DatasetRecord& record) {
  const absl::StatusOr<std::unique_ptr<ReadableFile>> file = OpenChecked(files, record);
  if (!file.ok()) return file.status();
  const bool bytes = TypeOf(record) == core::ElementType::kUint8;
  std::vector<std::byte> block(kBlock);
  std::vector<float> floats(bytes ? kBlock : 0);
  core::Digester digester;
  for (uint64_t at = FileHeader::kSize;;) {
    const absl::StatusOr<size_t> size = (*file)->ReadAt(at, block);
    if (!size.ok()) return size.status();
    if (*size == 0) break;
    at += *size;
    const auto read = std::span(block).first(*size);
    if (bytes) {
      std::transform(read.begin(), read.end(), floats.begin(), [](std::byte value) {
        return static_cast<float>(std::to_integer<uint8_t>(value));
      });
      digester.Update(std::as_bytes(std::span(floats).first(*size)));
    } else {
      digester.Update(read);
    }
  }
  if (digester.Finish() == record.dataset().digest()) return absl::OkStatus();
  return FileDamaged(FileDamage::kCorrupt, TablePath(record.dataset().uid()),
                     "has other values than the dataset's digest says");
}

absl::StatusOr<std::shared_ptr<const core::Table>> MapTable(
    const FileSystem& files, const storage::v1::DatasetRecord& record) {
  const absl::StatusOr<core::Storage> storage = files.Map(TablePath(record.dataset().uid()));
  if (!storage.ok()) return storage.status();
  return core::Table::Create(DescriptionOf(record.dataset()), TypeOf(record),
                             storage->After(FileHeader::kSize));
}

}  // namespace fnn::server
