// Arrays of floats aligned to cache lines, as the kernels want them.

#ifndef FNN_CORE_BASE_ALIGNED_H_
#define FNN_CORE_BASE_ALIGNED_H_

#include <cstddef>
#include <new>
#include <vector>

namespace fnn::core {

inline constexpr std::align_val_t kCacheLine{64};

template <typename T>
struct CacheLineAllocator {
  using value_type = T;

  CacheLineAllocator() = default;
  template <typename U>
  CacheLineAllocator(const CacheLineAllocator<U>& /*other*/) {}  // NOLINT: as allocators convert.

  T* allocate(size_t n) { return static_cast<T*>(operator new(n * sizeof(T), kCacheLine)); }
  void deallocate(T* p, size_t /*n*/) { operator delete(p, kCacheLine); }

  friend bool operator==(CacheLineAllocator, CacheLineAllocator) { return true; }
};

// Zero at first.
using AlignedFloats = std::vector<float, CacheLineAllocator<float>>;

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_ALIGNED_H_
