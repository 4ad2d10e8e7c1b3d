#include "client/cli/plot/loss_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "client/cli/plot/axis.h"
#include "client/cli/plot/health_plot.h"
#include "client/cli/plot/svg.h"
#include "tests/client/mock_connection.h"

namespace fnn::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A strict reader of the XML that the writer may make: elements nest, attributes are quoted, and no
// bare `<` or `&` is left. Gives what is wrong; empty for nothing.
std::string XmlFault(const std::string& text) {
  std::vector<std::string> open;
  size_t at = 0;
  bool root_seen = false;
  while (at < text.size()) {
    if (text[at] == '&') {
      const size_t end = text.find(';', at);
      const std::string entity = text.substr(at, end == std::string::npos ? 1 : end - at + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;") {
        return "bare & at " + std::to_string(at);
      }
    }
    if (text[at] != '<') {
      ++at;
      continue;
    }
    size_t end = at + 1;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
      if (text[end] == '"') quoted = !quoted;
      if (text[end] == '<') return "< inside a tag at " + std::to_string(end);
    }
    if (end == text.size()) return "a tag is not closed";
    const std::string tag = text.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" \n/", 1));
    if (tag[0] == '/') {
      if (open.empty() || "/" + open.back() != tag) return tag + " closes nothing";
      open.pop_back();
    } else if (tag[0] != '?' && tag.back() != '/') {
      if (open.empty() && root_seen) return "a second root";
      root_seen = true;
      open.push_back(name);
    }
    at = end + 1;
  }
  return open.empty() && root_seen ? "" : "an element is not closed";
}

std::vector<v1::EpochReport> Reports(const std::vector<double>& losses) {
  std::vector<v1::EpochReport> reports;
  for (const double loss : losses) {
    v1::EpochReport& report = reports.emplace_back();
    report.set_epoch(static_cast<int64_t>(reports.size()) - 1);
    report.set_train_loss(loss);
  }
  return reports;
}

TEST(XmlFaultTest, SeesFaults) {
  EXPECT_EQ(XmlFault("<a><b/>x</a>"), "");
  EXPECT_NE(XmlFault("<a><b></a></b>"), "");
  EXPECT_NE(XmlFault("<a>"), "");
  EXPECT_NE(XmlFault("<a>&</a>"), "");
  EXPECT_NE(XmlFault("<a b=\"<\"/>"), "");
}

