#include "client/cli/live_line.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "client/cli/text.h"

namespace fnn::cli {

void LiveLine::Show(absl::string_view text) {
  if (!enabled()) return;
  const absl::Time now = absl::Now();
  if (shown_ && now < next_) return;
  next_ = now + absl::Milliseconds(100);
  // The last column stays free: some terminals wrap as soon as it is filled.
  const int width = std::max(env_.terminal_width() - 1, 1);
  env_.err << "\r" << text.substr(0, static_cast<size_t>(width)) << "\x1b[K" << std::flush;
  shown_ = true;
}

void LiveLine::Clear() {
  if (!shown_) return;
  env_.err << "\r\x1b[K" << std::flush;
  shown_ = false;
}

void ShowWait(LiveLine& line, const ReconnectWait& wait) {
  line.Clear();
  line.Show(absl::StrCat("connection lost, trying again in ", Clock(wait.delay), " (for ",
                         Clock(wait.left), " yet): ", Printable(wait.reason.message())));
}

std::string ProgressText(const TransferProgress& progress) {
  std::string text = Bytes(progress.bytes);
  if (progress.total_bytes.has_value()) {
    absl::StrAppend(&text, " of ", Bytes(*progress.total_bytes));
  }
  return text;
}

}  // namespace fnn::cli
