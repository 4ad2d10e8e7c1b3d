// Which processor a thread runs on.
//
// Schedulers like to wake a thread on the processor of the one that woke it. Two threads that hand
// work to each other many thousand times a second then share one processor, and another is idle.

#ifndef FNN_CORE_THREADS_PROCESSOR_H_
#define FNN_CORE_THREADS_PROCESSOR_H_

namespace fnn::core {

// The number of the processor that the calling thread runs on, or -1 where that is not known.
int CurrentProcessor();

// Has the calling thread run on any of the process's processors but `processor`. Nothing happens
// where there is no other.
void KeepOffProcessor(int processor);

}  // namespace fnn::core

#endif  // FNN_CORE_THREADS_PROCESSOR_H_
