// Phase 2 of a training step: the optimiser's step, with what comes before and after it.

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/engine/training.h"

namespace fnn::core {

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
  const auto tiles = static_cast<int64_t>(tiles_.all().size());
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
    UpdateTile(t, constants, terms, member);
  });
  if (options_.max_norm > 0) {
    ForEachTile([&](size_t t, int /*member*/) {
      const Tile& tile = tiles_.all()[t];
      if (tile.b == 0 && tiles_.Map(tile) != nullptr) LimitNorms(tile);
    });
  }
  if (watches_) FinishWatch();
  FollowBatch();
}

bool Training::Search(double learning_rate, const Batch& batch, double loss,
                      absl::FunctionRef<bool()> stop) {
  FollowBatch();
  const bool watches = std::exchange(watches_, false);  // The step from here, and no place on it.
  if (watches) {
    ForEachTile([&](size_t t, int member) {
      std::array<float*, Tiles::kMostParts> gradients;
      meter_->BeforeStep(t, arena_.data(), InArena(tiles_.all()[t], gradients), member);
    });
  }
  const auto on_rows = [](int64_t, const float*, const float*) {};
  const auto evaluate = [&]() -> std::optional<double> {
    if (stop()) return std::nullopt;
    const std::optional<LossSum> sum = ComputeLoss(batch, on_rows, stop);
    if (!sum.has_value()) return std::nullopt;
    return Regularize(sum->Mean());
  };
  const auto for_each = [&](int64_t parts, absl::FunctionRef<void(int64_t)> f) {
    team_.Run(static_cast<int>(std::min<int64_t>(Members(), parts)), [&](int member, int members) {
      const int64_t end = parts * (member + 1) / members;
      for (int64_t part = parts * member / members; part < end; ++part) f(part);
    });
  };
  const bool stepped = lbfgs_->Step(learning_rate, Regularize(loss),
                                    {.parameters = arena_.data(),
                                     .gradient = gradient_.data(),
                                     .evaluate = evaluate,
                                     .for_each = for_each});
  if (watches && stepped) FinishWatch();
  return stepped;
}

void Training::FinishWatch() {
  if (meter_->steps_late()) {
    ForEachTile([&](size_t t, int member) { meter_->AfterStep(t, arena_.data(), member); });
  }
  meter_->Finish(arena_.data());
  watches_ = false;
}

double Training::Regularize(double loss) {
  if (options_.l2 == 0) return loss;
  const auto l2 = static_cast<float>(options_.l2);
  ForEachTile([&](size_t t, int /*member*/) {
    std::array<TilePart, Tiles::kMostParts> room;
    for (const TilePart& part : tiles_.Parts(tiles_.all()[t], room)) {
      if (!part.regularized) continue;
      float* const g = gradient_.data() + part.place;
      const float* const w = arena_.data() + part.place;
      for (int64_t i = 0; i < part.size; ++i) g[i] += l2 * w[i];
    }
  });
  return loss + 0.5 * options_.l2 * SquaredNorm();
}

void Training::FollowBatch() {
  for (const size_t s : over_batch_) {
    const Stage& stage = program_->stages()[s];
    std::array<float*, LayerFunction::kMostParameters> parameters{};
    for (size_t i = 0; i < stage.parameters.size(); ++i) {
      parameters[i] = arena_.data() + stage.parameters[i];
    }
    stage.node->function->Follow(chunk_rows_, memory_.stage(s).statistics, parameters.data());
  }
}

double Training::GradientNorm() {
  ForEachTile([&](size_t t, int /*member*/) { squares_[t] = SquaredGradient(tiles_.all()[t]); });
  return std::sqrt(std::accumulate(squares_.begin(), squares_.end(), 0.0));
}

double Training::SquaredGradient(const Tile& tile) const {
  std::array<double, kPanelColumns> sums{};
  const auto add = [&](const float* values, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
      sums[i % kPanelColumns] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
  };
  // Padding is 0.
  std::array<TilePart, Tiles::kMostParts> room;
  for (const TilePart& part : tiles_.Parts(tile, room)) {
    add(gradient_.data() + part.place, part.size);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void Training::LimitNorms(const Tile& tile) {
  const MapPlace& map = *tiles_.Map(tile);
  const int64_t stride = map.units.stride;
  const int64_t columns = map.units.columns_of(tile.p);
  float* const weights = arena_.data() + map.panel(tile.group, tile.p);
  float* const end = weights + map.fan_in * stride;
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
      const auto costs = tiles_.cost();
      const int64_t cost = costs.back() * m / members;
      return std::lower_bound(costs.begin(), costs.end(), cost) - costs.begin();
    };
    const size_t last = std::min<size_t>(at(member + 1), tiles_.all().size());
    for (size_t t = at(member); t < last; ++t) f(t, member);
  });
}

void Training::UpdateTile(size_t t, const StepConstants& constants,
                          const GradientTerms<float>& terms, int member) {
  const Tile& tile = tiles_.all()[t];
  std::array<TilePart, Tiles::kMostParts> room;
  const auto parts = tiles_.Parts(tile, room);
  std::array<float*, Tiles::kMostParts> gradients;
  if (gradient_.empty()) {
    float* place = memory_.tile(member);
    for (size_t i = 0; i < parts.size(); place += parts[i++].size) gradients[i] = place;
    tiles_.Gradient(tile, chunk_rows_, member, /*adds=*/false, gradients.data());
  } else {
    InArena(tile, gradients);
  }
  if (watches_) meter_->BeforeStep(t, arena_.data(), gradients.data(), member);
  for (size_t i = 0; i < parts.size(); ++i) {
    Step(constants, parts[i].regularized ? terms : terms.Unregularized(), parts[i].place,
         parts[i].size, gradients[i]);
  }
  if (watches_ && !meter_->steps_late()) meter_->AfterStep(t, arena_.data(), member);
}

void Training::Step(const StepConstants& constants, const GradientTerms<float>& terms, int64_t at,
                    int64_t n, const float* gradient) {
  std::array<float*, kMostSlots> slots{};
  for (size_t i = 0; i < slots_.size(); ++i) slots[i] = slots_[i].data() + at;
  optimizer_.step(constants, terms, n, gradient, arena_.data() + at, slots.data());
}

}  // namespace fnn::core
