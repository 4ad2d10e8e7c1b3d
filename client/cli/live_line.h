#ifndef FNN_CLIENT_CLI_LIVE_LINE_H_
#define FNN_CLIENT_CLI_LIVE_LINE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/environment.h"
#include "fnn/reconnect.h"
#include "fnn/transfer.h"

namespace fnn::cli {

// The line at the bottom of a terminal that tells how far something is. Shows nothing where no
// person looks. For one thread; gone when it is destroyed.
class LiveLine {
 public:
  explicit LiveLine(Environment& env) : env_(env) {}
  ~LiveLine() { Clear(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  // Whether Show has any effect.
  bool enabled() const { return env_.err_is_terminal; }

  // Puts `text`, cut to the terminal's width, in place of what was there; at most ten times a
  // second, texts in between being passed over, unless the line is empty.
  void Show(absl::string_view text);

  // Takes the line away, so that other text may be written.
  void Clear();

 private:
  Environment& env_;
  bool shown_ = false;
  absl::Time next_ = absl::InfinitePast();
};

// Tells at once that the connection is gone and when it is tried again.
void ShowWait(LiveLine& line, const ReconnectWait& wait);

// `1.5 MiB of 3.0 MiB`.
std::string ProgressText(const TransferProgress& progress);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_LIVE_LINE_H_
