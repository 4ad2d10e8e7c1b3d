#include "fnn/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "client/src/request_id.h"
#include "fnn/tensor.h"
#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Return;

// Waits for no time worth telling.
template <typename Options>
Options Quick() {
  Options options;
  options.backoff = {absl::Nanoseconds(1), absl::Nanoseconds(1), 1};
  return options;
}

class ClientTest : public ::testing::Test {
 protected:
  std::shared_ptr<MockConnection> mock_ = MockConnection::Strict();
  Client client_{mock_, Quick<ClientOptions>()};
};

// ---- Resources ----------------------------------------------------------------------------------

TEST_F(ClientTest, GetUnwrapsTheResponse) {
  EXPECT_CALL(*mock_, GetModel).WillOnce([](const v1::GetModelRequest& request) {
    EXPECT_EQ(request.name(), "models/m");
    return Text<v1::GetModelResponse>("model { name: 'models/m' parameter_count: 7 }");
  });
  const auto model = client_.GetModel("models/m");
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->parameter_count(), 7);
}

TEST_F(ClientTest, ErrorsComeThrough) {
  EXPECT_CALL(*mock_, GetRun).WillOnce(Return(absl::NotFoundError("no such run")));
  EXPECT_EQ(client_.GetRun("runs/r").status(), absl::NotFoundError("no such run"));
  EXPECT_CALL(*mock_, DeleteModel).WillOnce(Return(absl::FailedPreconditionError("training")));
  EXPECT_EQ(client_.DeleteModel("models/m").status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ClientTest, CopiesShareAConnection) {
  const Client copy = client_;
  EXPECT_CALL(*mock_, CheckHealth("")).Times(2).WillRepeatedly(Return(HealthStatus::kServing));
  EXPECT_TRUE(copy.CheckHealth().ok());
  EXPECT_TRUE(client_.CheckHealth().ok());
}

TEST_F(ClientTest, ListsGoThroughEveryPage) {
  std::vector<std::string> tokens;
  EXPECT_CALL(*mock_, ListDatasets)
      .Times(3)
      .WillRepeatedly([&](const v1::ListDatasetsRequest& request) {
        EXPECT_EQ(request.page_size(), 2);
        EXPECT_EQ(request.filter(), "rows > 1");
        EXPECT_EQ(request.order_by(), "name desc");
        tokens.push_back(request.page_token());
        if (request.page_token().empty()) {
          return Text<v1::ListDatasetsResponse>(
              "datasets { name: 'a' } datasets { name: 'b' } next_page_token: 'x'");
        }
        if (request.page_token() == "x") {
          return Text<v1::ListDatasetsResponse>("next_page_token: 'y'");
        }
        return Text<v1::ListDatasetsResponse>("datasets { name: 'c' }");
      });
  std::vector<std::string> names;
  for (auto& dataset : client_.ListDatasets(
           Text<v1::ListDatasetsRequest>("page_size: 2 filter: 'rows > 1' order_by: 'name desc'")))
    names.push_back(dataset->name());
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(tokens, ElementsAre("", "x", "y"));
}

TEST_F(ClientTest, ListsFetchAPageOnlyWhenTheyComeToIt) {
  EXPECT_CALL(*mock_, ListModels).WillOnce([](const v1::ListModelsRequest& request) {
    EXPECT_FALSE(request.has_page_size());
    return Text<v1::ListModelsResponse>("models { name: 'a' } next_page_token: 'x'");
  });
  for (auto& model : client_.ListModels()) {
    EXPECT_EQ(model->name(), "a");
    break;
  }
}

TEST_F(ClientTest, AListEndsWithItsError) {
  EXPECT_CALL(*mock_, ListRuns)
      .WillOnce(Return(Text<v1::ListRunsResponse>("runs { name: 'a' } next_page_token: 'x'")))
      .WillOnce(Return(absl::UnavailableError("gone")));
  std::vector<absl::StatusCode> codes;
  for (auto& run : client_.ListRuns()) codes.push_back(run.status().code());
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kOk, absl::StatusCode::kUnavailable));
}

