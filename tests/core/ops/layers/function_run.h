// A function of a layer applied to a batch, forward and back, as the engines do it.

#ifndef FNN_TESTS_CORE_OPS_LAYERS_FUNCTION_RUN_H_
#define FNN_TESTS_CORE_OPS_LAYERS_FUNCTION_RUN_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/ops/layers/function.h"
#include "tests/core/ops/layers/spaced_rows.h"

namespace fnn::core {

// In training by the statistics of the batch, else by those that were kept.
template <typename T>
class FunctionRun {
 public:
  static constexpr int64_t kRows = 5;

  FunctionRun(const LayerFunction& function, const std::vector<Shape>& inputs, bool training = true)
      : function_(function), training_(training), delta_(kRows, Size(function.shape())) {
    int64_t count = 0;
    for (const Shape& shape : inputs) {
      in_.emplace_back(kRows, Size(shape));
      count += in_.back().size();
    }
    // Each number once, none near 0 or another: kinks are far away.
    int64_t drawn = 0;
    for (SpacedRows<T>& in : in_) {
      for (int64_t i = 0; i < in.size(); ++i, ++drawn) {
        const int64_t place = drawn * Step(count) % count;
        in.at(i) = static_cast<float>(
            (static_cast<double>(place) + 0.5) * 4 / static_cast<double>(count) - 2);
      }
    }
    for (int64_t i = 0; i < delta_.size(); ++i) delta_.at(i) = Wave(i, 1.9);
    for (size_t p = 0; p < function.parameters().size(); ++p) {
      std::vector<T>& values = parameters_.emplace_back(function.parameters()[p].size);
      // In (0.3, 1.1), so that a variance may be one.
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(0.7 + 0.4 * Wave(static_cast<int64_t>(i + 5 * p), 2.7));
      }
    }
    if (training) statistics_.resize(function.statistics_size(), static_cast<T>(NAN));
  }

  std::vector<SpacedRows<T>>& in() { return in_; }
  std::vector<std::vector<T>>& parameters() { return parameters_; }
  SpacedRows<T>& delta() { return delta_; }
  std::vector<T>& statistics() { return statistics_; }

  // The statistics of the batch, with channels cut at each of `cuts`.
  void Measure(const std::vector<int64_t>& cuts = {}) {
    if (statistics_.empty()) return;
    EachPart(cuts, function_.channels(), [&](int64_t begin, int64_t end) {
      WithInput(0, kRows, [&](const auto& input) {
        function_.Measure(input, begin, end, statistics_.data());
      });
    });
    EachPart(cuts, function_.channels(), [&](int64_t begin, int64_t end) {
      WithInput(0, kRows, [&](const auto& input) {
        function_.MeasureBack(input, delta_.From(0), begin, end, statistics_.data());
      });
    });
  }

  // Calls are cut into rows at each of `cuts`, here and below.
  std::vector<T> Forward(const std::vector<int64_t>& cuts = {}) {
    SpacedRows<T> out(kRows, Size(function_.shape()));
    EachPart(cuts, kRows, [&](int64_t begin, int64_t end) {
      WithInput(begin, end, [&](const auto& input) { function_.Forward(input, out.From(begin)); });
    });
    intact_ = intact_ && out.Intact();
    return out.Compact();
  }

  // dL/d in[which], less what stood there where it is added to that.
  std::vector<T> Backward(size_t which, bool adds, const std::vector<int64_t>& cuts = {}) {
    SpacedRows<T> out(kRows, in_[which].size() / kRows);
    if (adds) Fill(out.size(), [&](int64_t i) -> T& { return out.at(i); });
    EachPart(cuts, kRows, [&](int64_t begin, int64_t end) {
      WithInput(begin, end, [&](const auto& input) {
        function_.Backward(input, delta_.From(begin), which, adds, out.From(begin));
      });
    });
    intact_ = intact_ && out.Intact();
    std::vector<T> gradient = out.Compact();
    if (adds) TakeOff(gradient);
    return gradient;
  }

  std::vector<T> Gradient(size_t parameter, bool adds, const std::vector<int64_t>& cuts = {}) {
    std::vector<T> gradient(parameters_[parameter].size(), static_cast<T>(NAN));
    const auto size = static_cast<int64_t>(gradient.size());
    if (adds) Fill(size, [&](int64_t i) -> T& { return gradient[i]; });
    EachPart(cuts, kRows, [&](int64_t begin, int64_t end) {
      WithInput(begin, end, [&](const auto& input) {
        function_.Gradient(input, delta_.From(begin), parameter, adds || begin > 0,
                           gradient.data());
      });
    });
    if (adds) TakeOff(gradient);
    return gradient;
  }

  // Whether nothing was written between the rows.
  bool Intact() const { return intact_; }

 private:
  static T Wave(int64_t i, double frequency) {
    return static_cast<float>(std::sin(frequency * static_cast<double>(i) + 0.4));
  }
  // Coprime to the count, so that steps of it reach every place.
  static int64_t Step(int64_t count) {
    for (const int64_t step : {37, 41, 43, 47}) {
      if (count % step != 0) return step;
    }
    return 1;
  }
  template <typename At>
  static void Fill(int64_t size, At at) {
    for (int64_t i = 0; i < size; ++i) at(i) = Before(i);
  }
  static T Before(int64_t i) { return Wave(i, 0.7); }
  static void TakeOff(std::vector<T>& values) {
    for (size_t i = 0; i < values.size(); ++i) values[i] -= Before(static_cast<int64_t>(i));
  }

  template <typename F>
  static void EachPart(const std::vector<int64_t>& cuts, int64_t end, F f) {
    int64_t begin = 0;
    for (const int64_t cut : cuts) {
      if (cut > begin && cut < end) {
        f(begin, cut);
        begin = cut;
      }
    }
    f(begin, end);
  }

  template <typename F>
  void WithInput(int64_t begin, int64_t end, F f) {
    std::vector<Rows<const T>> in;
    for (SpacedRows<T>& rows : in_) in.push_back(rows.From(begin));
    std::vector<const T*> parameters;
    for (const std::vector<T>& p : parameters_) parameters.push_back(p.data());
    f(FunctionInput<T>{
        .rows = end - begin,
        .in = in.data(),
        .parameters = parameters.data(),
        .statistics = statistics_.empty() ? nullptr : statistics_.data(),
        .context = {.training = training_, .seed = 7, .epoch = 2, .first = 11 + begin}});
  }

  const LayerFunction& function_;
  const bool training_;
  std::vector<SpacedRows<T>> in_;
  std::vector<std::vector<T>> parameters_;
  SpacedRows<T> delta_;
  std::vector<T> statistics_;
  bool intact_ = true;
};

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_OPS_LAYERS_FUNCTION_RUN_H_
