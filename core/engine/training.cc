#include "core/engine/training.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "core/base/finite.h"
#include "core/engine/stage_kernels.h"

namespace fnn::core {
namespace {

// A member is worth its waking where it has so many multiplications to do.
constexpr int64_t kMultiplicationsPerMember = 1'000'000;
// Members share rows in groups, so that the micro-kernel's tiles are full.
constexpr int64_t kRowGroup = 8;

int UsefulFor(const Program& program, int64_t rows) {
  constexpr int64_t kMost = 1024;
  // Forward, and back by two products.
  const SaturatingSize operations = SaturatingSize(3) * rows * program.plan().operations_per_row();
  return static_cast<int>(
      std::clamp<int64_t>(operations.value() / kMultiplicationsPerMember, 1, kMost));
}

// Whether there is an array of gradients.
bool NeedsGradient(const Program& program, const StepOptions& options) {
  return options.clip_norm > 0 || options.optimizer->whole_batch ||
         options.batch_size > StepMemory::ChunkRows(program, options.batch_size);
}

static_assert(Samples::kPanelWidth == kPanelColumns, "samples are gathered into panels");

}  // namespace

Training::Training(std::shared_ptr<const Program> program, const StepOptions& options, Team& team)
    : program_(std::move(program)),
      options_(options),
      team_(team),
      optimizer_(options.optimizer->kernels<float>()),
      memory_(*program_, options.batch_size, team.most()),
      arena_(program_->arena_size()),
      gradient_(NeedsGradient(*program_, options) ? program_->arena_size() : 0),
      kept_(options.keeps ? program_->arena_size() : 0),
      pass_(*program_, memory_, arena_.data()),
      tiles_(*program_, memory_, pass_),
      weights_(options.weighted ? memory_.chunk_rows() : 0) {
  for (int i = 0; i < options.optimizer->slots; ++i) slots_.emplace_back(program_->arena_size());
  if (options.optimizer->whole_batch) {
    lbfgs_.emplace(options.optimizer_arguments, program_->arena_size());
  }
  if (options.clip_norm > 0) squares_.resize(tiles_.all().size());
  if (options.health != HealthDepth::kOff) {
    layers_ = WatchedLayers(program_->plan());
    meter_.emplace(*program_, memory_, tiles_, layers_, options_, team.most());
  }
  for (size_t s = 0; s < program_->stages().size(); ++s) {
    if (program_->stages()[s].over_batch()) over_batch_.push_back(s);
  }
}

SaturatingSize Training::Bytes(const Program& program, const StepOptions& options, int members) {
  const SaturatingSize arenas = 1 + options.optimizer->slots +
                                (NeedsGradient(program, options) ? 1 : 0) + (options.keeps ? 1 : 0);
  const int64_t weights = options.weighted ? StepMemory::ChunkRows(program, options.batch_size) : 0;
  const SaturatingSize pairs =
      options.optimizer->whole_batch
          ? Lbfgs<float>::Bytes(options.optimizer_arguments, program.arena_size())
          : 0;
  return (arenas * program.arena_size() + weights) * sizeof(float) + pairs +
         StepMemory::Bytes(program, options.batch_size, members) +
         HealthMeter::Bytes(program, options, members);
}

void Training::SetParameters(std::span<const float> logical) {
  program_->WriteAll(logical, arena_.data());
}

int Training::UsefulMembers(const Program& program, int64_t rows) {
  return UsefulFor(program, StepMemory::ChunkRows(program, rows));
}

int Training::Members() const { return UsefulFor(*program_, chunk_rows_); }

// ---- Phase 1 ------------------------------------------------------------------------------------

double Training::SumWeights(const Batch& batch) {
  double sum = 0;
  const int64_t most = memory_.chunk_rows();
  // From the end, so that the first chunk's are the last to be gathered.
  for (int64_t first = (batch.rows - 1) / most * most; first >= 0; first -= most) {
    const int64_t rows = std::min(most, batch.rows - first);
    batch.samples.GatherWeights(batch.order, batch.begin + first, rows, weights_.data());
    sum = std::accumulate(weights_.begin(), weights_.begin() + rows, sum);
  }
  return sum;
}

std::optional<LossSum> Training::ComputeLoss(const Batch& batch, OnRows on_rows,
                                             absl::FunctionRef<bool()> stop) {
  batch_rows_ = batch.rows;
  if (options_.weighted) batch_weight_ = SumWeights(batch);
  LossSum loss;
  for (int64_t done = 0; done < batch.rows; done += chunk_rows_) {
    if (done > 0 && stop()) return std::nullopt;
    chunk_rows_ = std::min(memory_.chunk_rows(), batch.rows - done);
    Batch chunk = batch;
    chunk.begin += done;
    chunk.rows = chunk_rows_;
    if (options_.weighted && done > 0) {
      batch.samples.GatherWeights(chunk.order, chunk.begin, chunk.rows, weights_.data());
    }
    RunRows(chunk);
    if (watches_) MeasureActivities();
    loss.Add(chunk_rows_, memory_.losses(), options_.weighted ? weights_.data() : nullptr);
    on_rows(chunk_rows_, memory_.predictions(), memory_.targets());
    if (gradient_.empty()) continue;
    ForEachTile([&](size_t t, int member) {
      std::array<float*, Tiles::kMostParts> gradients;
      tiles_.Gradient(tiles_.all()[t], chunk_rows_, member, done > 0,
                      InArena(tiles_.all()[t], gradients));
    });
  }
  return loss;
}

float* const* Training::InArena(const Tile& tile,
                                std::array<float*, Tiles::kMostParts>& gradients) {
  std::array<TilePart, Tiles::kMostParts> room;
  size_t i = 0;
  for (const TilePart& part : tiles_.Parts(tile, room)) {
    gradients[i++] = gradient_.data() + part.place;
  }
  return gradients.data();
}

void Training::ForEachRange(absl::FunctionRef<void(const RowRange&)> f) {
  const int64_t groups = (chunk_rows_ + kRowGroup - 1) / kRowGroup;
  team_.Run(Members(), [&](int member, int members) {
    if (member == 0) most_members_ = std::max(most_members_, members);
    const int64_t first = groups * member / members * kRowGroup;
    const int64_t last = std::min(groups * (member + 1) / members * kRowGroup, chunk_rows_);
    if (first < last) f({first, last - first, member});
  });
}

void Training::Gather(const Batch& chunk, const RowRange& range) {
  const Panels& in = program_->input();
  const MutableRows x = memory_.input().from(in, range.first);
  chunk.samples.GatherPanels(chunk.order, chunk.begin + range.first, range.rows, x.panel_size,
                             in.stride, x.data,
                             memory_.targets() + range.first * program_->plan().output_width());
}

void Training::RunRows(const Batch& chunk) {
  pass_.set_context(
      {.training = true, .seed = chunk.seed, .epoch = chunk.epoch, .first = chunk.begin});
  if (options_.weighted) {
    pass_.set_scale(1);
    pass_.set_weights(weights_.data(), batch_weight_);
  } else {
    pass_.set_scale(1.0F / static_cast<float>(batch_rows_));
  }
  const auto stages = program_->stages();
  // Up to each stage that looks at the batch, then on.
  size_t begin = 0;
  for (const size_t barrier : over_batch_) {
    const bool first = barrier == over_batch_.front();
    ForEachRange([&](const RowRange& range) {
      if (first) Gather(chunk, range);
      for (size_t s = begin; s < barrier; ++s) pass_.Forward(s, range);
    });
    Measure(barrier, /*back=*/false);
    begin = barrier;
  }
  // The rest, the loss, and back to the last of them, which is measured again before its delta is
  // passed on.
  size_t left = over_batch_.size();
  const auto back = [&](size_t end, const RowRange& range) {
    if (end < stages.size() && stages[end].learns) pass_.Pass(end, range);
    for (size_t s = end; s-- > 0;) {
      const bool stops = left > 0 && s == over_batch_[left - 1];
      if (stages[s].learns) pass_.MakeDelta(s, range);
      if (stops) break;
      if (stages[s].learns) pass_.Pass(s, range);
    }
  };
  ForEachRange([&](const RowRange& range) {
    if (over_batch_.empty()) Gather(chunk, range);
    for (size_t s = begin; s < stages.size(); ++s) pass_.Forward(s, range);
    pass_.TakeLoss(range);
    back(stages.size(), range);
  });
  while (left > 0) {
    const size_t s = over_batch_[--left];
    if (stages[s].learns) Measure(s, /*back=*/true);
    ForEachRange([&](const RowRange& range) { back(s, range); });
  }
}

void Training::Measure(size_t s, bool back) {
  const Stage& stage = program_->stages()[s];
  const int64_t blocks = (stage.channels + kPadding - 1) / kPadding;
  team_.Run(Members(), [&](int member, int members) {
    const int64_t begin = blocks * member / members * kPadding;
    const int64_t end = std::min(blocks * (member + 1) / members * kPadding, stage.channels);
    if (begin >= end) return;
    const FunctionArguments arguments(pass_.CallOf(s, {0, chunk_rows_, member}));
    const StepMemory::StageRows& at = memory_.stage(s);
    if (back) {
      stage.node->function->MeasureBack(arguments.input(), RowsOf(stage.out, ConstRows(at.delta)),
                                        begin, end, at.statistics);
    } else {
      stage.node->function->Measure(arguments.input(), begin, end, at.statistics);
    }
  });
}

void Training::Watch() {
  meter_->Clear();
  watches_ = true;
}

void Training::MeasureActivities() {
  const auto parts = static_cast<int64_t>(meter_->parts());
  team_.Run(Members(), [&](int member, int members) {
    const int64_t end = parts * (member + 1) / members;
    for (int64_t i = parts * member / members; i < end; ++i) meter_->AddActivities(i, chunk_rows_);
  });
}

// ---- Checkpoints --------------------------------------------------------------------------------

void Training::Visit(Archive& archive, int64_t steps) {
  using Which = Program::Which;
  if (archive.loading()) step_ = steps;
  program_->Visit(archive, Which::kAll, arena_.data());
  if (options_.keeps) program_->Visit(archive, Which::kAll, kept_.data());
  // Padding, and what is not trained, has no gradient: there it makes no difference what these
  // hold.
  const auto visit = [&](std::span<float> arena) {
    program_->Visit(archive, Which::kTrained, arena.data());
  };
  for (AlignedFloats& slot : slots_) visit(slot);
  if (lbfgs_.has_value()) lbfgs_->Visit(archive, visit);
}

// ---- Looking for what went wrong ----------------------------------------------------------------

std::string Training::FirstLayerNotFinite() const {
  const auto stages = program_->stages();
  const Plan& plan = program_->plan();
  for (size_t s = 0; s < stages.size(); ++s) {
    const Stage& stage = stages[s];
    for (size_t i = 0; i < memory_.stage(s).values.size(); ++i) {
      // What is given is no layer's, and a delta is no activity.
      if (i == 0 && (stage.kind == Stage::Kind::kPass || memory_.stage(s).delta_is_value)) continue;
      const MutableRows& value = memory_.stage(s).values[i];
      for (int64_t p = 0; p < stage.out.count; ++p) {
        for (int64_t r = 0; r < chunk_rows_; ++r) {
          const float* row = value.panel(p) + r * stage.out.stride;
          if (std::all_of(row, row + stage.out.columns_of(p), IsFinite)) continue;
          return plan.LayerName(i == 0 ? *stage.node : plan.nodes()[stage.activations[i - 1].node]);
        }
      }
    }
  }
  return "";
}

}  // namespace fnn::core