TEST_F(ClientTest, AServerThatRepeatsATokenDoesNotLoopForever) {
  EXPECT_CALL(*mock_, ListRuns)
      .Times(2)
      .WillRepeatedly(Return(Text<v1::ListRunsResponse>("next_page_token: 'x'")));
  for (auto& run : client_.ListRuns()) {
    EXPECT_EQ(run.status().code(), absl::StatusCode::kInternal);
  }
}

// ---- Requests that may be repeated ------------------------------------------------------------

TEST_F(ClientTest, WhatMakesSomethingIsAskedOnceMoreWithTheSameId) {
  std::vector<std::string> ids;
  EXPECT_CALL(*mock_, CreateModel)
      .Times(2)
      .WillRepeatedly(
          [&](const v1::CreateModelRequest& request) -> absl::StatusOr<v1::CreateModelResponse> {
            ids.push_back(request.request_id());
            if (ids.size() == 1) return absl::UnavailableError("lost");
            return v1::CreateModelResponse();
          });
  EXPECT_CALL(*mock_, CreateRun)
      .Times(2)
      .WillRepeatedly(
          [&](const v1::CreateRunRequest& request) -> absl::StatusOr<v1::CreateRunResponse> {
            ids.push_back(request.request_id());
            if (ids.size() == 3) return absl::UnavailableError("lost");
            return v1::CreateRunResponse();
          });
  EXPECT_TRUE(client_.CreateModel({}).ok());
  EXPECT_TRUE(client_.CreateRun({}).ok());
  ASSERT_EQ(ids.size(), 4u);
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[2], ids[3]);
  EXPECT_NE(ids[0], ids[2]);
}

TEST_F(ClientTest, AnIdOfTheCallersStaysAndADryRunNeedsNone) {
  EXPECT_CALL(*mock_, CreateRun)
      .WillOnce([](const v1::CreateRunRequest& request) {
        EXPECT_EQ(request.request_id(), "mine");
        return v1::CreateRunResponse();
      })
      .WillOnce([](const v1::CreateRunRequest& request) {
        EXPECT_EQ(request.request_id(), "");
        return v1::CreateRunResponse();
      });
  EXPECT_TRUE(client_.CreateRun(Text<v1::CreateRunRequest>("request_id: 'mine'")).ok());
  EXPECT_TRUE(client_.CreateRun(Text<v1::CreateRunRequest>("validate_only: true")).ok());
}

TEST_F(ClientTest, OtherErrorsAreNotTriedAgain) {
  EXPECT_CALL(*mock_, CreateModel).WillOnce(Return(absl::AlreadyExistsError("taken")));
  EXPECT_EQ(client_.CreateModel({}).status(), absl::AlreadyExistsError("taken"));
}

