#include "core/threads/helper.h"

#include "core/kernels/denormals.h"
#include "core/threads/processor.h"

namespace fnn::core {

Helper::Helper() : thread_([this] { Loop(); }) {}

Helper::~Helper() {
  work_.reset();
  started_.Set(++turn_);
  thread_.join();
}

void Helper::Start(Team::Work work, int member, int members) {
  work_.emplace(work);
  member_ = member;
  members_ = members;
  caller_processor_ = CurrentProcessor();
  started_.Set(++turn_);
}

void Helper::Wait() { ended_.Await(turn_); }

void Helper::Loop() {
  const ScopedFlushDenormals flush;
  for (uint32_t turn = 1;; ++turn) {
    started_.Await(turn);
    if (!work_.has_value()) return;
    if (const int here = CurrentProcessor(); here >= 0 && here == caller_processor_) {
      KeepOffProcessor(here);
    }
    (*work_)(member_, members_);
    ended_.Set(turn);
  }
}

}  // namespace fnn::core
