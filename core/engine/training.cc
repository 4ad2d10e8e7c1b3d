#include "core/engine/training.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/finite.h"

namespace fnn::core {
namespace {

// A member is worth its waking where it has so many multiplications to do.
constexpr int64_t kMultiplicationsPerMember = 1'000'000;
// Members share rows in groups, so that the micro-kernel's tiles are full.
constexpr int64_t kRowGroup = 8;

int UsefulFor(const Program& program, int64_t rows) {
  constexpr int64_t kMost = 1024;
  // Forward, and back by two products.
  const SaturatingSize multiplications = SaturatingSize(3) * rows * program.arena_size();
  return static_cast<int>(
      std::clamp<int64_t>(multiplications.value() / kMultiplicationsPerMember, 1, kMost));
}

// Whether there is an array of gradients.
bool NeedsGradient(const Program& program, const StepOptions& options) {
  return options.clip_norm > 0 ||
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
      kept_(options.keeps ? program_->arena_size() : 0) {
  for (int i = 0; i < options.optimizer->slots; ++i) slots_.emplace_back(program_->arena_size());
  LoadTiles();
  if (options.clip_norm > 0) squares_.resize(tiles_.size());
}

SaturatingSize Training::Bytes(const Program& program, const StepOptions& options, int members) {
  const SaturatingSize arenas = 1 + options.optimizer->slots +
                                (NeedsGradient(program, options) ? 1 : 0) + (options.keeps ? 1 : 0);
  return arenas * program.arena_size() * sizeof(float) +
         StepMemory::Bytes(program, options.batch_size, members);
}

void Training::SetParameters(std::span<const float> logical) {
  program_->WriteAll(logical, arena_.data());
}

void Training::LoadTiles() {
  cost_.push_back(0);
  for (size_t s = 0; s < program_->stages().size(); ++s) {
    const Stage& stage = program_->stages()[s];
    if (!stage.affine) continue;
    for (int64_t p = 0; p < stage.out.count; ++p) {
      for (int64_t b = 0; b < stage.in.count; ++b) {
        tiles_.push_back({static_cast<int32_t>(s), p, b});
        cost_.push_back(cost_.back() + stage.in.columns_of(b) * stage.out.stride);
      }
    }
  }
}

int Training::UsefulMembers(const Program& program, int64_t rows) {
  return UsefulFor(program, StepMemory::ChunkRows(program, rows));
}

int Training::Members() const { return UsefulFor(*program_, chunk_rows_); }

// ---- Phase 1 ------------------------------------------------------------------------------------

std::optional<double> Training::ComputeLoss(const Batch& batch, OnRows on_rows,
                                            absl::FunctionRef<bool()> stop) {
  batch_rows_ = batch.rows;
  double loss = 0;
  for (int64_t done = 0; done < batch.rows; done += chunk_rows_) {
    if (done > 0 && stop()) return std::nullopt;
    chunk_rows_ = std::min(memory_.chunk_rows(), batch.rows - done);
    const Batch chunk{batch.samples, batch.order, batch.begin + done, chunk_rows_};
    const int64_t groups = (chunk_rows_ + kRowGroup - 1) / kRowGroup;
    team_.Run(Members(), [&](int member, int members) {
      if (member == 0) most_members_ = std::max(most_members_, members);
      const int64_t first = groups * member / members * kRowGroup;
      const int64_t last = std::min(groups * (member + 1) / members * kRowGroup, chunk_rows_);
      if (first < last) ForwardAndBack(chunk, first, last - first, member);
    });
    for (int64_t r = 0; r < chunk_rows_; ++r) loss += memory_.losses()[r];
    on_rows(chunk_rows_, memory_.predictions(), memory_.targets());
    if (gradient_.empty()) continue;
    ForEachTile([&](size_t t, int /*member*/) { AccumulateTile(tiles_[t], done > 0); });
  }
  return loss;
}

void Training::ForwardAndBack(const Batch& chunk, int64_t first, int64_t rows, int member) {
  const auto stages = program_->stages();
  const Panels& in = stages.front().in;
  const MutableRows x = memory_.input().from(in, first);
  chunk.samples.GatherPanels(chunk.order, chunk.begin + first, rows, x.panel_size, in.stride,
                             x.data, memory_.targets() + first * program_->plan().output_width());
  for (size_t s = 0; s < stages.size(); ++s) {
    const Stage& stage = stages[s];
    const StepMemory::StageRows& at = memory_.stage(s);
    StageForward(program_->kernels(), stage, arena_.data(), rows, at.in.from(stage.in, first),
                 {at.values.data(), first * stage.out.stride}, memory_.rows(member));
  }
  TakeLoss(first, rows);
  for (size_t s = stages.size(); s-- > memory_.first_affine();) StepBack(s, first, rows, member);
}

void Training::TakeLoss(int64_t first, int64_t rows) {
  const Stage& last = program_->stages().back();
  const int64_t outputs = last.out.columns;
  float* const logits = memory_.logits() + first * outputs;
  Unpack(
      last.out, rows,
      ConstRows(memory_.stage(program_->stages().size() - 1).values.back()).from(last.out, first),
      logits);
  program_->kernels().link.forward({}, rows, outputs, logits,
                                   memory_.predictions() + first * outputs);
  program_->kernels().loss.compute(program_->plan().loss_arguments(), rows, outputs, logits,
                                   memory_.targets() + first * outputs, memory_.losses() + first,
                                   logits);
}

void Training::LastDelta(int64_t p, int64_t first, int64_t rows, float* delta) const {
  const Panels& out = program_->stages().back().out;
  const float scale = 1.0F / static_cast<float>(batch_rows_);
  PackPanel(out, p, rows, scale, memory_.logits() + first * out.columns, delta);
}

void Training::TransposeAbove(size_t s, int64_t p, float* transposed) const {
  const Stage& above = program_->stages()[s + 1];
  const int64_t panel = above.out.panel_size(above.in.columns);
  const float* weights = arena_.data() + above.weights + p * kPanelColumns * above.out.stride;
  for (int64_t q = 0; q < above.out.count; ++q) {
    program_->kernels().transpose(above.in.columns_of(p), above.out.padded_columns_of(q),
                                  weights + q * panel, above.out.stride,
                                  transposed + q * kPanelColumns * kPanelColumns);
  }
}

void Training::DeltaFromAbove(size_t s, int64_t p, int64_t first, int64_t rows,
                              const float* transposed, float* delta) const {
  const Stage& above = program_->stages()[s + 1];
  const MutableRows z = memory_.stage(s + 1).delta.from(above.out, first);
  program_->kernels().multiply({.rows = rows,
                                .columns = above.in.padded_columns_of(p),
                                .depth = above.out.columns,
                                .x = z.data,
                                .x_row_stride = above.out.stride,
                                .x_block_stride = z.panel_size,
                                .w = transposed,
                                .w_stride = kPanelColumns,
                                .c = delta,
                                .c_stride = above.in.stride});
}

void Training::StepBack(size_t s, int64_t first, int64_t rows, int member) {
  const auto stages = program_->stages();
  const Stage& stage = stages[s];
  const StepMemory::StageRows& at = memory_.stage(s);
  float* const transposed = memory_.transposed(member);
  for (int64_t p = 0; p < stage.out.count; ++p) {
    if (s + 1 < stages.size()) TransposeAbove(s, p, transposed);
    for (int64_t r = first; r < first + rows; r += kTileRows) {
      const int64_t count = std::min(kTileRows, first + rows - r);
      float* const place = at.delta.from(stage.out, r).panel(p);
      float* const delta = at.delta_is_value ? memory_.tile(member) : place;
      if (s + 1 < stages.size()) {
        DeltaFromAbove(s, p, r, count, transposed, delta);
      } else {
        LastDelta(p, r, count, delta);
      }
      if (stage.elementwise)
        PanelBackward(stage, p, count, {at.values.data(), r * stage.out.stride}, delta);
      if (delta != place) std::copy(delta, delta + count * stage.out.stride, place);
    }
  }
  if (!stage.elementwise) {
    StageBackward(stage, rows, {at.values.data(), first * stage.out.stride},
                  at.delta.from(stage.out, first), memory_.rows(member));
  }
}

// ---- Phase 2 ------------------------------------------------------------------------------------

void Training::StartSlots(double learning_rate) {
  const SlotStarts starts =
      options_.optimizer->slot_starts(options_.optimizer_arguments, learning_rate);
  for (size_t i = 0; i < slots_.size(); ++i) {
    // Padding too: without gradient it does not move, whatever is in its slots.
    if (starts[i] != 0)
      std::fill(slots_[i].begin(), slots_[i].end(), static_cast<float>(starts[i]));
  }
}

void Training::Update(double learning_rate, const Batch& next) {
  if (step_ == 0) StartSlots(learning_rate);
  const auto tiles = static_cast<int64_t>(tiles_.size());
  const StepConstants constants =
      options_.optimizer->constants(options_.optimizer_arguments, learning_rate, ++step_);
  GradientTerms<float> terms{.l2 = static_cast<float>(options_.l2),
                             .l1 = static_cast<float>(options_.l1)};
  if (options_.clip_value > 0) terms.limit = static_cast<float>(options_.clip_value);
  if (options_.clip_norm > 0) {
    terms.scale = static_cast<float>(ClipScale(options_.clip_norm, GradientNorm()));
  }
  const int64_t rows = next.samples.RowsToPrefetch(next.rows);
  ForEachTile([&](size_t t, int member) {
    const int64_t first = rows * static_cast<int64_t>(t) / tiles;
    const int64_t last = rows * static_cast<int64_t>(t + 1) / tiles;
    next.samples.Prefetch(next.order, next.begin + first, last - first);
    UpdateTile(tiles_[t], constants, terms, memory_.tile(member));
  });
  if (options_.max_norm > 0) {
    ForEachTile([&](size_t t, int /*member*/) {
      if (tiles_[t].b == 0) LimitNorms(tiles_[t]);
    });
  }
}

double Training::GradientNorm() {
  ForEachTile([&](size_t t, int /*member*/) { squares_[t] = SquaredGradient(tiles_[t]); });
  return std::sqrt(std::accumulate(squares_.begin(), squares_.end(), 0.0));
}

double Training::SquaredGradient(const Tile& tile) const {
  const Stage& stage = program_->stages()[tile.stage];
  const int64_t columns = stage.out.columns_of(tile.p);
  std::array<double, kPanelColumns> sums{};
  const auto add = [&](const float* row) {
    for (int64_t c = 0; c < columns; ++c) {
      sums[c] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    }
  };
  const float* const weights = gradient_.data() + Place(tile);
  for (int64_t r = 0; r < stage.in.columns_of(tile.b); ++r) add(weights + r * stage.out.stride);
  if (tile.b == 0 && stage.bias >= 0) {
    add(gradient_.data() + stage.bias + tile.p * stage.out.stride);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void Training::LimitNorms(const Tile& tile) {
  const Stage& stage = program_->stages()[tile.stage];
  const int64_t stride = stage.out.stride;
  const int64_t columns = stage.out.columns_of(tile.p);
  float* const weights = arena_.data() + Place(tile);
  float* const end = weights + stage.in.columns * stride;
  std::array<double, kPanelColumns> squares{};
  for (const float* row = weights; row < end; row += stride) {
    for (int64_t c = 0; c < columns; ++c) {
      squares[c] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    }
  }
  std::array<float, kPanelColumns> scale{};
  bool any = false;
  for (int64_t c = 0; c < columns; ++c) {
    scale[c] = static_cast<float>(MaxNormScale(options_.max_norm, squares[c]));
    any |= scale[c] != 1;
  }
  if (!any) return;
  for (float* row = weights; row < end; row += stride) {
    for (int64_t c = 0; c < columns; ++c) row[c] *= scale[c];
  }
}

void Training::ForEachTile(absl::FunctionRef<void(size_t t, int member)> f) {
  team_.Run(Members(), [&](int member, int members) {
    // Each member has the same tiles in every step, so that they stay in its cache.
    const auto at = [&](int m) {
      const int64_t cost = cost_.back() * m / members;
      return std::lower_bound(cost_.begin(), cost_.end(), cost) - cost_.begin();
    };
    const size_t last = std::min<size_t>(at(member + 1), tiles_.size());
    for (size_t t = at(member); t < last; ++t) f(t, member);
  });
}

int64_t Training::Place(const Tile& tile) const {
  const Stage& stage = program_->stages()[tile.stage];
  return stage.weights + tile.p * stage.out.panel_size(stage.in.columns) +
         tile.b * kPanelColumns * stage.out.stride;
}

void Training::WeightGradient(const Tile& tile, bool accumulate, float* gradient) const {
  const Stage& stage = program_->stages()[tile.stage];
  const StepMemory::StageRows& at = memory_.stage(tile.stage);
  program_->kernels().multiply({.rows = stage.in.columns_of(tile.b),
                                .columns = stage.out.padded_columns_of(tile.p),
                                .depth = chunk_rows_,
                                .x = at.in.panel(tile.b),
                                .x_row_stride = stage.in.stride,
                                .transposed = true,
                                .w = at.delta.panel(tile.p),
                                .w_stride = stage.out.stride,
                                .c = gradient,
                                .c_stride = stage.out.stride,
                                .accumulate = accumulate});
}

void Training::BiasGradient(const Tile& tile, bool accumulate, float* gradient) const {
  const Panels& out = program_->stages()[tile.stage].out;
  program_->kernels().sum_rows(chunk_rows_, out.padded_columns_of(tile.p),
                               memory_.stage(tile.stage).delta.panel(tile.p), out.stride,
                               accumulate, gradient);
}

void Training::AccumulateTile(const Tile& tile, bool accumulate) {
  const Stage& stage = program_->stages()[tile.stage];
  WeightGradient(tile, accumulate, gradient_.data() + Place(tile));
  if (tile.b == 0 && stage.bias >= 0) {
    BiasGradient(tile, accumulate, gradient_.data() + stage.bias + tile.p * stage.out.stride);
  }
}

void Training::UpdateTile(const Tile& tile, const StepConstants& constants,
                          const GradientTerms<float>& terms, float* room) {
  const Stage& stage = program_->stages()[tile.stage];
  const int64_t stride = stage.out.stride;
  const int64_t weights = Place(tile);
  const int64_t rows = stage.in.columns_of(tile.b);
  const bool has_bias = tile.b == 0 && stage.bias >= 0;
  const int64_t bias = stage.bias + tile.p * stride;
  if (!gradient_.empty()) {
    Step(constants, terms, weights, rows * stride, gradient_.data() + weights);
    if (has_bias) {
      Step(constants, terms.Unregularized(), bias, stride, gradient_.data() + bias);
    }
    return;
  }
  // Padding has no gradient.
  if (stage.out.padded_columns_of(tile.p) < stride) std::fill_n(room, rows * stride, 0.0F);
  WeightGradient(tile, /*accumulate=*/false, room);
  Step(constants, terms, weights, rows * stride, room);
  if (!has_bias) return;
  BiasGradient(tile, /*accumulate=*/false, room);
  Step(constants, terms.Unregularized(), bias, stride, room);
}

void Training::Step(const StepConstants& constants, const GradientTerms<float>& terms, int64_t at,
                    int64_t n, const float* gradient) {
  std::array<float*, kMostSlots> slots{};
  for (size_t i = 0; i < slots_.size(); ++i) slots[i] = slots_[i].data() + at;
  optimizer_.step(constants, terms, n, gradient, arena_.data() + at, slots.data());
}

// ---- Looking for what went wrong ----------------------------------------------------------------

std::string Training::FirstLayerNotFinite() const {
  const auto stages = program_->stages();
  for (size_t s = 0; s < stages.size(); ++s) {
    const Stage& stage = stages[s];
    const auto& layers = program_->plan().layers();
    for (size_t i = 0; i < memory_.stage(s).values.size(); ++i) {
      // What is given is no layer's, and a delta is no activity.
      if (i == 0 && (!stage.affine || memory_.stage(s).delta_is_value)) continue;
      const MutableRows& value = memory_.stage(s).values[i];
      for (int64_t p = 0; p < stage.out.count; ++p) {
        for (int64_t r = 0; r < chunk_rows_; ++r) {
          const float* row = value.panel(p) + r * stage.out.stride;
          if (std::all_of(row, row + stage.out.columns_of(p), IsFinite)) continue;
          return layers[i == 0 ? stage.layer : stage.activations[i - 1].layer].name;
        }
      }
    }
  }
  return "";
}

}  // namespace fnn::core