TEST(RequestIdTest, IsARandomUuid) {
  const std::string id = internal::NewRequestId();
  EXPECT_THAT(id, ::testing::MatchesRegex(
                      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(id, internal::NewRequestId());
}

// ---- Versions -----------------------------------------------------------------------------------

TEST_F(ClientTest, VersionsAndAliases) {
  EXPECT_CALL(*mock_, GetModelVersion).WillOnce([](const v1::GetModelVersionRequest& request) {
    EXPECT_EQ(request.name(), "models/m/aliases/best");
    return Text<v1::GetModelVersionResponse>("model_version { name: 'models/m/versions/3' }");
  });
  EXPECT_EQ(client_.GetModelVersion("models/m/aliases/best")->name(), "models/m/versions/3");
  EXPECT_CALL(*mock_, ListModelVersions).WillOnce([](const v1::ListModelVersionsRequest& request) {
    EXPECT_EQ(request.parent(), "models/m");
    return Text<v1::ListModelVersionsResponse>("model_versions { name: 'a' }");
  });
  int versions = 0;
  for (auto& version :
       client_.ListModelVersions(Text<v1::ListModelVersionsRequest>("parent: 'models/m'"))) {
    versions += version.ok();
  }
  EXPECT_EQ(versions, 1);
  EXPECT_CALL(*mock_, SetModelAlias).WillOnce([](const v1::SetModelAliasRequest& request) {
    EXPECT_EQ(request.name(), "models/m/aliases/a");
    EXPECT_EQ(request.version(), 3);
    return Text<v1::SetModelAliasResponse>("model { aliases { key: 'a' value: 3 } }");
  });
  EXPECT_EQ(client_.SetModelAlias("models/m/aliases/a", 3)->aliases().at("a"), 3);
  EXPECT_CALL(*mock_, DeleteModelAlias).WillOnce(Return(v1::DeleteModelAliasResponse()));
  EXPECT_TRUE(client_.DeleteModelAlias("models/m/aliases/a").ok());
  EXPECT_CALL(*mock_, DeleteModelVersion).WillOnce(Return(absl::FailedPreconditionError("alias")));
  EXPECT_EQ(client_.DeleteModelVersion("models/m/versions/3"),
            absl::FailedPreconditionError("alias"));
  EXPECT_CALL(*mock_, DeleteModel)
      .WillOnce(Return(Text<v1::DeleteModelResponse>("deleted_versions: 2")));
  EXPECT_EQ(client_.DeleteModel("models/m")->deleted_versions(), 2);
  EXPECT_CALL(*mock_, UpdateModel)
      .WillOnce(Return(Text<v1::UpdateModelResponse>("model { description: 'd' }")));
  EXPECT_EQ(client_.UpdateModel({})->description(), "d");
}

TEST_F(ClientTest, RunsArePausedResumedAndDeleted) {
  EXPECT_CALL(*mock_, PauseRun).WillOnce([](const v1::PauseRunRequest& request) {
    EXPECT_EQ(request.name(), "runs/r");
    return Text<v1::PauseRunResponse>("run { state: RUN_STATE_PAUSING }");
  });
  EXPECT_EQ(client_.PauseRun("runs/r")->state(), v1::RUN_STATE_PAUSING);
  EXPECT_CALL(*mock_, ResumeRun)
      .WillOnce(Return(Text<v1::ResumeRunResponse>("run { state: RUN_STATE_QUEUED }")));
  EXPECT_EQ(client_.ResumeRun("runs/r")->state(), v1::RUN_STATE_QUEUED);
  EXPECT_CALL(*mock_, DeleteRun).WillOnce(Return(absl::FailedPreconditionError("trains")));
  EXPECT_EQ(client_.DeleteRun("runs/r"), absl::FailedPreconditionError("trains"));
}

// ---- Parameters ---------------------------------------------------------------------------------

TEST_F(ClientTest, PutsParametersTogether) {
  EXPECT_CALL(*mock_, GetParameters).WillOnce([](const v1::GetParametersRequest&) {
    return Script<v1::GetParametersResponse>(
        {Text<v1::GetParametersResponse>(
             R"(model_version: "v" chunk { name: "w" shape: [2, 1] data_type: DATA_TYPE_FLOAT32
                data: "\000\000\200\077\000\000" })"),
         Text<v1::GetParametersResponse>(
             R"(chunk { name: "w" shape: [2, 1] data_type: DATA_TYPE_FLOAT32 offset: 6
                data: "\000\100" })"),
         Text<v1::GetParametersResponse>(
             R"(chunk { name: "b" shape: [0] data_type: DATA_TYPE_FLOAT32 })")});
  });
  const auto parameters = client_.GetParameters("models/m");
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  EXPECT_EQ(parameters->model_version, "v");
  ASSERT_EQ(parameters->tensors.size(), 2u);
  EXPECT_THAT(TensorValues<float>(parameters->tensors[0]).value(), ElementsAre(1.0f, 2.0f));
  EXPECT_EQ(parameters->tensors[1].name(), "b");
}

