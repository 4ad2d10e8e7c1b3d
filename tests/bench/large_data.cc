// Trains on a table in a mapped file and tells how much memory that takes: it should be no more
// than the mapped data and 64 MiB, at any batch size, shuffled.
//
//   large_data --dir /var/tmp [--rows 10000000] [--batch 256]
//
// It exits with 0 where that is so.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/data/table_writer.h"
#include "core/random/philox.h"
#include "core/train/job.h"
#include "server/storage/file_storage.h"
#include "server/storage/posix_file_system.h"

namespace fnn::core {
namespace {

constexpr int64_t kFeatures = 31;
constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kMost = 64 * kMiB;

// Of this process, in bytes.
struct Resident {
  int64_t anonymous = 0;  // RssAnon
  int64_t file = 0;       // RssFile and RssShmem
  int64_t peak = 0;       // VmHWM, of both together
};

Resident ReadResident() {
  Resident out;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    const auto bytes = [&line] {
      return std::strtoll(line.c_str() + line.find(':') + 1, nullptr, 10) * 1024;
    };
    if (absl::StartsWith(line, "RssAnon:")) out.anonymous = bytes();
    if (absl::StartsWith(line, "RssFile:") || absl::StartsWith(line, "RssShmem:")) {
      out.file += bytes();
    }
    if (absl::StartsWith(line, "VmHWM:")) out.peak = bytes();
  }
  return out;
}

// Begins VmHWM anew.
void ResetPeak() { std::ofstream("/proc/self/clear_refs") << 5; }

class MemoryObserver : public TrainingObserver {
 public:
  void OnEpoch(const v1::EpochReport& report) override {
    Sample();
    std::printf("  epoch %lld: loss %.6f, %.0f samples/s\n", static_cast<long long>(report.epoch()),
                report.train_loss(), report.timing().samples_per_second());
  }
  void OnBatch(int64_t, int64_t batch, int64_t, double) override {
    if (batch % 64 == 1) Sample();
  }
  bool ShouldStop() override { return false; }

  int64_t most_anonymous() const { return most_anonymous_; }
  int64_t most_file() const { return most_file_; }

 private:
  void Sample() {
    const Resident now = ReadResident();
    most_anonymous_ = std::max(most_anonymous_, now.anonymous);
    most_file_ = std::max(most_file_, now.file);
  }

  int64_t most_anonymous_ = 0;
  int64_t most_file_ = 0;
};

double Unit(uint32_t bits) { return static_cast<double>(bits >> 8) * 0x1.0p-24; }

// Features uniform on [-1, 1); the target is their sum, and a little of the square of the first.
absl::StatusOr<std::shared_ptr<const Table>> MakeTable(server::FileSystem* files, int64_t rows) {
  std::vector<std::string> names;
  for (int64_t c = 0; c < kFeatures; ++c) names.push_back(absl::StrCat("x", c));
  names.push_back("y");
  absl::StatusOr<std::unique_ptr<StorageWriter>> values =
      server::NewScratchStorage(files, "large_data.table");
  if (!values.ok()) return values.status();
  TableWriter writer(*std::move(values), names, ElementType::kFloat32);
  const RandomStream stream(1, Purpose::kInitialize);
  std::vector<float> row(kFeatures + 1);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < kFeatures; c += 4) {
      const auto bits = stream.Bits(r * (kFeatures + 1) + c);
      for (int64_t i = 0; i < 4; ++i) row[c + i] = static_cast<float>(2 * Unit(bits[i]) - 1);
    }
    row[kFeatures] = std::accumulate(row.begin(), row.end() - 1, 0.3F * row[0] * row[0]);
    if (absl::Status status = writer.Append(row); !status.ok()) return status;
  }
  return std::move(writer).Finish();
}

// Whether training for one epoch at that batch size stays within the memory.
bool Measure(const std::shared_ptr<const Table>& table, int64_t batch) {
  v1::Network network;
  v1::Dense& hidden = *network.add_layers()->mutable_dense();
  hidden.set_units(16);
  hidden.mutable_activation()->mutable_tanh();
  network.add_layers()->mutable_dense()->set_units(1);
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  v1::TrainingOptions options;
  options.set_epochs(1);
  options.set_batch_size(batch);
  const auto data = Bind(table, {}, FieldPath("data"));
  if (!data.ok()) return false;
  const auto job = TrainingJob::Prepare({.network = network,
                                         .network_path = FieldPath("network"),
                                         .options = options,
                                         .options_path = FieldPath("options"),
                                         .data = *data,
                                         .validation = {}});
  if (!job.ok()) {
    std::fprintf(stderr, "%s\n", job.status().ToString().c_str());
    return false;
  }
  std::printf("batch %lld, shuffled; estimated to take %.1f MiB beside the table\n",
              static_cast<long long>(batch),
              static_cast<double>(job->memory_bytes()) / double{kMiB});
  ResetPeak();
  MemoryObserver observer;
  const TrainingResult result = job->Run(observer);
  const int64_t peak = ReadResident().peak;
  const int64_t beside = peak - static_cast<int64_t>(table->bytes().size());
  const bool within = observer.most_anonymous() <= kMost && beside <= kMost;
  std::printf("  resident at most %.1f MiB, of which file-mapped %.1f and anonymous %.1f\n",
              static_cast<double>(peak) / double{kMiB},
              static_cast<double>(observer.most_file()) / double{kMiB},
              static_cast<double>(observer.most_anonymous()) / double{kMiB});
  std::printf("  the mapped data and 64 MiB: %s\n", within ? "enough" : "EXCEEDED");
  return within && result.outcome == TrainingOutcome::kCompleted;
}

int Main(int argc, char** argv) {
  int64_t rows = 10'000'000;
  int64_t batch = 256;
  std::string dir;
  CLI::App app("Trains on a table in a mapped file and tells how much memory that takes.");
  app.add_option("--rows", rows, "Rows of 31 features and a target")->capture_default_str();
  app.add_option("--batch", batch, "The mini-batch; the full batch comes second")
      ->capture_default_str();
  app.add_option("--dir", dir, "Where the table's file goes, which has no name")->required();
  CLI11_PARSE(app, argc, argv);

  const auto start = std::chrono::steady_clock::now();
  const auto files = server::PosixFileSystem::OpenRoot(dir);
  if (!files.ok()) {
    std::fprintf(stderr, "%s\n", files.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  const auto table = MakeTable(files->get(), rows);
  if (!table.ok()) {
    std::fprintf(stderr, "%s\n", table.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  std::printf("%lld rows x %lld columns, %.1f MiB in a file, made in %.1f s\n",
              static_cast<long long>((*table)->rows()), static_cast<long long>((*table)->columns()),
              static_cast<double>((*table)->bytes().size()) / double{kMiB},
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  const bool small = Measure(*table, batch);
  const bool full = Measure(*table, rows);
  return small && full ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace fnn::core

int main(int argc, char** argv) { return fnn::core::Main(argc, argv); }
