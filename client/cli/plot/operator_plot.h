#ifndef FNN_CLIENT_CLI_PLOT_OPERATOR_PLOT_H_
#define FNN_CLIENT_CLI_PLOT_OPERATOR_PLOT_H_

#include <string>
#include <vector>

#include "fnn/v1/analysis_service.pb.h"

namespace fnn::cli {

// One operator, as it is called in the picture.
struct SampledOperator {
  std::string name;
  v1::SampleOperatorResponse samples;
};

// How many curves one diagram tells apart.
inline constexpr size_t kMostInOneDiagram = 6;

// A picture of operators as an SVG document: values as solid lines, slopes as dashed ones, of the
// same colour where there are several. Up to kMostInOneDiagram share a diagram; more have small
// diagrams of their own, each with its own scale. What is not finite, or beyond what an axis holds,
// is a gap.
std::string OperatorPlot(const std::string& title, const std::vector<SampledOperator>& operators);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_OPERATOR_PLOT_H_
