// What ModelService, DatasetService, PredictionService and SystemService give.

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/data/table.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"
#include "xxhash.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

class ServicesTest : public ::testing::Test {
 protected:
  TestServer server_;
};

TEST_F(ServicesTest, AModelIsCheckedKeptAndDeleted) {
  v1::CreateModelRequest create;
  create.set_model_id("a");
  *create.mutable_network() = XorNetwork();
  create.mutable_network()->add_inputs()->add_shape(2);
  create.set_validate_only(true);
  v1::CreateModelResponse made;
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::CreateModel, create, &made), IsOk());
  EXPECT_EQ(made.model().name(), "models/a");
  EXPECT_EQ(made.model().parameter_count(), 17);
  EXPECT_GT(made.training_memory_bytes(), 17 * 4);
  v1::ListModelsResponse models;
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::ListModels, {}, &models), IsOk());
  EXPECT_TRUE(models.models().empty());

  create.set_validate_only(false);
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::CreateModel, create, &made), IsOk());
  v1::GetModelRequest get;
  get.set_name("models/a");
  v1::GetModelResponse got;
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::GetModel, get, &got), IsOk());
  EXPECT_EQ(got.model().uid(), made.model().uid());
  EXPECT_EQ(got.model().network().layers(0).name(), "dense_0");  // Defaults are filled in.
  v1::DeleteModelRequest remove;
  remove.set_name("models/a");
  v1::DeleteModelResponse removed;
  EXPECT_THAT(server_.Call(&v1::ModelService::Stub::DeleteModel, remove, &removed), IsOk());
  EXPECT_THAT(server_.Call(&v1::ModelService::Stub::GetModel, get, &got),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ServicesTest, AModelIsNotDeletedWhileARunTrainsIt) {
  v1::CreateRunRequest request = EndlessRun();
  request.set_model_id("busy");
  v1::CreateRunResponse run;
  ASSERT_THAT(server_.Call(&v1::TrainingService::Stub::CreateRun, request, &run), IsOk());
  v1::DeleteModelRequest remove;
  remove.set_name("models/busy");
  v1::DeleteModelResponse removed;
  EXPECT_THAT(server_.Call(&v1::ModelService::Stub::DeleteModel, remove, &removed),
              HasReason("MODEL_IN_USE"));
}

TEST_F(ServicesTest, ParametersComeInChunksAndInOrder) {
  // 300 x 1000 weights take more than one chunk.
  v1::CreateRunRequest request = QuickRun(1);
  request.set_model_id("big");
  v1::Network& network = *request.mutable_spec()->mutable_network();
  network.mutable_layers(0)->mutable_dense()->set_units(1'000);
  network.mutable_layers(0)->set_name("first");
  *network.add_layers() = network.layers(1);
  network.mutable_layers(1)->mutable_dense()->set_units(300);
  network.mutable_layers(1)->mutable_dense()->mutable_activation()->mutable_tanh();
  ASSERT_THAT(Train(server_, request).status, IsOk());

  v1::GetParametersRequest get;
  get.set_name("models/big");
  grpc::ClientContext context;
  const auto stub = server_.stub<v1::ModelService>();
  const auto streamed = ReadAll(*stub->GetParameters(&context, get));
  ASSERT_THAT(streamed.status, IsOk());
  std::vector<std::string> names;
  std::map<std::string, std::string> data;
  for (const v1::GetParametersResponse& message : streamed.messages) {
    const v1::TensorChunk& chunk = message.chunk();
    EXPECT_EQ(message.model_version(), "models/big/versions/1");
    EXPECT_LE(chunk.data().size(), size_t{1} << 20);
    if (chunk.offset() == 0) names.push_back(chunk.name());
    EXPECT_EQ(chunk.offset(), static_cast<int64_t>(data[chunk.name()].size()));
    data[chunk.name()] += chunk.data();
  }
  EXPECT_EQ(names, (std::vector<std::string>{"first.weights", "first.bias", "dense_1.weights",
                                             "dense_1.bias", "dense_2.weights", "dense_2.bias"}));
  EXPECT_EQ(data["dense_1.weights"].size(), 300u * 1'000 * 4);
  EXPECT_GT(streamed.messages.size(), names.size());
  // All of it, layer by layer, has the digest that the epoch was reported with.
  std::string all;
  for (const std::string& name : names) all += data[name];
  v1::GetModelRequest get_model;
  get_model.set_name("models/big");
  v1::GetModelResponse model;
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::GetModel, get_model, &model), IsOk());
  const XXH128_hash_t digest = XXH3_128bits(all.data(), all.size());
  char text[33];
  std::snprintf(text, sizeof(text), "%016llx%016llx",
                static_cast<unsigned long long>(digest.high64),
                static_cast<unsigned long long>(digest.low64));
  EXPECT_EQ(model.model().latest_version().epoch().parameter_digest(), text);
}

