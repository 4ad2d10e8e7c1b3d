// fnn surface compute, and its picture.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "client/cli/plot/contours.h"
#include "client/cli/plot/surface_plot.h"
#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFrame[] =
    "frame { x: [0, 1, 2] y: [0, 1] losses: 'mean_squared_error' rows: 4 "
    "trajectory { x: 0.5 y: 0.5 } trajectory { x: 1 y: 0.5 } explained_variance: 0.75 }";
constexpr char kRow0[] = "row { index: 0 values { loss: [3, 2.5, 1] } }";
constexpr char kRow1[] = "row { index: 1 values { loss: [3, 0.5, inf] } }";

class SurfaceTest : public CliFixture {
 protected:
  void ExpectCompute(const std::vector<std::string>& messages) {
    EXPECT_CALL(*mock_, ComputeLossSurface).WillOnce([=, this](const auto& request) {
      request_ = request;
      std::vector<v1::ComputeLossSurfaceResponse> script;
      for (const std::string& text : messages) {
        script.push_back(Text<v1::ComputeLossSurfaceResponse>(text));
      }
      return Script<v1::ComputeLossSurfaceResponse>(script);
    });
  }

  v1::ComputeLossSurfaceRequest request_;
};

TEST_F(SurfaceTest, PrintsTheLeastOfEachLossAndDrawsAPicture) {
  ExpectCompute({"progress { epochs_done: 1 epochs: 9 }", kFrame, kRow0, kRow1});
  const std::string plot = File("surface.svg", "");
  EXPECT_EQ(Fnn({"surface",   "compute",    "--layers", "2 > 3:tanh > 1",
                 "--data",    "datasets/d", "--train",  "--epochs",
                 "9",         "--seed",     "5",        "--directions",
                 "principal", "--points",   "3",        "--x",
                 "-1",        "2",          "--losses", "mean_squared_error",
                 "--plot",    plot}),
            0)
      << err_;
  EXPECT_EQ(request_.point().seed(), 5u);
  EXPECT_EQ(request_.point().description().layers_size(), 2);
  EXPECT_EQ(request_.training().epochs(), 9);
  EXPECT_EQ(request_.directions(), v1::SURFACE_DIRECTIONS_PRINCIPAL);
  EXPECT_EQ(request_.x().low(), -1);
  EXPECT_EQ(request_.x().high(), 2);
  EXPECT_EQ(request_.y().points(), 3);
  EXPECT_FALSE(request_.y().has_low());
  EXPECT_TRUE(request_.losses(0).has_mean_squared_error());
  EXPECT_THAT(out_, HasSubstr("mean_squared_error    0.5     1     1   inf"));
  EXPECT_THAT(out_, HasSubstr("explains 75 % of the way"));
  EXPECT_THAT(Read(plot), HasSubstr("</svg>"));
}

TEST_F(SurfaceTest, AsCsvALineAPoint) {
  ExpectCompute({kFrame, kRow0, kRow1});
  EXPECT_EQ(Fnn({"-o", "csv", "surface", "compute", "m", "--data", "datasets/d", "--line"}), 0);
  EXPECT_EQ(request_.point().model(), "models/m");
  EXPECT_FALSE(request_.has_y());
  EXPECT_EQ(out_, "x,y,mean_squared_error\n0,0,3\n1,0,2.5\n2,0,1\n0,1,3\n1,1,0.5\n2,1,inf\n");
}

TEST_F(SurfaceTest, UsageErrors) {
  const auto usage = [this](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"surface", "compute", "--data", "datasets/d"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Fnn(arguments);
  };
  EXPECT_EQ(usage({}), 2);
  EXPECT_EQ(usage({"m", "--layers", "2 > 1"}), 2);
  EXPECT_EQ(usage({"m", "--directions", "training"}), 2);
  EXPECT_THAT(err_, HasSubstr("--train"));
  EXPECT_EQ(usage({"m", "--losses", "nonsense"}), 2);
  EXPECT_EQ(usage({"m", "--x", "1"}), 2);
  EXPECT_EQ(usage({"m", "--plot", "a.png"}), 2);
}

