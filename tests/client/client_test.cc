#include "fnn/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "fnn/tensor.h"
#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Return;

class ClientTest : public ::testing::Test {
 protected:
  std::shared_ptr<::testing::StrictMock<MockConnection>> mock_ =
      std::make_shared<::testing::StrictMock<MockConnection>>();
  Client client_{mock_};
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
  EXPECT_EQ(client_.DeleteModel("models/m").code(), absl::StatusCode::kFailedPrecondition);
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
  for (auto& dataset : client_.ListDatasets(2)) names.push_back(dataset->name());
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

// ---- Uploads ------------------------------------------------------------------------------------

class UploadTest : public ClientTest {
 protected:
  void ExpectUpload(absl::Status end = absl::OkStatus(), size_t most = SIZE_MAX) {
    EXPECT_CALL(*mock_, CreateUpload).WillOnce([this](const v1::CreateUploadRequest& request) {
      created_ = request;
      return Text<v1::CreateUploadResponse>("upload { name: 'uploads/u' }");
    });
    EXPECT_CALL(*mock_, UploadChunks).WillOnce([this, end, most] {
      return std::make_unique<RecordingUpload>(&chunks_, end, most);
    });
  }
  void ExpectFinish(int64_t bytes) {
    EXPECT_CALL(*mock_, FinishUpload).WillOnce([=](const v1::FinishUploadRequest& request) {
      EXPECT_EQ(request.upload(), "uploads/u");
      EXPECT_EQ(request.total_bytes(), bytes);
      return Text<v1::FinishUploadResponse>("dataset { name: 'datasets/d' }");
    });
  }
  std::string Received() const {
    std::string bytes;
    for (const auto& chunk : chunks_) {
      EXPECT_EQ(chunk.upload(), "uploads/u");
      EXPECT_EQ(chunk.offset(), static_cast<int64_t>(bytes.size()));
      EXPECT_LE(chunk.data().size(), size_t{1} << 20);
      EXPECT_EQ(chunk.checksum(), XXH3_64bits(chunk.data().data(), chunk.data().size()));
      bytes += chunk.data();
    }
    return bytes;
  }
  static std::string Content(size_t size) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
    return bytes;
  }

  v1::CreateUploadRequest created_;
  std::vector<v1::UploadChunksRequest> chunks_;
};

TEST_F(UploadTest, SendsBytesInCheckedChunks) {
  const std::string bytes = Content((size_t{5} << 19) + 17);  // 2.5 MiB and a bit.
  ExpectUpload();
  ExpectFinish(static_cast<int64_t>(bytes.size()));
  std::vector<int64_t> sent;
  UploadOptions options;
  options.dataset_id = "d";
  options.on_progress = [&](const UploadProgress& progress) {
    sent.push_back(progress.bytes_sent);
    EXPECT_EQ(progress.total_bytes, static_cast<int64_t>(bytes.size()));
  };
  const auto dataset = client_.UploadDatasetBytes(bytes, options);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->name(), "datasets/d");
  EXPECT_EQ(created_.dataset_id(), "d");
  EXPECT_FALSE(created_.has_format());
  EXPECT_EQ(Received(), bytes);
  EXPECT_EQ(chunks_.size(), 3u);
  EXPECT_THAT(sent, ElementsAre(1 << 20, 2 << 20, static_cast<int64_t>(bytes.size())));
}

TEST_F(UploadTest, AWholeNumberOfChunksHasNoEmptyOne) {
  ExpectUpload();
  ExpectFinish(2 << 20);
  std::istringstream stream(Content(2 << 20));
  EXPECT_TRUE(client_.UploadDataset(stream).ok());
  EXPECT_EQ(chunks_.size(), 2u);
  EXPECT_EQ(Received(), Content(2 << 20));
}

TEST_F(UploadTest, NothingIsOneEmptyChunk) {
  ExpectUpload();
  ExpectFinish(0);
  EXPECT_TRUE(client_.UploadDatasetBytes("").ok());
  ASSERT_EQ(chunks_.size(), 1u);
  EXPECT_EQ(Received(), "");
}