TEST(EscapeXmlTest, EscapesAndReplaces) {
  EXPECT_EQ(EscapeXml("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
  EXPECT_EQ(EscapeXml("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(EscapeXml(std::string("a\0b\x1b", 4)), "a" + bad + "b" + bad);
  EXPECT_EQ(EscapeXml("\xff"), bad);                      // Never in UTF-8.
  EXPECT_EQ(EscapeXml("\xc3"), bad);                      // Cut off.
  EXPECT_EQ(EscapeXml("\xc0\x80"), bad + bad);            // Overlong.
  EXPECT_EQ(EscapeXml("\xed\xa0\x80"), bad + bad + bad);  // A surrogate.
}

TEST(SvgValueTest, LengthsAreShort) {
  EXPECT_EQ(SvgValue(1.0).text, "1");
  EXPECT_EQ(SvgValue(0.125).text, "0.12");
  EXPECT_EQ(SvgValue(-0.001).text, "0");
}

TEST(LossPlotTest, IsWellFormedWhateverItIsGiven) {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> cases = {{},
                                                  {1},
                                                  {0},
                                                  {nan},
                                                  {infinity, -infinity},
                                                  {1, nan, 3},
                                                  {2, 2, 2},
                                                  {0, 0},
                                                  {-1, 5},
                                                  {1e-300, 1e300},
                                                  {1e-320},
                                                  {1.7e308, -1.7e308},
                                                  {5e-324, 1},
                                                  std::vector<double>(5000, 0.5)};
  for (const std::vector<double>& losses : cases) {
    for (const LossScale scale : {LossScale::kAuto, LossScale::kLinear, LossScale::kLog}) {
      const std::string svg = LossPlot(Reports(losses), {"<run & \"x\" \xff\x1b", scale});
      EXPECT_EQ(XmlFault(svg), "") << ::testing::PrintToString(losses);
      EXPECT_THAT(svg, Not(HasSubstr("nan\""))) << ::testing::PrintToString(losses);
      EXPECT_THAT(svg, Not(HasSubstr("inf\""))) << ::testing::PrintToString(losses);
    }
  }
}

TEST(LossPlotTest, WithoutEpochsItSaysSo) {
  EXPECT_THAT(LossPlot({}, {"runs/r", LossScale::kAuto}), HasSubstr("No epoch has been reported."));
}

TEST(LossPlotTest, AGapIsNoLine) {
  EXPECT_THAT(LossPlot(Reports({1, 2}), {}), HasSubstr("<path d=\"M76 "));
  const std::string svg = LossPlot(Reports({1, 2, std::nan(""), 3, 4}), {});
  const size_t path = svg.find("<path d=\"");
  const std::string d = svg.substr(path + 9, svg.find('"', path + 9) - path - 9);
  EXPECT_EQ(std::count(d.begin(), d.end(), 'M'), 2);
  EXPECT_EQ(std::count(d.begin(), d.end(), 'L'), 2);
}

TEST(LossPlotTest, HasACurveForValidationAndAPanelForAMetric) {
  auto reports = Reports({2, 1});
  EXPECT_THAT(LossPlot(reports, {}), Not(HasSubstr(">validation<")));
  for (auto& report : reports) {
    report.set_validation_loss(1);
    auto& metric = *report.add_validation_metrics();
    metric.set_name("mean_squared_error");
    metric.set_value(0.5);
  }
  const std::string svg = LossPlot(reports, {});
  EXPECT_THAT(svg, HasSubstr(">validation<"));
  EXPECT_THAT(svg, HasSubstr(">Mean squared error<"));
}

TEST(LossPlotTest, IsLogarithmicWhereLossesSpanAWideRange) {
  EXPECT_THAT(LossPlot(Reports({1000, 1}), {}), HasSubstr("Loss (logarithmic)"));
  EXPECT_THAT(LossPlot(Reports({10, 1}), {}), Not(HasSubstr("logarithmic")));
  EXPECT_THAT(LossPlot(Reports({1000, 0}), {}), Not(HasSubstr("logarithmic")));
  EXPECT_THAT(LossPlot(Reports({1000, 1}), {"", LossScale::kLinear}),
              Not(HasSubstr("logarithmic")));
  EXPECT_THAT(LossPlot(Reports({10, 1}), {"", LossScale::kLog}), HasSubstr("logarithmic"));
}

std::vector<std::string> Labels(const Axis& axis) {
  std::vector<std::string> labels;
  for (const Axis::Tick& tick : axis.ticks()) {
    if (!tick.label.empty()) labels.push_back(tick.label);
  }
  return labels;
}

TEST(AxisTest, LinearTicksAreRoundAndHoldTheData) {
  const Axis axis = Axis::Linear(0.03, 2.31);
  EXPECT_THAT(Labels(axis), ElementsAre("0.0", "0.5", "1.0", "1.5", "2.0", "2.5"));
  EXPECT_EQ(axis.Position(0), 0);
  EXPECT_EQ(axis.Position(2.5), 1);
  EXPECT_THAT(Labels(Axis::Linear(-0.2, 0.2)), ElementsAre("-0.2", "-0.1", "0.0", "0.1", "0.2"));
}

TEST(AxisTest, IntegerTicksAreWhole) {
  EXPECT_THAT(Labels(Axis::Integers(0, 3)), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(Labels(Axis::Integers(0, 30)), ElementsAre("0", "5", "10", "15", "20", "25", "30"));
  EXPECT_THAT(Labels(Axis::Integers(4, 4)), ElementsAre("4"));
  EXPECT_EQ(Axis::Integers(4, 4).Position(4), 0.5);
}

TEST(AxisTest, LogTicksAreDecades) {
  EXPECT_THAT(Labels(Axis::Log(0.03, 2.3)),
              ElementsAre("0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"));
  const Axis wide = Axis::Log(1e-9, 1);
  EXPECT_EQ(wide.Position(1), 1);
  EXPECT_LT(Labels(wide).size(), 11u);
}

TEST(AxisTest, NiceSteps) {
  EXPECT_DOUBLE_EQ(NiceStep(10, 5), 2);
  EXPECT_DOUBLE_EQ(NiceStep(1, 5), 0.2);
  EXPECT_DOUBLE_EQ(NiceStep(23, 5), 5);
  EXPECT_DOUBLE_EQ(NiceStep(45, 5), 10);
}

// Reports of the gradient norms of `layers` layers, the same in each of some epochs.
std::vector<v1::EpochReport> HealthReports(int layers, const std::vector<double>& norms) {
  std::vector<v1::EpochReport> reports = Reports(norms);
  for (size_t e = 0; e < norms.size(); ++e) {
    for (int l = 0; l < layers; ++l) {
      v1::LayerHealth& health = *reports[e].add_health();
      health.set_layer("layer" + std::to_string(l));
      health.set_gradient_norm(norms[e]);
    }
  }
  return reports;
}

TEST(HealthPlotTest, IsWellFormedWhateverItIsGiven) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> cases = {
      {}, {1}, {0}, {0, 0}, {std::nan("")}, {infinity, -infinity}, {1e-300, 1e300}, {5e-324, 1}};
  for (const std::vector<double>& norms : cases) {
    for (const int layers : {0, 1, 2, 40}) {
      const std::string svg = HealthPlot(HealthReports(layers, norms), "<run & \xff\x1b");
      EXPECT_EQ(XmlFault(svg), "") << layers << ::testing::PrintToString(norms);
      EXPECT_THAT(svg, Not(HasSubstr("nan\""))) << layers << ::testing::PrintToString(norms);
      EXPECT_THAT(svg, Not(HasSubstr("inf\""))) << layers << ::testing::PrintToString(norms);
    }
  }
}

TEST(HealthPlotTest, HasACurveForEachLayerUpToSome) {
  EXPECT_THAT(HealthPlot({}, ""), HasSubstr("No health has been reported."));
  const std::string three = HealthPlot(HealthReports(3, {1, 2}), "");
  for (const char* const name : {">layer0<", ">layer1<", ">layer2<"}) {
    EXPECT_THAT(three, HasSubstr(name));
  }
  const std::string many = HealthPlot(HealthReports(40, {1, 2}), "");
  EXPECT_THAT(many, HasSubstr("Of 40 layers that learn, 8 are shown"));
  EXPECT_THAT(many, HasSubstr(">layer0<"));
  EXPECT_THAT(many, HasSubstr(">layer39<"));
  EXPECT_THAT(many, Not(HasSubstr(">layer1<")));
}

}  // namespace
}  // namespace fnn::cli
