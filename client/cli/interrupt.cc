#include "client/cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <utility>

#include "client/cli/exit_code.h"

namespace fnn::cli {
namespace {

// What the signal handler may touch. The handler does nothing but write to the pipe and to standard
// error: all else is unsafe in it.
struct HandlerState {
  std::string notice;
  int pipe[2] = {-1, -1};
  std::atomic<int> count = 0;
  struct sigaction previous = {};
};
HandlerState handler_state;

constexpr char kInterrupted = 'i';
constexpr char kStop = 's';

void WriteAll(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, data, size);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) {
      data += written;
      size -= static_cast<size_t>(written);
    }
  }
}

extern "C" void HandleInterrupt(int) {
  const int saved = errno;
  if (handler_state.count++ > 0) _exit(static_cast<int>(ExitCode::kInterrupted));
  WriteAll(STDERR_FILENO, handler_state.notice.data(), handler_state.notice.size());
  WriteAll(handler_state.pipe[1], &kInterrupted, 1);
  errno = saved;
}

}  // namespace

InterruptScope::InterruptScope(std::string notice, std::function<void()> on_interrupt) {
  handler_state.notice = std::move(notice);
  handler_state.count = 0;
  if (pipe(handler_state.pipe) != 0) return;  // Ctrl-C then ends the process, as it does elsewhere.
  thread_ = std::thread([on_interrupt = std::move(on_interrupt)] { Wait(on_interrupt); });
  struct sigaction action = {};
  action.sa_handler = HandleInterrupt;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &handler_state.previous);
}

InterruptScope::~InterruptScope() {
  if (!thread_.joinable()) return;
  sigaction(SIGINT, &handler_state.previous, nullptr);
  WriteAll(handler_state.pipe[1], &kStop, 1);
  thread_.join();
  for (const int descriptor : handler_state.pipe) close(descriptor);
}

bool InterruptScope::interrupted() const { return handler_state.count > 0; }

void InterruptScope::Wait(const std::function<void()>& on_interrupt) {
  char what = 0;
  while (true) {
    const ssize_t got = read(handler_state.pipe[0], &what, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1 || what == kStop) return;
    on_interrupt();
  }
}

}  // namespace fnn::cli