TEST_F(SurfaceTest, AnAnswerThatDoesNotFitIsAnError) {
  ExpectCompute({kFrame, kRow0});
  EXPECT_EQ(Fnn({"surface", "compute", "m", "--data", "datasets/d"}), 1);
  ExpectCompute({kFrame, kRow0, "row { index: 1 values { loss: [3] } }"});
  EXPECT_EQ(Fnn({"surface", "compute", "m", "--data", "datasets/d"}), 1);
  ExpectCompute({kFrame, kRow0, "row { index: 7 values { loss: [3, 2, 1] } }"});
  EXPECT_EQ(Fnn({"surface", "compute", "m", "--data", "datasets/d"}), 1);
}

TEST(ContourTest, CrossesEdgesWhereTheyAreAtTheLevel) {
  // A slope along x: the level 1 is at a quarter of the cell.
  const std::vector<Segment> slope = Contour({{0, 4}, {0, 4}}, 1);
  ASSERT_EQ(slope.size(), 1u);
  EXPECT_DOUBLE_EQ(slope[0].x1, 0.25);
  EXPECT_DOUBLE_EQ(slope[0].x2, 0.25);
  EXPECT_DOUBLE_EQ(slope[0].y1 + slope[0].y2, 1);
  EXPECT_TRUE(Contour({{0, 4}, {0, 4}}, 5).empty());
  EXPECT_TRUE(Contour({{0, 4}, {0, std::nan("")}}, 1).empty());
}

TEST(ContourTest, ASaddleIsTwoPieces) {
  for (const auto& [high, middle] : {std::pair(10.0, true), std::pair(1.5, false)}) {
    // Corners 0 and 2 are high: with the mean above the level they are one, else apart.
    const std::vector<Segment> saddle = Contour({{high, 0}, {0, high}}, 1);
    ASSERT_EQ(saddle.size(), 2u);
    for (const Segment& s : saddle) {
      // Each cuts off a corner; which, its middle tells.
      const double x = (s.x1 + s.x2) / 2;
      const double y = (s.y1 + s.y2) / 2;
      EXPECT_EQ((x < 0.5) != (y < 0.5), middle) << x << " " << y;
    }
  }
}

TEST(SurfacePlotTest, ShowsLossesSideBySideWithTheWay) {
  ReceivedSurface surface;
  surface.frame = Text<v1::ComputeLossSurfaceResponse>(kFrame).frame();
  surface.frame.add_losses("a < b");
  for (const char* text : {kRow0, kRow1}) {
    v1::SurfaceRow row = Text<v1::ComputeLossSurfaceResponse>(text).row();
    *row.add_values() = row.values(0);
    surface.rows.push_back(row);
  }
  const std::string svg = SurfacePlot("XOR & more", surface);
  EXPECT_THAT(svg, HasSubstr("XOR &amp; more"));
  EXPECT_THAT(svg, HasSubstr("mean_squared_error"));
  EXPECT_THAT(svg, HasSubstr("a &lt; b"));
  EXPECT_THAT(svg, HasSubstr("<circle"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(SurfacePlotTest, ALineIsACurveAndGapsAreLeft) {
  ReceivedSurface surface;
  surface.frame =
      Text<v1::ComputeLossSurfaceResponse>("frame { x: [0, 1] y: 0 losses: 'm' }").frame();
  EXPECT_THAT(SurfacePlot("t", surface), HasSubstr("</svg>"));  // No row came.
  surface.rows.push_back(
      Text<v1::ComputeLossSurfaceResponse>("row { values { loss: [1, 2] } }").row());
  EXPECT_THAT(SurfacePlot("t", surface), HasSubstr("<path"));
}

}  // namespace
}  // namespace fnn::cli
