// Treats denormal numbers as zero while it lives, on this thread: they are up to a hundred times
// slower to compute with, and a training that fades out is full of them.
//
// The one operation known to differ between x86 and Arm: a result just below the smallest normal
// number, by less than 2^-25 of it, is rounded up to it by x86 and flushed to zero by Arm.

#ifndef FNN_CORE_KERNELS_DENORMALS_H_
#define FNN_CORE_KERNELS_DENORMALS_H_

#if defined(__SSE__)
#include <immintrin.h>
#endif
#include <cstdint>

namespace fnn::core {

class ScopedFlushDenormals {
 public:
#if defined(__SSE__)
  ScopedFlushDenormals() : saved_(_mm_getcsr()) {
    constexpr unsigned kFlushToZero = 0x8000;
    constexpr unsigned kDenormalsAreZero = 0x0040;
    _mm_setcsr(saved_ | kFlushToZero | kDenormalsAreZero);
  }
  ~ScopedFlushDenormals() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
#elif defined(__aarch64__)
  ScopedFlushDenormals() {
    constexpr uint64_t kFlushToZero = uint64_t{1} << 24;
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" : : "r"(saved_ | kFlushToZero));
  }
  ~ScopedFlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(saved_)); }

 private:
  uint64_t saved_;
#else
  ScopedFlushDenormals() = default;
#endif

 public:
  ScopedFlushDenormals(const ScopedFlushDenormals&) = delete;
  ScopedFlushDenormals& operator=(const ScopedFlushDenormals&) = delete;
};

}  // namespace fnn::core

#endif  // FNN_CORE_KERNELS_DENORMALS_H_
