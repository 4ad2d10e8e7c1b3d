#include "core/data/storage.h"

#include <tuple>

namespace fnn::core {
namespace {

template <typename E>
std::pair<std::shared_ptr<const void>, std::span<const std::byte>> Own(std::vector<E> values) {
  auto owner = std::make_shared<const std::vector<E>>(std::move(values));
  const auto bytes = std::as_bytes(std::span(*owner));
  return {std::move(owner), bytes};
}

}  // namespace

Storage::Storage(std::vector<float> values) { std::tie(owner_, bytes_) = Own(std::move(values)); }

Storage::Storage(std::vector<uint8_t> values) { std::tie(owner_, bytes_) = Own(std::move(values)); }

Storage::Storage(std::vector<std::byte> values) {
  std::tie(owner_, bytes_) = Own(std::move(values));
}

}  // namespace fnn::core