TEST_F(ServicesTest, AnUploadIsDescribedRepeatedAndGivenUp) {
  v1::CreateUploadRequest request;
  request.set_dataset_id("described");
  request.set_description("ten rows");
  (*request.mutable_labels())["team"] = "vision";
  request.set_request_id("once");
  v1::CreateUploadResponse first, again;
  ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::CreateUpload, request, &first), IsOk());
  ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::CreateUpload, request, &again), IsOk());
  EXPECT_EQ(again.upload().name(), first.upload().name());
  EXPECT_EQ(again.upload().description(), "ten rows");
  EXPECT_EQ(again.upload().labels().at("team"), "vision");
  EXPECT_EQ(again.upload().received_bytes(), 0);
  EXPECT_EQ(again.upload().received_checksum(), XXH3_64bits("", 0));
  request.set_description("others");
  EXPECT_THAT(server_.Call(&v1::DatasetService::Stub::CreateUpload, request, &again),
              HasReason("REQUEST_ID_REUSED"));

  v1::UploadChunksRequest chunk;
  chunk.set_upload(first.upload().name());
  chunk.set_data("1,2\n");
  ASSERT_THAT(SendChunk(server_, chunk), IsOk());
  v1::FinishUploadRequest finish;
  finish.set_upload(first.upload().name());
  v1::FinishUploadResponse finished;
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::FinishUpload, finish, &finished), IsOk());
    EXPECT_EQ(finished.dataset().description(), "ten rows");
  }
  v1::ListDatasetsRequest list;
  list.set_filter("labels.team = vision");
  v1::ListDatasetsResponse listed;
  ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::ListDatasets, list, &listed), IsOk());
  ASSERT_EQ(listed.datasets_size(), 1);
  EXPECT_EQ(listed.datasets(0).uid(), finished.dataset().uid());

  v1::DeleteUploadRequest remove;
  remove.set_name(first.upload().name());
  v1::DeleteUploadResponse removed;
  ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::DeleteUpload, remove, &removed), IsOk());
  EXPECT_THAT(server_.Call(&v1::DatasetService::Stub::DeleteUpload, remove, &removed),
              HasReason("UPLOAD_NOT_FOUND"));
  // The dataset stays, but the request's upload is gone.
  request.set_description("ten rows");
  EXPECT_THAT(server_.Call(&v1::DatasetService::Stub::CreateUpload, request, &again),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ServicesTest, ADatasetIsUploadedListedAndDeleted) {
  ASSERT_THAT(Upload(server_, "d", "x,y\n1,0\n2,1\n3,0\n"), IsOk());
  v1::GetDatasetRequest get;
  get.set_name("datasets/d");
  v1::GetDatasetResponse got;
  ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::GetDataset, get, &got), IsOk());
  EXPECT_EQ(got.dataset().rows(), 3);
  EXPECT_EQ(got.dataset().columns(0).name(), "x");
  EXPECT_EQ(got.dataset().columns(0).max(), 3);
  v1::ListDatasetsResponse list;
  ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::ListDatasets, {}, &list), IsOk());
  EXPECT_EQ(list.datasets_size(), 1);
  v1::DeleteDatasetRequest remove;
  remove.set_name("datasets/d");
  v1::DeleteDatasetResponse removed;
  EXPECT_THAT(server_.Call(&v1::DatasetService::Stub::DeleteDataset, remove, &removed), IsOk());
  EXPECT_THAT(server_.Call(&v1::DatasetService::Stub::GetDataset, get, &got),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ServicesTest, FilesOfArraysBecomeDatasets) {
  for (const char* name : {"idx-gzip-members", "npy-gzip", "npz-deflated"}) {
    SCOPED_TRACE(name);
    const core::ArrayFile file = core::ReadArrayFile(name);
    ASSERT_THAT(Upload(server_, name, file.bytes), IsOk());
    v1::GetDatasetRequest get;
    get.set_name(absl::StrCat("datasets/", name));
    v1::GetDatasetResponse got;
    ASSERT_THAT(server_.Call(&v1::DatasetService::Stub::GetDataset, get, &got), IsOk());
    EXPECT_EQ(got.dataset().rows() * got.dataset().columns_size(), std::ssize(file.values));
    for (int c = 0; c < got.dataset().columns_size(); ++c) {
      EXPECT_EQ(got.dataset().columns(c).name(), file.columns[c]);
    }
    EXPECT_EQ(got.dataset().digest(), core::Table::Create(file.columns, file.values)->digest());
  }
}

