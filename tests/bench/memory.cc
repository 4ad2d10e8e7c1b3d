// The memory that a training really takes, over what it is admitted with.

#include <malloc.h>

#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/bench/figure.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

// A field of /proc/self/status in bytes, such as VmRSS; 0 where it can't be read.
int64_t ProcStatus(const std::string& field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ', absl::SkipEmpty());
    int64_t kibibytes = 0;
    if (parts.size() > 1 && absl::StartsWith(parts[0], field + ":") &&
        absl::SimpleAtoi(parts[1], &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

// Has VmHWM start anew from VmRSS; false where this system does not allow it.
bool ResetPeak() {
  std::ofstream out("/proc/self/clear_refs");
  out << "5" << std::flush;
  return out.good();
}

void Memory(benchmark::State& state, const Widths& widths, int64_t batch, Optimizer optimizer) {
  const core::TrainingJob job =
      MakeJob(widths, MakeData(widths, 2 * batch), MakeOptions(optimizer, batch, 2));
  IgnoringObserver observer;
  malloc_trim(0);
  if (!ResetPeak()) return state.SkipWithError("/proc/self/clear_refs can't be written");
  const int64_t before = ProcStatus("VmRSS");
  // The network that comes of it is part of the estimate.
  const core::TrainingResult result = RunJob(job, observer, 1);
  benchmark::DoNotOptimize(result);
  PublishBytes(state, static_cast<double>(ProcStatus("VmHWM") - before),
               static_cast<double>(job.memory_bytes()), Within(0.10));
}

}  // namespace

void RegisterMemory(const Settings& settings) {
  struct Case {
    const char* widths;
    int64_t batch;
    Optimizer optimizer;
  };
  const auto add = [](const Case& c) {
    Measure(absl::StrCat("memory/", c.widths, "/batch:", c.batch, "/", NameOf(c.optimizer)),
            [=](benchmark::State& state) {
              Memory(state, ParseWidths(c.widths), c.batch, c.optimizer);
            });
  };
  add({"784-1024-1024-10", 256, Optimizer::kAdam});
  if (settings.quick) return;
  add({"784-1024-1024-10", 256, Optimizer::kSgd});
  add({"784-2048-2048-10", 64, Optimizer::kAdam});
  add({"784-256-128-10", 1024, Optimizer::kAdam});
  add({"64-512-512-512-10", 4096, Optimizer::kSgd});
}

}  // namespace fnn::bench
