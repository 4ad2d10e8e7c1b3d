// The gradient check sees slopes that are wrong: by a tenth, by what is missing, by what is added
// where it should be put.

#include "tests/core/ops/layers/gradient_check.h"

#include <cmath>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

enum class Wrong { kNothing, kInput, kParameter, kAdds, kBeyond, kNan };

// p x^2 with one p, wrong in one way.
class Square : public FunctionOf<Square> {
 public:
  explicit Square(Wrong wrong) : wrong_(wrong) {
    shape_ = {4};
    operations_ = 4;
    parameters_.push_back({.name = "p", .size = 1, .start = 1});
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < 4; ++i) {
        out[r][i] = input.parameters[0][0] * input.in[0][r][i] * input.in[0][r][i];
      }
    }
  }
  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t, bool adds,
               Rows<T> in_delta) const {
    const T factor = wrong_ == Wrong::kInput ? T(2.2) : T(2);
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < 4; ++i) {
        const T slope = factor * input.parameters[0][0] * input.in[0][r][i] * delta[r][i];
        Put(adds && wrong_ != Wrong::kAdds, slope, in_delta[r][i]);
      }
      if (wrong_ == Wrong::kBeyond) in_delta[r][4] = 0;
      if (wrong_ == Wrong::kNan) in_delta[r][0] = static_cast<T>(NAN);
    }
  }
  template <typename T>
  void MapGradient(const FunctionInput<T>& input, Rows<const T> delta, size_t, bool adds,
                   T* gradient) const {
    T sum = 0;
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < 4; ++i) sum += delta[r][i] * input.in[0][r][i] * input.in[0][r][i];
    }
    Put(adds, wrong_ == Wrong::kParameter ? sum * T(1.1) : sum, *gradient);
  }

 private:
  Wrong wrong_;
};

double ErrorOf(Wrong wrong) { return GradientError(Square(wrong), {{4}}); }

TEST(GradientCheckTest, SeesWhatIsWrong) {
  EXPECT_LE(ErrorOf(Wrong::kNothing), 1e-6);
  EXPECT_GT(ErrorOf(Wrong::kInput), 1e-2);
  EXPECT_GT(ErrorOf(Wrong::kParameter), 1e-2);
  EXPECT_GT(ErrorOf(Wrong::kAdds), 1e-2);
  EXPECT_GT(ErrorOf(Wrong::kBeyond), 1e-2);
  EXPECT_GT(ErrorOf(Wrong::kNan), 1e-2);
}

}  // namespace
}  // namespace fnn::core