TEST_F(ClientTest, ParametersWithAHoleAreDataLoss) {
  const auto chunk = Text<v1::GetParametersResponse>(
      R"(chunk { name: "w" shape: 2 data_type: DATA_TYPE_UINT8 data: "a" })");
  auto late = chunk;
  late.mutable_chunk()->set_offset(2);
  auto other = chunk;
  other.mutable_chunk()->set_name("b");
  for (const auto& script : {std::vector{chunk}, {chunk, late}, {chunk, other}, {late}}) {
    EXPECT_CALL(*mock_, GetParameters).WillOnce([&](const v1::GetParametersRequest&) {
      return Script(script);
    });
    EXPECT_EQ(client_.GetParameters("models/m").status().code(), absl::StatusCode::kDataLoss);
  }
}

// ---- Runs ---------------------------------------------------------------------------------------

TEST_F(ClientTest, TrainGivesEachEventOnceAcrossALostConnection) {
  const auto create =
      Text<v1::TrainRequest>("create { run_id: 'r' } on_disconnect: ON_DISCONNECT_CANCEL");
  EXPECT_CALL(*mock_, Train)
      .WillOnce([&](const v1::TrainRequest& request) {
        v1::TrainRequest sent = request;
        EXPECT_EQ(sent.create().request_id().size(), 36u);
        sent.mutable_create()->clear_request_id();
        EXPECT_EQ(sent.DebugString(), create.DebugString());
        return Script<v1::TrainResponse>(
            {Text<v1::TrainResponse>("run { name: 'runs/r' } update { events { sequence: 1 } }"),
             Text<v1::TrainResponse>("update { events { sequence: 2 } }")},
            absl::UnavailableError("lost"));
      })
      .WillOnce([](const v1::TrainRequest& request) {
        EXPECT_FALSE(request.has_create());
        EXPECT_EQ(request.attach(), "runs/r");
        EXPECT_EQ(request.after_sequence(), 2);
        return Script<v1::TrainResponse>({Text<v1::TrainResponse>(
            "run { name: 'runs/r' } update { events { sequence: 3 finished {} } }")});
      });
  auto stream = client_.Train(create, Quick<RunStreamOptions>());
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ(stream->run().name(), "runs/r");
  std::vector<int64_t> sequences;
  for (auto& event : *stream) {
    ASSERT_TRUE(event.ok()) << event.status();
    sequences.push_back(event->sequence());
  }
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3));
}

TEST_F(ClientTest, TrainRefusedIsAnErrorOfTheCall) {
  EXPECT_CALL(*mock_, Train).WillOnce([](const v1::TrainRequest&) {
    return Script<v1::TrainResponse>({}, absl::InvalidArgumentError("no layers"));
  });
  EXPECT_EQ(client_.Train({}).status(), absl::InvalidArgumentError("no layers"));
}

TEST_F(ClientTest, TrainIsAskedOnceMoreWithTheSameIdIfItIsNotAnswered) {
  std::vector<std::string> ids;
  EXPECT_CALL(*mock_, Train).Times(2).WillRepeatedly([&](const v1::TrainRequest& request) {
    ids.push_back(request.create().request_id());
    if (ids.size() == 1) return Script<v1::TrainResponse>({}, absl::UnavailableError("lost"));
    return Script<v1::TrainResponse>(
        {Text<v1::TrainResponse>("run { name: 'runs/r' } update { events { sequence: 1 } }")});
  });
  auto stream = client_.Train(Text<v1::TrainRequest>("create {}"));
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0].size(), 36u);
}

