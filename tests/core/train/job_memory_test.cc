// What a job says it takes, against what it does take: every operator new of this binary counts.

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <vector>

#include "core/threads/core_pool.h"
#include "core/train/job.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace {

std::atomic<int64_t> g_now{0};
std::atomic<int64_t> g_peak{0};
std::atomic<int64_t> g_count{0};

void* Allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  void* const p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (p == nullptr) throw std::bad_alloc();
  ++g_count;
  const int64_t now = g_now += static_cast<int64_t>(malloc_usable_size(p));
  int64_t peak = g_peak;
  while (now > peak && !g_peak.compare_exchange_weak(peak, now)) {
  }
  return p;
}

void Release(void* p) {
  if (p != nullptr) g_now -= static_cast<int64_t>(malloc_usable_size(p));
  std::free(p);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
// As std::stable_sort does.
void* operator new(std::size_t size, const std::nothrow_t& /*nothrow*/) noexcept {
  try {
    return Allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* p, const std::nothrow_t& /*nothrow*/) noexcept { Release(p); }
void operator delete(void* p) noexcept { Release(p); }
void operator delete[](void* p) noexcept { Release(p); }
void operator delete(void* p, std::align_val_t /*alignment*/) noexcept { Release(p); }
void operator delete(void* p, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  Release(p);
}
void operator delete(void* p, std::size_t /*size*/) noexcept { Release(p); }
void operator delete[](void* p, std::size_t /*size*/) noexcept { Release(p); }

namespace fnn::core {
namespace {

// Nothing of it is kept, as a test's own records would count.
class Silent : public TrainingObserver {
 public:
  void OnEpoch(const v1::EpochReport& /*report*/) override {}
  void OnBatch(int64_t, int64_t, int64_t, double) override {}
  bool ShouldStop() override { return false; }
};

struct Case {
  std::string name;
  std::string network;
  std::string options;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class JobMemoryTest : public testing::TestWithParam<Case> {};

TEST_P(JobMemoryTest, EstimateIsWithinATenthOfThePeak) {
  constexpr int64_t kRows = 600;
  constexpr int64_t kFeatures = 50;
  std::vector<float> values(kRows * (kFeatures + 1));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 3);
  const v1::Network network = ParseNetwork(GetParam().network);
  const v1::TrainingOptions options = ParseOptions(GetParam().options);
  const int64_t before_prepare = g_now;
  auto data = MakeData(kFeatures, 1, std::move(values));
  const auto job = TrainingJob::Prepare({.network = network,
                                         .network_path = FieldPath("network"),
                                         .options = options,
                                         .options_path = FieldPath("options"),
                                         .data = std::move(data),
                                         .validation = std::nullopt});
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_LT(g_now - before_prepare, 200'000);  // The table, and nothing of the network's size.
  Silent silent;
  const int64_t before = g_now;
  g_peak = before;
  const TrainingResult result = job->Run(silent);
  const auto peak = static_cast<double>(g_peak - before);
  EXPECT_EQ(result.outcome, TrainingOutcome::kCompleted);
  EXPECT_NEAR(static_cast<double>(job->memory_bytes()) / peak, 1, 0.1)
      << job->memory_bytes() << " estimated, " << peak << " taken";
}

// Notes how often operator new was called when a batch or an epoch ends.
class AllocationCounter : public TrainingObserver {
 public:
  void OnEpoch(const v1::EpochReport& report) override { Note(report.epoch()); }
  void OnBatch(int64_t epoch, int64_t /*batch*/, int64_t, double) override { Note(epoch); }
  bool ShouldStop() override { return false; }

  // Between the first batch of epoch 2 and the end of epoch 3: nothing is made for the first time.
  int64_t counted() const { return last_ - first_; }

 private:
  void Note(int64_t epoch) {
    if (epoch < 2) return;
    if (first_ < 0) first_ = g_count;
    last_ = g_count;
  }
  int64_t first_ = -1;
  int64_t last_ = -1;
};

TEST_P(JobMemoryTest, AnEpochAllocatesNothing) {
  std::vector<float> values(int64_t{600} * 51);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 3);
  const v1::Network network = ParseNetwork(GetParam().network);
  v1::TrainingOptions options = ParseOptions(GetParam().options);
  options.set_epochs(3);
  const auto job = TrainingJob::Prepare({.network = network,
                                         .network_path = FieldPath("network"),
                                         .options = options,
                                         .options_path = FieldPath("options"),
                                         .data = MakeData(50, 1, std::move(values)),
                                         .validation = std::nullopt,
                                         .max_threads = 2});
  ASSERT_TRUE(job.ok()) << job.status();
  CorePool pool(2);
  const std::unique_ptr<Team> team = pool.Join(static_cast<int>(job->threads()));
  AllocationCounter counter;
  EXPECT_EQ(job->Run(counter, *team).outcome, TrainingOutcome::kCompleted);
  EXPECT_EQ(counter.counted(), 0);
}

constexpr char kWide[] =
    "layers { dense { units: 700 activation { relu {} } } } layers { dense { units: 300 activation "
    "{ tanh {} } } } layers { dense { units: 3 } } outputs { loss { cross_entropy {} } }";
constexpr char kOrthogonal[] =
    "layers { dense { units: 700 weight_initializer { orthogonal {} } } } layers { dense { units: "
    "900 weight_initializer { orthogonal {} } } } layers { dense { units: 3 } } outputs { loss { "
    "cross_entropy {} } }";
constexpr char kDeep[] =
    "layers { dense { units: 64 } } layers { activation { tanh {} } } layers { activation { "
    "identity {} } } layers { dense { units: 64 activation { softmax {} } } } layers { dense { "
    "units: 64 activation { logistic {} } } } layers { dense { units: 3 } } outputs { loss { "
    "mean_squared_error {} } }";

constexpr char kImages[] =
    "inputs { shape: 5 shape: 5 shape: 2 } layers { conv2d { channels: 40 kernel: 3 activation { "
    "relu {} } } } layers { batch_norm {} } layers { conv2d { channels: 33 kernel: 3 padding: "
    "PADDING_SAME activation { prelu {} } } } layers { max_pool2d { window: 2 stride: 1 } } layers "
    "{ flatten {} } layers { dropout {} } layers { dense { units: 3 } } outputs { loss { "
    "cross_entropy {} } }";
constexpr char kResidual[] =
    "inputs { scaling { standardize {} } } layers { name: 'a' dense { units: 300 } } layers { "
    "layer_norm {} } layers { name: 'b' dense { units: 300 activation { gelu {} } } } layers { add "
    "{} inputs: 'a' inputs: 'b' } layers { dense { units: 3 } } outputs { loss { cross_entropy {} "
    "} "
    "}";

constexpr char kScores[] =
    "layers { dense { units: 3 activation { softmax {} } } } outputs { loss { focal { gamma: 1 } } "
    "}";

INSTANTIATE_TEST_SUITE_P(
    All, JobMemoryTest,
    testing::Values(Case{"wide_sgd", kWide, "epochs: 2 optimizer { sgd {} }"},
                    Case{"wide_momentum", kWide,
                         "epochs: 2 optimizer { momentum {} } validation_fraction: 0.5"},
                    Case{"wide_adam", kWide, "epochs: 2 batch_size: 600 optimizer { adam {} }"},
                    Case{"wide_clipped_and_kept", kWide,
                         "epochs: 2 optimizer { rprop {} } gradient_clipping { norm: 1 } "
                         "regularization { l1: 0.001 max_norm: 1 } validation_fraction: 0.5 "
                         "schedule { reduce_on_plateau {} warm_up {} } "
                         "early_stopping { restore_best: true }"},
                    Case{"wide_lbfgs", kWide,
                         "epochs: 2 optimizer { lbfgs { history_size: 4 } } regularization { l2: "
                         "0.001 } validation_fraction: 0.5"},
                    Case{"wide_lbfgs_long", kWide,
                         "epochs: 1 optimizer { lbfgs { history_size: 100 } }"},
                    Case{"orthogonal", kOrthogonal, "epochs: 2 optimizer { sgd {} }"},
                    Case{"deep_one_batch", kDeep, "epochs: 2 batch_size: 600"},
                    Case{"deep", kDeep, "epochs: 2"}, Case{"images", kImages, "epochs: 2"},
                    Case{"images_one_batch", kImages, "epochs: 2 batch_size: 600"},
                    Case{"residual", kResidual, "epochs: 2 optimizer { momentum {} }"},
                    Case{"scores_kept", kScores,
                         "epochs: 2 metrics { roc_auc {} } metrics { pr_auc {} } metrics { f1 {} } "
                         "metrics { r2 {} } validation_fraction: 0.25"},
                    Case{"weighted", kWide,
                         "epochs: 2 batch_size: 600 class_weights { balanced: true } optimizer { "
                         "sgd {} }"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace fnn::core
