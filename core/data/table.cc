#include "core/data/table.h"

#include <algorithm>
#include <utility>

#include "core/base/digest.h"

namespace fnn::core {
namespace {

TableDescription Describe(std::vector<std::string> names, std::span<const float> values) {
  StatisticsBuilder statistics(static_cast<int64_t>(names.size()));
  statistics.Add(values);
  return {std::move(names), statistics.Finish(), Digest(std::as_bytes(values))};
}

size_t SizeOf(const std::vector<std::string>& strings) {
  size_t bytes = strings.size() * sizeof(std::string);
  for (const std::string& text : strings) {
    // A short one lies inside the string itself.
    if (text.capacity() > std::string().capacity()) bytes += text.capacity() + 1;
  }
  return bytes;
}

int64_t SizeOf(const TableDescription& description) {
  size_t bytes = SizeOf(description.names) + description.names.size() * sizeof(ColumnStatistics);
  for (const std::vector<std::string>& categories : description.categories) {
    bytes += sizeof(categories) + SizeOf(categories);
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace

std::shared_ptr<const Table> Table::Create(std::vector<std::string> names,
                                           std::vector<float> values) {
  TableDescription description = Describe(std::move(names), values);
  if (!std::all_of(values.begin(), values.end(), FitsUint8)) {
    return Create(std::move(description), ElementType::kFloat32, Storage(std::move(values)));
  }
  std::vector<uint8_t> bytes(values.size());
  std::transform(values.begin(), values.end(), bytes.begin(),
                 [](float value) { return static_cast<uint8_t>(value); });
  return Create(std::move(description), ElementType::kUint8, Storage(std::move(bytes)));
}

std::shared_ptr<const Table> Table::Create(TableDescription description, ElementType type,
                                           Storage storage) {
  return std::shared_ptr<const Table>(new Table(std::move(description), type, std::move(storage)));
}

Table::Table(TableDescription description, ElementType type, Storage storage)
    : description_(std::move(description)),
      type_(type),
      storage_(std::move(storage)),
      rows_(ValueBytes() / ElementSize(type) / columns()),
      memory_bytes_(SizeOf(description_) + (storage_.mapped() ? 0 : ValueBytes())) {}

std::span<const std::string> Table::categories(int64_t column) const {
  if (description_.categories.empty()) return {};
  return description_.categories[column];
}

}  // namespace fnn::core