TEST_F(ClientTest, NothingIsTriedAgainWithoutTime) {
  ClientOptions options;
  options.reconnect_for = absl::ZeroDuration();
  const Client client(mock_, options);
  EXPECT_CALL(*mock_, Train).WillOnce([](const v1::TrainRequest&) {
    return Script<v1::TrainResponse>({}, absl::UnavailableError("no server"));
  });
  EXPECT_CALL(*mock_, CreateRun).WillOnce(Return(absl::UnavailableError("no server")));
  EXPECT_EQ(client.Train({}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(client.CreateRun({}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ClientTest, TrainAttachesAgainAlsoAfterItsGrace) {
  // A server that restarts cancels nothing, however long it takes.
  EXPECT_CALL(*mock_, Train)
      .WillOnce([](const v1::TrainRequest&) {
        return Script<v1::TrainResponse>({Text<v1::TrainResponse>("run { name: 'runs/r' }")},
                                         absl::UnavailableError("lost"));
      })
      .WillOnce([](const v1::TrainRequest& request) {
        EXPECT_EQ(request.attach(), "runs/r");
        return Script<v1::TrainResponse>(
            {Text<v1::TrainResponse>("update { events { sequence: 1 finished {} } }")});
      });
  auto stream = client_.Train(Text<v1::TrainRequest>("create {} disconnect_grace {}"),
                              Quick<RunStreamOptions>());
  ASSERT_TRUE(stream.ok());
  for (auto& event : *stream) EXPECT_TRUE(event.ok()) << event.status();
}

TEST_F(ClientTest, WatchRunComesBackWithItsCursorAndItsOptions) {
  EXPECT_CALL(*mock_, WatchRun)
      .WillOnce([](const v1::WatchRunRequest& request) {
        EXPECT_EQ(request.after_sequence(), 4);
        return Script<v1::WatchRunResponse>(
            {Text<v1::WatchRunResponse>("update { events { sequence: 5 } }")},
            absl::UnavailableError("lost"));
      })
      .WillOnce([](const v1::WatchRunRequest& request) {
        EXPECT_EQ(request.name(), "runs/r");
        EXPECT_EQ(request.after_sequence(), 5);
        EXPECT_TRUE(request.has_follow());
        return Script<v1::WatchRunResponse>({});
      });
  int events = 0;
  for (auto& event :
       client_.WatchRun(Text<v1::WatchRunRequest>("name: 'runs/r' after_sequence: 4 follow: false"),
                        Quick<RunStreamOptions>())) {
    EXPECT_TRUE(event.ok()) << event.status();
    ++events;
  }
  EXPECT_EQ(events, 1);
}

// ---- Evaluation ---------------------------------------------------------------------------------

TEST_F(ClientTest, EvaluateTellsProgressAndGivesTheResult) {
  EXPECT_CALL(*mock_, Evaluate).WillOnce([](const v1::EvaluateRequest&) {
    return Script<v1::EvaluateResponse>(
        {Text<v1::EvaluateResponse>("progress { rows_done: 1 rows: 2 }"),
         Text<v1::EvaluateResponse>("evaluation { rows: 2 loss: 0.5 }")});
  });
  std::vector<int64_t> done;
  const auto evaluation = client_.Evaluate(
      {}, [&](const v1::EvaluateProgress& progress) { done.push_back(progress.rows_done()); });
  ASSERT_TRUE(evaluation.ok());
  EXPECT_EQ(evaluation->loss(), 0.5);
  EXPECT_THAT(done, ElementsAre(1));
}

TEST_F(ClientTest, EvaluateWithoutAResultIsInternal) {
  EXPECT_CALL(*mock_, Evaluate).WillOnce([](const v1::EvaluateRequest&) {
    return Script<v1::EvaluateResponse>({});
  });
  EXPECT_EQ(client_.Evaluate({}).status().code(), absl::StatusCode::kInternal);
}

// ---- Inside networks ----------------------------------------------------------------------------

TEST_F(ClientTest, DifferentiateOperatorSendsTheActivation) {
  EXPECT_CALL(*mock_, DifferentiateOperator)
      .WillOnce([](const v1::DifferentiateOperatorRequest& request) {
        EXPECT_EQ(request.activation().elu().gamma(), 0.5);
        return Text<v1::DifferentiateOperatorResponse>("derivative { text: 'd' }");
      });
  v1::Activation activation;
  activation.mutable_elu()->set_gamma(0.5);
  const auto response = client_.DifferentiateOperator(activation);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->derivative().text(), "d");
}

TEST_F(ClientTest, VerifyGradientsTellsOfLayersAndGivesTheVerdict) {
  EXPECT_CALL(*mock_, VerifyGradients).WillOnce([](const v1::VerifyGradientsRequest&) {
    return Script<v1::VerifyGradientsResponse>(
        {Text<v1::VerifyGradientsResponse>("progress { evaluations_done: 1 evaluations: 3 }"),
         Text<v1::VerifyGradientsResponse>("layer { layer: 'a' }"),
         Text<v1::VerifyGradientsResponse>("verdict { passed: true rows: 2 }")});
  });
  std::vector<int64_t> done;
  std::vector<std::string> layers;
  const auto verdict = client_.VerifyGradients(
      {}, [&](const v1::GradientProgress& p) { done.push_back(p.evaluations_done()); },
      [&](const v1::LayerGradients& layer) { layers.push_back(layer.layer()); });
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->rows(), 2);
  EXPECT_THAT(done, ElementsAre(1));
  EXPECT_THAT(layers, ElementsAre("a"));
}

TEST_F(ClientTest, VerifyGradientsWithoutAVerdictIsInternal) {
  EXPECT_CALL(*mock_, VerifyGradients).WillOnce([](const v1::VerifyGradientsRequest&) {
    return Script<v1::VerifyGradientsResponse>({});
  });
  EXPECT_EQ(client_.VerifyGradients({}).status().code(), absl::StatusCode::kInternal);
}

// ---- Tensors ------------------------------------------------------------------------------------

TEST(TensorTest, IsLittleEndianAndRowMajor) {
  const v1::Tensor tensor = MakeTensor<int32_t>({1, -2}, {2, 1}, "t");
  EXPECT_EQ(tensor.name(), "t");
  EXPECT_THAT(tensor.shape(), ElementsAre(2, 1));
  EXPECT_EQ(tensor.data_type(), v1::DATA_TYPE_INT32);
  EXPECT_EQ(tensor.data(), std::string("\x01\0\0\0\xfe\xff\xff\xff", 8));
}

template <typename T>
class TensorTypeTest : public ::testing::Test {};
using Types = ::testing::Types<float, double, int32_t, int64_t, uint8_t>;
TYPED_TEST_SUITE(TensorTypeTest, Types);

TYPED_TEST(TensorTypeTest, ComesBackAsItWas) {
  const std::vector<TypeParam> values = {0, 1, 100};
  const v1::Tensor tensor = MakeTensor<TypeParam>(values, {3});
  EXPECT_EQ(TensorValues<TypeParam>(tensor).value(), values);
  EXPECT_THAT(TensorToDoubles(tensor).value(), ElementsAre(0, 1, 100));
}

TEST(TensorTest, WhatDoesNotFitIsInvalid) {
  EXPECT_EQ(TensorValues<double>(MakeTensor<float>({1}, {1})).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const int64_t dimension : {int64_t{2}, int64_t{0}, int64_t{-1}, int64_t{1} << 62}) {
    EXPECT_FALSE(TensorValues<float>(MakeTensor<float>({1}, {dimension})).ok()) << dimension;
  }
  EXPECT_FALSE(TensorToDoubles(v1::Tensor()).ok());
}

TEST(TensorTest, EmptyIsValid) {
  EXPECT_TRUE(TensorValues<float>(MakeTensor<float>({}, {0, 4})).value().empty());
}

}  // namespace
}  // namespace fnn