TEST_F(ServicesTest, WhatAFileDecompressesToHasALimit) {
  ServerOptions options = TestOptions();
  options.max_dataset_bytes = 100'000;
  TestServer server(options);
  const std::string rows(99'000, '\n');
  EXPECT_THAT(Upload(server, "small", core::Gzip("1,2" + rows)), IsOk());
  EXPECT_THAT(Upload(server, "bomb", core::Gzip("1,2" + rows + rows)),
              HasReason("DATASET_TOO_LARGE"));
  EXPECT_TRUE(server.Serves());
}

TEST_F(ServicesTest, WhatAFileDecompressesToCounts) {
  ServerOptions options = TestOptions();
  options.storage_budget = 1'200'000;
  options.max_dataset_bytes = 900'000;
  TestServer server(options);
  // The text and 350,000 bytes fit, but not as many floats.
  std::string text;
  for (int i = 0; i < 350'000; ++i) text += "1\n";
  EXPECT_THAT(Upload(server, "floats", core::Gzip("-1\n" + text)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Upload(server, "bytes", core::Gzip(text)), IsOk());
  v1::DeleteDatasetRequest remove;
  v1::DeleteDatasetResponse removed;
  remove.set_name("datasets/bytes");
  EXPECT_THAT(server.Call(&v1::DatasetService::Stub::DeleteDataset, remove, &removed), IsOk());
  // 800,000 bytes are 800,000 bytes, and negative ones floats.
  const std::string header("\0\0\x08\x02\0\x0c\x35\0\0\0\0\1", 12);
  EXPECT_THAT(Upload(server, "idx", core::Gzip(header + std::string(800'000, 'x'))), IsOk());
  remove.set_name("datasets/idx");
  EXPECT_THAT(server.Call(&v1::DatasetService::Stub::DeleteDataset, remove, &removed), IsOk());
  const std::string negative =
      core::Gzip(std::string("\0\0\x09\x01\0\x0c\x35\0", 8) + std::string(800'000, '\xff'));
  EXPECT_THAT(Upload(server, "idx", negative), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(server.Serves());
}

TEST_F(ServicesTest, AChecksumThatAgreesIsTaken) {
  std::string upload;
  ASSERT_THAT(BeginUpload(server_, "", &upload), IsOk());
  v1::UploadChunksRequest chunk;
  chunk.set_upload(upload);
  chunk.set_data("x,y\n1,2\n");
  chunk.set_checksum(XXH3_64bits(chunk.data().data(), chunk.data().size()));
  EXPECT_THAT(SendChunk(server_, chunk), IsOk());
}

TEST_F(ServicesTest, PredictsRowsAndClasses) {
  TrainXor(server_, "xor");
  v1::PredictRequest request;
  request.set_model("models/xor");
  *request.add_inputs() = FloatTensor({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
  v1::PredictResponse response;
  ASSERT_THAT(server_.Call(&v1::PredictionService::Stub::Predict, request, &response), IsOk());
  EXPECT_EQ(response.model_version(), "models/xor/versions/1");
  ASSERT_EQ(response.outputs_size(), 1);
  EXPECT_EQ(response.outputs(0).name(), "dense_1");
  EXPECT_EQ(response.outputs(0).shape(0), 4);
  EXPECT_EQ(response.outputs(0).shape(1), 1);
  ASSERT_EQ(response.classes_size(), 4);
  for (const v1::PredictedClass& predicted : response.classes()) {
    EXPECT_GE(predicted.probability(), 0.5);
  }
  *request.mutable_inputs(0) = FloatTensor({2}, {0, 1});  // One row.
  ASSERT_THAT(server_.Call(&v1::PredictionService::Stub::Predict, request, &response), IsOk());
  EXPECT_EQ(response.classes_size(), 1);
}

TEST_F(ServicesTest, APredictionTooLargeIsRefused) {
  ServerOptions options = TestOptions();
  options.max_predicted_values = 3;
  TestServer server(options);
  TrainXor(server, "xor");
  v1::PredictRequest request;
  request.set_model("models/xor");
  *request.add_inputs() = FloatTensor({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
  v1::PredictResponse response;
  EXPECT_THAT(server.Call(&v1::PredictionService::Stub::Predict, request, &response),
              HasReason("PREDICTION_TOO_LARGE"));
}

TEST_F(ServicesTest, EvaluatesWithTheResultLast) {
  TrainXor(server_, "xor");
  v1::EvaluateRequest request;
  request.set_model("models/xor/versions/1");
  *request.mutable_data()->mutable_inline_() = XorData();
  grpc::ClientContext context;
  const auto stub = server_.stub<v1::PredictionService>();
  const auto streamed = ReadAll(*stub->Evaluate(&context, request));
  ASSERT_THAT(streamed.status, IsOk());
  ASSERT_FALSE(streamed.messages.empty());
  const v1::Evaluation& evaluation = streamed.messages.back().evaluation();
  EXPECT_EQ(evaluation.model_version(), "models/xor/versions/1");
  EXPECT_EQ(evaluation.rows(), 4);
  EXPECT_GT(evaluation.loss(), 0);
  EXPECT_EQ(evaluation.metrics(0).name(), "accuracy");
  EXPECT_EQ(evaluation.confusion_matrix().counts_size(), 4);
  EXPECT_EQ(evaluation.class_reports_size(), 2);
}

TEST_F(ServicesTest, AnEvaluationTellsHowFarItIsAndStopsWhenLeft) {
  std::string rows = "a,b,y\n";
  for (int i = 0; i < 100'000; ++i) rows += i % 2 == 0 ? "0,1,1\n" : "1,1,0\n";
  ASSERT_THAT(Upload(server_, "long", rows), IsOk());
  v1::CreateRunRequest train = QuickRun(1);
  train.set_model_id("slow");
  train.mutable_spec()->mutable_network()->mutable_layers(0)->mutable_dense()->set_units(65'536);
  ASSERT_THAT(Train(server_, train).status, IsOk());
  v1::EvaluateRequest request;
  request.set_model("models/slow");
  request.mutable_data()->set_dataset("datasets/long");
  grpc::ClientContext context;
  const auto stub = server_.stub<v1::PredictionService>();
  const auto reader = stub->Evaluate(&context, request);
  v1::EvaluateResponse response;
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(response.has_progress());
  EXPECT_GT(response.progress().rows_done(), 0);
  EXPECT_EQ(response.progress().rows(), 100'000);
  context.TryCancel();
  EXPECT_THAT(reader->Finish(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(ServicesTest, TellsWhatItIsAndAllows) {
  v1::GetServerInfoResponse info;
  ASSERT_THAT(server_.Call(&v1::SystemService::Stub::GetServerInfo, {}, &info), IsOk());
  EXPECT_FALSE(info.version().empty());
  EXPECT_FALSE(info.instruction_set().empty());
  EXPECT_TRUE(info.has_start_time());
  EXPECT_EQ(info.limits().max_running(), 2);
  EXPECT_EQ(info.limits().max_threads(), 2);
  EXPECT_EQ(info.limits().max_training_memory_bytes(), 64 << 20);
  EXPECT_EQ(info.limits().max_message_bytes(), 4 << 20);
  EXPECT_EQ(info.limits().max_dataset_bytes(), 16 << 20);
  EXPECT_EQ(info.limits().max_queued(), 1'000);
  EXPECT_EQ(info.limits().max_storage_bytes(), 256 << 20);
  EXPECT_EQ(info.limits().max_predicted_values(), 16 << 20);
  EXPECT_EQ(info.limits().max_finished(), 1'000);
}

}  // namespace
}  // namespace fnn::server
