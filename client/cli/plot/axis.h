#ifndef FNN_CLIENT_CLI_PLOT_AXIS_H_
#define FNN_CLIENT_CLI_PLOT_AXIS_H_

#include <string>
#include <vector>

namespace fnn::cli {

// Where a value of the data lies on the picture, and which values are marked.
class Axis {
 public:
  struct Tick {
    double value;
    // Empty for a minor tick.
    std::string label;
  };

  // The largest size of a value that an axis holds, and the smallest on a logarithmic one: far
  // beyond what a loss means, and far from where double arithmetic overflows.
  static constexpr double kMost = 1e100;
  static constexpr double kLeast = 1e-100;

  // Holds [low, high] with round ends; -kMost <= low <= high <= kMost. Around a single value it
  // makes room.
  static Axis Linear(double low, double high);
  // The same without rounding the ends outward.
  static Axis Exactly(double low, double high);
  // The same for whole numbers, whose ticks are whole; around a single value it makes room.
  static Axis Integers(double low, double high);
  // Holds [low, high] on a logarithmic scale; kLeast <= low <= high <= kMost.
  static Axis Log(double low, double high);

  // In [0, 1] for a value the axis holds: 0 at its low end.
  double Position(double value) const;

  const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  Axis(bool log, double low, double high) : log_(log), low_(low), high_(high) {}

  bool log_;
  double low_;
  double high_;
  std::vector<Tick> ticks_;
};

// The number 1, 2 or 5 times a power of ten that divides `range` (> 0) into about `steps` parts,
// as Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
double NiceStep(double range, int steps);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_AXIS_H_
