#include "core/data/table_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::core {
namespace {

// Values taken at once: few enough to stay in the cache from one use to the next.
constexpr size_t kBlock = 4096;

bool Holds(ElementType type, float value) {
  return type == ElementType::kUint8 ? FitsUint8(value) : std::isfinite(value);
}

}  // namespace

absl::StatusOr<TableWriter> TableWriter::Create(const std::string& path,
                                                std::vector<std::string> names, ElementType type) {
  absl::StatusOr<FileStorage> file = FileStorage::Create(path);
  if (!file.ok()) return file.status();
  return TableWriter(*std::move(file), std::move(names), type);
}

TableWriter TableWriter::InMemory(std::vector<std::string> names, ElementType type, int64_t rows) {
  const size_t values = static_cast<size_t>(rows) * names.size();
  TableWriter writer(std::nullopt, std::move(names), type);
  if (type == ElementType::kUint8) {
    writer.bytes_.reserve(values);
  } else {
    writer.floats_.reserve(values);
  }
  return writer;
}

TableWriter::TableWriter(std::optional<FileStorage> file, std::vector<std::string> names,
                         ElementType type)
    : file_(std::move(file)),
      names_(std::move(names)),
      type_(type),
      statistics_(static_cast<int64_t>(names_.size())) {}

void TableWriter::SetCategories(std::vector<std::vector<std::string>> categories) {
  const bool any = std::any_of(categories.begin(), categories.end(),
                               [](const auto& column) { return !column.empty(); });
  categories_ = any ? std::move(categories) : std::vector<std::vector<std::string>>();
}

absl::Status TableWriter::Append(std::span<const float> values) {
  for (; !values.empty(); values = values.subspan(std::min(kBlock, values.size()))) {
    const std::span<const float> block = values.first(std::min(kBlock, values.size()));
    const auto wrong = std::find_if_not(block.begin(), block.end(),
                                        [this](float value) { return Holds(type_, value); });
    if (wrong != block.end()) {
      const int64_t at = count_ + (wrong - block.begin());
      const auto columns = static_cast<int64_t>(names_.size());
      return MakeError(
          absl::StatusCode::kInvalidArgument, "WRONG_VALUE",
          absl::StrCat("row ", at / columns, ", column ", at % columns, " (both from 0) is ",
                       *wrong, ", which a table of ",
                       type_ == ElementType::kUint8 ? "bytes" : "floats", " can't hold"));
    }
    count_ += static_cast<int64_t>(block.size());
    statistics_.Add(block);
    digester_.Update(std::as_bytes(block));
    if (absl::Status status = Store(block); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TableWriter::Store(std::span<const float> block) {
  if (type_ == ElementType::kFloat32) {
    if (file_.has_value()) return file_->Append(std::as_bytes(block));
    floats_.insert(floats_.end(), block.begin(), block.end());
    return absl::OkStatus();
  }
  std::array<uint8_t, kBlock> bytes;
  std::transform(block.begin(), block.end(), bytes.begin(),
                 [](float value) { return static_cast<uint8_t>(value); });
  const auto taken = std::span(bytes).first(block.size());
  if (file_.has_value()) return file_->Append(std::as_bytes(taken));
  bytes_.insert(bytes_.end(), taken.begin(), taken.end());
  return absl::OkStatus();
}

absl::StatusOr<Storage> TableWriter::Stored() {
  if (file_.has_value()) return std::move(*file_).Map();
  if (type_ == ElementType::kUint8) return Storage(std::move(bytes_));
  return Storage(std::move(floats_));
}

absl::StatusOr<std::shared_ptr<const Table>> TableWriter::Finish() && {
  const auto columns = static_cast<int64_t>(names_.size());
  if (count_ == 0 || count_ % columns != 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "WRONG_LENGTH",
                     absl::StrCat(count_, " values are no rows of ", columns, " columns"));
  }
  absl::StatusOr<Storage> storage = Stored();
  if (!storage.ok()) return storage.status();
  return Table::Create(
      {std::move(names_), statistics_.Finish(), digester_.Finish(), std::move(categories_)}, type_,
      *std::move(storage));
}

absl::StatusOr<std::shared_ptr<const Table>> MapTable(const Table& table, const std::string& path) {
  absl::StatusOr<FileStorage> file = FileStorage::Create(path);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->Append(table.bytes()); !status.ok()) return status;
  absl::StatusOr<Storage> storage = std::move(*file).Map();
  if (!storage.ok()) return storage.status();
  return Table::Create(table.description(), table.type(), *std::move(storage));
}

}  // namespace fnn::core