TEST_F(UploadTest, ReadsFiles) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "fnn_client_test_upload.csv";
  std::ofstream(path) << "1,2\n3,4\n";
  ExpectUpload();
  ExpectFinish(8);
  EXPECT_TRUE(client_.UploadDataset(path).ok());
  EXPECT_EQ(Received(), "1,2\n3,4\n");
  std::filesystem::remove(path);
}

TEST_F(UploadTest, SeveralFilesAreSentAsOne) {
  // The first ends in the middle of a chunk, the second with one, and the third is empty.
  const std::string contents[] = {Content(3), Content((1 << 20) - 3), "", "tail"};
  std::vector<std::filesystem::path> paths;
  for (const std::string& content : contents) {
    paths.push_back(std::filesystem::path(::testing::TempDir()) /
                    ("fnn_client_test_upload_" + std::to_string(paths.size())));
    std::ofstream(paths.back(), std::ios::binary) << content;
  }
  ExpectUpload();
  ExpectFinish((1 << 20) + 4);
  UploadOptions options;
  options.on_progress = [](const UploadProgress& progress) {
    EXPECT_EQ(progress.total_bytes, (1 << 20) + 4);
  };
  EXPECT_TRUE(client_.UploadDatasetFiles(paths, options).ok());
  EXPECT_EQ(Received(), contents[0] + contents[1] + contents[3]);
  EXPECT_EQ(chunks_.size(), 2u);
  paths.push_back("/nonexistent/file");
  EXPECT_EQ(client_.UploadDatasetFiles(paths).status().code(), absl::StatusCode::kNotFound);
  for (const std::filesystem::path& path : paths) std::filesystem::remove(path);
}

TEST_F(UploadTest, AFileThatIsNotThereAsksNothingOfTheServer) {
  EXPECT_EQ(client_.UploadDataset(std::filesystem::path("/nonexistent/file")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(client_.UploadDataset(std::filesystem::path("/")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(UploadTest, ABrokenStreamGivesItsReasonAndIsNotFinished) {
  ExpectUpload(absl::DataLossError("checksum"), 1);
  const auto dataset = client_.UploadDatasetBytes(Content(3 << 20));
  EXPECT_EQ(dataset.status(), absl::DataLossError("checksum"));
  EXPECT_EQ(chunks_.size(), 1u);
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

RunStreamOptions Quick() {
  RunStreamOptions options;
  options.backoff = {absl::Nanoseconds(1), absl::Nanoseconds(1), 1};
  return options;
}

TEST_F(ClientTest, TrainGivesEachEventOnceAcrossALostConnection) {
  const auto create =
      Text<v1::TrainRequest>("create { run_id: 'r' } on_disconnect: ON_DISCONNECT_CANCEL");
  EXPECT_CALL(*mock_, Train)
      .WillOnce([&](const v1::TrainRequest& request) {
        EXPECT_EQ(request.DebugString(), create.DebugString());
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
  auto stream = client_.Train(create, Quick());
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

TEST_F(ClientTest, TrainIsNotTriedAgainBeforeTheServerNamedTheRun) {
  EXPECT_CALL(*mock_, Train).WillOnce([](const v1::TrainRequest&) {
    return Script<v1::TrainResponse>({}, absl::UnavailableError("no server"));
  });
  EXPECT_EQ(client_.Train({}, Quick()).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ClientTest, TrainComesBackNoLongerThanTheGrace) {
  EXPECT_CALL(*mock_, Train).WillOnce([](const v1::TrainRequest&) {
    return Script<v1::TrainResponse>({Text<v1::TrainResponse>("run { name: 'runs/r' }")},
                                     absl::UnavailableError("lost"));
  });
  auto stream = client_.Train(Text<v1::TrainRequest>("disconnect_grace {}"), Quick());
  ASSERT_TRUE(stream.ok());
  for (auto& event : *stream) EXPECT_EQ(event.status().code(), absl::StatusCode::kUnavailable);
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
  for (auto& event : client_.WatchRun(
           Text<v1::WatchRunRequest>("name: 'runs/r' after_sequence: 4 follow: false"), Quick())) {
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
