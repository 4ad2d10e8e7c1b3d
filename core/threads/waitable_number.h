// A number that one thread sets and one other waits for: how threads hand work to each other in
// less than a microsecond.

#ifndef FNN_CORE_THREADS_WAITABLE_NUMBER_H_
#define FNN_CORE_THREADS_WAITABLE_NUMBER_H_

#include <atomic>
#include <cstdint>
#include <thread>
#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace fnn::core {

// Starts at 0. Numbers are taken modulo 2^31. What was written before Set is seen after Await.
class WaitableNumber {
 public:
  void Set(uint32_t number) {
    // The bit and the number are one word, so a waiter is either seen asleep here or sees the
    // number before it falls asleep. An exchange, as notify_one must not be moved before it.
    if ((word_.exchange(number << 1, std::memory_order_seq_cst) & kAsleep) != 0) {
      word_.notify_one();
    }
  }

  // Returns once the number is `number`. By one thread at a time.
  void Await(uint32_t number) {
    const uint32_t awaited = number << 1;
    for (int i = 0; i < kSpins; ++i) {
      if (word_.load(std::memory_order_acquire) == awaited) return;
      if (i % kSpinsPerYield == kSpinsPerYield - 1) {
        std::this_thread::yield();
      } else {
        Pause();
      }
    }
    for (;;) {
      uint32_t seen = word_.load(std::memory_order_acquire);
      if (seen == awaited) return;
      if ((seen & kAsleep) == 0 &&
          !word_.compare_exchange_weak(seen, seen | kAsleep, std::memory_order_relaxed)) {
        continue;
      }
      word_.wait(seen | kAsleep, std::memory_order_acquire);
    }
  }

 private:
  // How long a waiter stays awake: 20 to 100 microseconds on processors of today, which is longer
  // than the gaps between the parts of a mini-batch and a few times what waking it takes.
  static constexpr int kSpins = 2000;
  // Where threads are more than processors, the one that is waited for may need this processor.
  static constexpr int kSpinsPerYield = 40;
  static constexpr uint32_t kAsleep = 1;  // The other bits are the number.

  static void Pause() {
#if defined(__SSE__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("isb");  // `yield` is over at once on most of them.
#endif
  }

  std::atomic<uint32_t> word_{0};
};

}  // namespace fnn::core

#endif  // FNN_CORE_THREADS_WAITABLE_NUMBER_H_
