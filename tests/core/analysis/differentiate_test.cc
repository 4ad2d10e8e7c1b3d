#include "core/analysis/differentiate.h"

#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

v1::DifferentiateOperatorResponse Derive(const v1::DifferentiateOperatorRequest& request) {
  auto response = DifferentiateOperator(request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *response : v1::DifferentiateOperatorResponse();
}

TEST(DifferentiateOperatorTest, ArgumentsThatAreNotGivenStaySymbols) {
  v1::DifferentiateOperatorRequest request;
  request.mutable_activation()->mutable_leaky_relu();
  EXPECT_EQ(Derive(request).derivative().text(), "1 if x > 0, else gamma");
  request.mutable_activation()->mutable_leaky_relu()->set_gamma(0.5);
  EXPECT_EQ(Derive(request).derivative().text(), "1 if x > 0, else 1 / 2");
}

TEST(DifferentiateOperatorTest, GivesTextAndLatexOfBoth) {
  v1::DifferentiateOperatorRequest request;
  request.mutable_activation()->mutable_tanh();
  const v1::DifferentiateOperatorResponse response = Derive(request);
  EXPECT_EQ(response.formula().text(), "tanh(x)");
  EXPECT_EQ(response.derivative().text(), "1 - tanh(x)^2");
  EXPECT_EQ(response.formula().latex(), "\\tanh\\left(x\\right)");
  EXPECT_EQ(response.derivative().latex(), "1 - \\tanh^{2}\\left(x\\right)");
}

TEST(DifferentiateOperatorTest, WhatIsNoFormulaOfOneXIsUnsupported) {
  for (const char* name : {"softmax", "log_softmax", "glu"}) {
    v1::DifferentiateOperatorRequest request;
    v1::Activation& activation = *request.mutable_activation();
    const auto* field = activation.GetDescriptor()->FindFieldByName(name);
    activation.GetReflection()->MutableMessage(&activation, field);
    const absl::Status status = DifferentiateOperator(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << name;
    EXPECT_EQ(Reason(status), "UNSUPPORTED") << name;
  }
}

TEST(DifferentiateOperatorTest, BadInputIsNamed) {
  EXPECT_EQ(Faults(DifferentiateOperator({}).status()),
            std::vector<std::string>{"activation REQUIRED"});
  v1::DifferentiateOperatorRequest request;
  request.mutable_activation()->mutable_elu()->set_gamma(-1);
  EXPECT_EQ(Faults(DifferentiateOperator(request).status()),
            std::vector<std::string>{"activation.elu.gamma OUT_OF_RANGE"});
  request.mutable_activation()->mutable_swish()->set_beta(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(Faults(DifferentiateOperator(request).status()),
            std::vector<std::string>{"activation.swish.beta OUT_OF_RANGE"});
}

}  // namespace
}  // namespace fnn::core
