// fnn gradients verify.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GradientsTest : public CliFixture {
 protected:
  // Answers with a layer and a verdict, and keeps the request.
  void ExpectVerify(bool passed) {
    EXPECT_CALL(*mock_, VerifyGradients).WillOnce([=, this](const auto& request) {
      request_ = request;
      const std::string ok = passed ? "true" : "false";
      return Script<v1::VerifyGradientsResponse>(
          {Text<v1::VerifyGradientsResponse>("progress { evaluations_done: 1 evaluations: 9 }"),
           Text<v1::VerifyGradientsResponse>(
               "layer { layer: 'hidden' tensors { name: 'hidden.weights' shape: [4, 2] norm: 0.25 "
               "samples: 8 kinks: 1 "
               "comparisons { method: GRADIENT_METHOD_ENGINE norm_error: 1.5e-7 passed: true } "
               "comparisons { method: GRADIENT_METHOD_BACK_PROPAGATION norm_error: 0.5 passed: " +
               ok +
               " } comparisons { method: GRADIENT_METHOD_DUAL norm_error: 1e-16 passed: true } "
               "comparisons { method: GRADIENT_METHOD_CENTRAL_DIFFERENCE norm_error: 2e-9 passed: "
               "true } } }"),
           Text<v1::VerifyGradientsResponse>(
               "verdict { passed: " + ok +
               " rows: 16 parameters: 12 loss: 0.5 "
               "costs { method: GRADIENT_METHOD_DUAL evaluations: 8 duration { nanos: 2500000 } "
               "full_duration { seconds: 9000 } } " +
               (passed ? "" : "failed_tensors: 'hidden.weights' ") + "}")});
    });
  }

  v1::VerifyGradientsRequest request_;
};

TEST_F(GradientsTest, PrintsATable) {
  ExpectVerify(true);
  EXPECT_EQ(Fnn({"gradients", "verify", "m@3", "--data", "datasets/d", "--target", "-1"}), 0)
      << err_;
  EXPECT_EQ(request_.point().model(), "models/m/versions/3");
  EXPECT_FALSE(request_.point().fresh());
  EXPECT_EQ(request_.data().dataset(), "datasets/d");
  EXPECT_EQ(request_.data().binding().targets(0).index(), -1);
  EXPECT_FALSE(request_.has_rows());
  EXPECT_FALSE(request_.has_exact_tolerance());
  EXPECT_THAT(out_, HasSubstr("hidden.weights  [4, 2]  0.25        8      1  1.5e-07"));
  EXPECT_THAT(out_, HasSubstr("2.0e-09"));
  EXPECT_THAT(out_, Not(HasSubstr("!")));
  EXPECT_THAT(out_, HasSubstr("dual numbers       8  2.5 ms                 2 h\n"));
  EXPECT_THAT(out_, HasSubstr("verdict     passed\n"));
}

TEST_F(GradientsTest, AFaultIsMarkedAndEndsWithOne) {
  ExpectVerify(false);
  EXPECT_EQ(Fnn({"gradients", "verify", "m", "--data", "datasets/d"}), 1);
  EXPECT_THAT(out_, HasSubstr("5.0e-01 !"));
  EXPECT_THAT(out_, HasSubstr("verdict     FAILED\n"));
  EXPECT_THAT(err_, HasSubstr("the gradients disagree in hidden.weights"));
}

TEST_F(GradientsTest, WhatWasNotJudgedIsMarked) {
  EXPECT_CALL(*mock_, VerifyGradients).WillOnce([](const auto&) {
    return Script<v1::VerifyGradientsResponse>(
        {Text<v1::VerifyGradientsResponse>(
             "layer { layer: 'hidden' tensors { name: 'hidden.bias' shape: 4 norm: 1e-18 "
             "comparisons { method: GRADIENT_METHOD_ENGINE norm_error: 2e9 passed: true "
             "below_rounding: true } "
             "comparisons { method: GRADIENT_METHOD_DUAL norm_error: 0.5 below_rounding: true } "
             "comparisons { method: GRADIENT_METHOD_BACK_PROPAGATION norm_error: 0.25 passed: true "
             "} } }"),
         Text<v1::VerifyGradientsResponse>("verdict { passed: true }")});
  });
  EXPECT_EQ(Fnn({"gradients", "verify", "m", "--data", "datasets/d"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("2.0e+09 ~"));
  EXPECT_THAT(out_, HasSubstr("5.0e-01 !"));
  EXPECT_THAT(out_, Not(HasSubstr("2.5e-01 ~")));
  EXPECT_THAT(out_, HasSubstr("not judged  1 (~, the gradient is below rounding)\n"));
}

TEST_F(GradientsTest, ANetworkAndFilesAndAllOptions) {
  std::string received;
  ExpectUpload("datasets/t", &received);
  ExpectVerify(true);
  EXPECT_CALL(*mock_, DeleteDataset).WillOnce([](const v1::DeleteDatasetRequest& request) {
    EXPECT_EQ(request.name(), "datasets/t");
    return v1::DeleteDatasetResponse();
  });
  EXPECT_EQ(Fnn({"gradients",
                 "verify",
                 "--layers",
                 "2 > 4:relu > 1",
                 "--data",
                 File("t.csv", "1,0,1\n"),
                 "--seed",
                 "7",
                 "--rows",
                 "5",
                 "--samples",
                 "6",
                 "--exact-tolerance",
                 "1e-9",
                 "--difference-tolerance",
                 "1e-5",
                 "--float-tolerance",
                 "1e-3",
                 "-o",
                 "json"}),
            0)
      << err_;
  EXPECT_EQ(request_.point().description().layers_size(), 2);
  EXPECT_EQ(request_.point().seed(), 7u);
  EXPECT_EQ(request_.rows(), 5);
  EXPECT_EQ(request_.samples_per_tensor(), 6);
  EXPECT_EQ(request_.exact_tolerance(), 1e-9);
  EXPECT_EQ(request_.difference_tolerance(), 1e-5);
  EXPECT_EQ(request_.float_tolerance(), 1e-3);
  EXPECT_THAT(out_, HasSubstr("\"layers\""));
  EXPECT_THAT(out_, HasSubstr("\"verdict\""));
}

TEST_F(GradientsTest, WrongUsageAsksNoServer) {
  EXPECT_EQ(Fnn({"gradients", "verify", "--data", "datasets/d"}), 2);
  EXPECT_THAT(err_, HasSubstr("--layers or as --network"));
  EXPECT_EQ(Fnn({"gradients", "verify", "m", "--layers", "2 > 1", "--data", "datasets/d"}), 2);
  EXPECT_THAT(err_, HasSubstr("give a model, or a network"));
  EXPECT_EQ(Fnn({"gradients", "verify", "m"}), 2);
  EXPECT_THAT(err_, HasSubstr("--data is required"));
  EXPECT_EQ(Fnn({"gradients", "verify", "m", "--data", "datasets/d", "--rows", "0"}), 2);
}

}  // namespace
}  // namespace fnn::cli
