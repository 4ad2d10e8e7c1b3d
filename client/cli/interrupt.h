#ifndef FNN_CLIENT_CLI_INTERRUPT_H_
#define FNN_CLIENT_CLI_INTERRUPT_H_

#include <functional>
#include <string>
#include <thread>

namespace fnn::cli {

// While it lives, the first Ctrl-C (SIGINT) calls back instead of ending the process, and the
// second ends it at once with exit code 130. One at a time in a process.
class InterruptScope {
 public:
  // `notice` is written to standard error with the first Ctrl-C. `on_interrupt` is then called
  // once, on a thread of its own, which the destructor waits for.
  InterruptScope(std::string notice, std::function<void()> on_interrupt);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  // Whether there was a Ctrl-C; told as soon as it came.
  bool interrupted() const;

 private:
  static void Wait(const std::function<void()>& on_interrupt);

  std::thread thread_;
};

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_INTERRUPT_H_
