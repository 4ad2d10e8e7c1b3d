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

TableWriter::TableWriter(std::unique_ptr<StorageWriter> values, std::vector<std::string> names,
                         ElementType type)
    : values_(std::move(values)),
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
  if (type_ == ElementType::kFloat32) return values_->Append(std::as_bytes(block));
  std::array<uint8_t, kBlock> bytes;
  std::transform(block.begin(), block.end(), bytes.begin(),
                 [](float value) { return static_cast<uint8_t>(value); });
  return values_->Append(std::as_bytes(std::span(bytes).first(block.size())));
}

absl::StatusOr<std::shared_ptr<const Table>> TableWriter::Finish() && {
  const auto columns = static_cast<int64_t>(names_.size());
  if (count_ == 0 || count_ % columns != 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "WRONG_LENGTH",
                     absl::StrCat(count_, " values are no rows of ", columns, " columns"));
  }
  absl::StatusOr<Storage> storage = values_->Finish();
  if (!storage.ok()) return storage.status();
  return Table::Create(
      {std::move(names_), statistics_.Finish(), digester_.Finish(), std::move(categories_)}, type_,
      *std::move(storage));
}

}  // namespace fnn::core
