#include "core/data/storage.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

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

absl::StatusOr<Storage> Storage::Map(int file, size_t size) {
  void* const start = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (start == MAP_FAILED) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "MAP_FAILED",
        absl::StrCat("can't map a file of ", size, " bytes into memory: ", std::strerror(errno)));
  }
  Storage out;
  out.owner_ = std::shared_ptr<const void>(
      start, [size](const void* at) { munmap(const_cast<void*>(at), size); });
  out.bytes_ = {static_cast<const std::byte*>(start), size};
  out.mapped_ = true;
  return out;
}

}  // namespace fnn::core
