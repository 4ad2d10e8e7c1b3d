// Bad input gets a clear error and changes nothing: each case asserts the code, the field's path,
// that the error is small, and that the server still serves.

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::DetailOf;
using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// One for all tests of a suite: cases share a server that none of them may break.
class BadInputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new TestServer;
    ASSERT_THAT(Upload(*server_, "xor", "a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"), IsOk());
    TrainXor(*server_, "xor");
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  void TearDown() override {
    EXPECT_TRUE(server_->Serves());
    EXPECT_THAT(Train(*server_, QuickRun()).status, IsOk());
  }

  // INVALID_ARGUMENT at `field`, and small.
  static void ExpectInvalid(const grpc::Status& status, const std::string& field) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status, HasViolation(field));
    EXPECT_TRUE(DetailOf<google::rpc::ErrorInfo>(status).has_value());
    ExpectSmall(status);
  }
  static void ExpectNotFound(const grpc::Status& status, const std::string& type,
                             const std::string& name) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
    const auto resource = DetailOf<google::rpc::ResourceInfo>(status);
    ASSERT_TRUE(resource.has_value());
    EXPECT_EQ(resource->resource_type(), type);
    EXPECT_EQ(resource->resource_name(), name);
    ExpectSmall(status);
  }
  static void ExpectSmall(const grpc::Status& status) {
    EXPECT_LT(status.error_message().size() + status.error_details().size(), 4096u);
  }

  // What CreateRun, CreateRun with validate_only, and Train answer to a request made from a good
  // one: three times the same, but for the path's prefix.
  static void ExpectInvalidRun(const std::function<void(v1::CreateRunRequest&)>& spoil,
                               const std::string& field) {
    v1::CreateRunRequest request = QuickRun();
    request.mutable_spec()->clear_data();
    request.mutable_spec()->mutable_data()->set_dataset("datasets/xor");
    spoil(request);
    SCOPED_TRACE(request.ShortDebugString().substr(0, 300));
    ExpectInvalid(CreateRun(request), field);
    request.set_validate_only(true);
    ExpectInvalid(CreateRun(request), field);
    request.set_validate_only(false);
    ExpectInvalid(Train(*server_, request).status, "create." + field);
  }
  static grpc::Status CreateRun(const v1::CreateRunRequest& request) {
    v1::CreateRunResponse response;
    return server_->Call(&v1::TrainingService::Stub::CreateRun, request, &response);
  }
  static grpc::Status CreateModel(const v1::CreateModelRequest& request) {
    v1::CreateModelResponse response;
    return server_->Call(&v1::ModelService::Stub::CreateModel, request, &response);
  }

  static void ExpectInvalidNetwork(const std::function<void(v1::Network&)>& spoil,
                                   const std::string& field) {
    v1::CreateModelRequest request;
    *request.mutable_network() = XorNetwork();
    spoil(*request.mutable_network());
    SCOPED_TRACE(request.ShortDebugString().substr(0, 300));
    ExpectInvalid(CreateModel(request), "network." + field);
    request.mutable_network()->add_inputs()->add_shape(2);
    ExpectInvalid(CreateModel(request), "network." + field);
    ExpectInvalidRun(
        [&](v1::CreateRunRequest& run) { spoil(*run.mutable_spec()->mutable_network()); },
        "spec.network." + field);
  }

  static void ExpectInvalidInline(const std::vector<float>& targets, const std::string& field,
                                  const std::string& message, int64_t classes = 3) {
    v1::CreateRunRequest request = QuickRun();
    v1::Network& network = *request.mutable_spec()->mutable_network();
    network.mutable_layers(1)->mutable_dense()->set_units(classes);
    network.mutable_layers(1)->mutable_dense()->mutable_activation()->mutable_softmax();
    network.mutable_outputs(0)->mutable_loss()->mutable_cross_entropy();
    v1::InlineData& data = *request.mutable_spec()->mutable_data()->mutable_inline_();
    *data.mutable_targets() = FloatTensor({static_cast<int64_t>(targets.size())}, targets);
    const grpc::Status status = CreateRun(request);
    ExpectInvalid(status, field);
    EXPECT_THAT(status.error_message(), HasSubstr(message));
  }

  static TestServer* server_;
};

TestServer* BadInputTest::server_ = nullptr;

// ---- Names --------------------------------------------------------------------------------------

TEST_F(BadInputTest, UnknownResources) {
  v1::GetModelResponse model;
  v1::GetModelRequest get_model;
  get_model.set_name("models/none");
  ExpectNotFound(server_->Call(&v1::ModelService::Stub::GetModel, get_model, &model),
                 "fnn.v1.Model", "models/none");
  v1::DeleteModelRequest delete_model;
  delete_model.set_name("models/none");
  v1::DeleteModelResponse deleted_model;
  ExpectNotFound(server_->Call(&v1::ModelService::Stub::DeleteModel, delete_model, &deleted_model),
                 "fnn.v1.Model", "models/none");
  v1::GetDatasetRequest get_dataset;
  get_dataset.set_name("datasets/none");
  v1::GetDatasetResponse dataset;
  ExpectNotFound(server_->Call(&v1::DatasetService::Stub::GetDataset, get_dataset, &dataset),
                 "fnn.v1.Dataset", "datasets/none");
  v1::DeleteDatasetRequest delete_dataset;
  delete_dataset.set_name("datasets/none");
  v1::DeleteDatasetResponse deleted_dataset;
  ExpectNotFound(
      server_->Call(&v1::DatasetService::Stub::DeleteDataset, delete_dataset, &deleted_dataset),
      "fnn.v1.Dataset", "datasets/none");
  v1::GetRunRequest get_run;
  get_run.set_name("runs/none");
  v1::GetRunResponse run;
  ExpectNotFound(server_->Call(&v1::TrainingService::Stub::GetRun, get_run, &run), "fnn.v1.Run",
                 "runs/none");
  v1::CancelRunRequest cancel;
  cancel.set_name("runs/none");
  v1::CancelRunResponse cancelled;
  ExpectNotFound(server_->Call(&v1::TrainingService::Stub::CancelRun, cancel, &cancelled),
                 "fnn.v1.Run", "runs/none");
  ExpectNotFound(Watch(*server_, "runs/none").status, "fnn.v1.Run", "runs/none");
  v1::FinishUploadRequest finish;
  finish.set_upload("uploads/none");
  v1::FinishUploadResponse finished;
  ExpectNotFound(server_->Call(&v1::DatasetService::Stub::FinishUpload, finish, &finished),
                 "fnn.v1.Upload", "uploads/none");

  v1::CreateRunRequest request = QuickRun();
  request.mutable_spec()->set_model("models/none");
  ExpectNotFound(CreateRun(request), "fnn.v1.Model", "models/none");
  request = QuickRun();
  request.mutable_spec()->mutable_data()->set_dataset("datasets/none");
  ExpectNotFound(CreateRun(request), "fnn.v1.Dataset", "datasets/none");
  ExpectNotFound(Train(*server_, request).status, "fnn.v1.Dataset", "datasets/none");

  v1::PredictRequest predict;
  predict.set_model("models/xor/versions/99");
  v1::PredictResponse predicted;
  ExpectNotFound(server_->Call(&v1::PredictionService::Stub::Predict, predict, &predicted),
                 "fnn.v1.ModelVersion", "models/xor/versions/99");
}

TEST_F(BadInputTest, BadNames) {
  for (const std::string& id :
       {std::string("../x"), std::string(10'000, 'a'), std::string("A"), std::string("x\xff\n")}) {
    if (id.find('\xff') == std::string::npos) {  // Such bytes can't be sent: strings are UTF-8.
      v1::CreateModelRequest create;
      *create.mutable_network() = XorNetwork();
      create.set_model_id(id);
      ExpectInvalid(CreateModel(create), "model_id");
      std::string upload;
      ExpectInvalid(BeginUpload(*server_, id, &upload), "dataset_id");
      ExpectInvalidRun([&](v1::CreateRunRequest& run) { run.set_run_id(id); }, "run_id");
      ExpectInvalidRun([&](v1::CreateRunRequest& run) { run.set_model_id(id); }, "model_id");
    }
  }
  for (const std::string& name : {std::string("../x"), std::string(), std::string(10'000, 'a'),
                                  std::string("models/../x"), "runs/" + std::string(9'999, 'a')}) {
    v1::GetModelRequest get_model;
    get_model.set_name(name);
    v1::GetModelResponse model;
    ExpectInvalid(server_->Call(&v1::ModelService::Stub::GetModel, get_model, &model), "name");
    v1::GetDatasetRequest get_dataset;
    get_dataset.set_name(name);
    v1::GetDatasetResponse dataset;
    ExpectInvalid(server_->Call(&v1::DatasetService::Stub::GetDataset, get_dataset, &dataset),
                  "name");
    v1::GetRunRequest get_run;
    get_run.set_name(name);
    v1::GetRunResponse run;
    ExpectInvalid(server_->Call(&v1::TrainingService::Stub::GetRun, get_run, &run), "name");
    ExpectInvalid(Watch(*server_, name).status, "name");
    v1::PredictRequest predict;
    predict.set_model(name);
    v1::PredictResponse predicted;
    ExpectInvalid(server_->Call(&v1::PredictionService::Stub::Predict, predict, &predicted),
                  "model");
    v1::UploadChunksRequest chunk;
    chunk.set_upload(name);
    ExpectInvalid(SendChunk(*server_, chunk), "upload");
    ExpectInvalidRun([&](v1::CreateRunRequest& r) { r.mutable_spec()->set_model(name); },
                     "spec.model");
    ExpectInvalidRun(
        [&](v1::CreateRunRequest& r) { r.mutable_spec()->mutable_data()->set_dataset(name); },
        "spec.data.dataset");
  }
}

TEST_F(BadInputTest, TakenNames) {
  v1::CreateModelRequest create;
  *create.mutable_network() = XorNetwork();
  create.set_model_id("xor");
  EXPECT_THAT(CreateModel(create),
              AllOf(StatusIs(absl::StatusCode::kAlreadyExists), HasReason("MODEL_ALREADY_EXISTS")));
  create.set_validate_only(true);
  EXPECT_THAT(CreateModel(create), StatusIs(absl::StatusCode::kAlreadyExists));
  std::string upload;
  EXPECT_THAT(BeginUpload(*server_, "xor", &upload), HasReason("DATASET_ALREADY_EXISTS"));
  v1::CreateRunRequest run = QuickRun();
  run.set_run_id("taken");
  EXPECT_THAT(CreateRun(run), IsOk());
  EXPECT_THAT(CreateRun(run), HasReason("RUN_ALREADY_EXISTS"));
  run.set_run_id("");
  run.set_model_id("xor");
  EXPECT_THAT(CreateRun(run), HasReason("MODEL_ALREADY_EXISTS"));
}

TEST_F(BadInputTest, BadPages) {
  v1::ListModelsRequest models;
  v1::ListModelsResponse model_page;
  models.set_page_size(0);
  ExpectInvalid(server_->Call(&v1::ModelService::Stub::ListModels, models, &model_page),
                "page_size");
  v1::ListRunsRequest runs;
  v1::ListRunsResponse run_page;
  runs.set_page_token("what");
  ExpectInvalid(server_->Call(&v1::TrainingService::Stub::ListRuns, runs, &run_page), "page_token");
  v1::ListDatasetsRequest datasets;
  v1::ListDatasetsResponse dataset_page;
  datasets.set_page_size(1001);
  ExpectInvalid(server_->Call(&v1::DatasetService::Stub::ListDatasets, datasets, &dataset_page),
                "page_size");
}

// ---- Networks -----------------------------------------------------------------------------------

TEST_F(BadInputTest, Networks) {
  ExpectInvalidNetwork([](v1::Network& network) { network.clear_layers(); }, "layers");
  for (const int64_t units :
       {int64_t{0}, int64_t{-1}, int64_t{1} << 31, std::numeric_limits<int64_t>::max()}) {
    ExpectInvalidNetwork(
        [&](v1::Network& network) { network.mutable_layers(0)->mutable_dense()->set_units(units); },
        "layers[0].dense.units");
  }
  ExpectInvalidNetwork([](v1::Network& network) { network.mutable_layers(1)->clear_kind(); },
                       "layers[1]");
  ExpectInvalidNetwork(
      [](v1::Network& network) {
        network.mutable_layers(0)->mutable_dense()->mutable_activation()->clear_kind();
      },
      "layers[0].dense.activation");
  ExpectInvalidNetwork(
      [](v1::Network& network) { network.mutable_outputs(0)->mutable_loss()->clear_kind(); },
      "outputs[0].loss");
  ExpectInvalidNetwork(
      [](v1::Network& network) {
        network.mutable_layers(0)->mutable_dense()->mutable_weight_initializer();
      },
      "layers[0].dense.weight_initializer");
}

TEST_F(BadInputTest, ANetworkOfTenTerabytes) {
  // 2^20 x 2^20 weights: 4 TiB, and thrice that with the optimiser's.
  v1::CreateRunRequest run = QuickRun();
  run.set_model_id("huge");
  v1::Network& network = *run.mutable_spec()->mutable_network();
  network.mutable_layers(0)->mutable_dense()->set_units(1 << 20);
  network.mutable_layers(0)->mutable_dense()->mutable_weight_initializer()->mutable_he();
  v1::Dense& second = *network.add_layers()->mutable_dense();
  second.set_units(1 << 20);
  network.mutable_layers()->SwapElements(1, 2);
  v1::CreateModelRequest model;
  *model.mutable_network() = network;
  model.mutable_network()->add_inputs()->add_shape(2);
  for (const grpc::Status& status :
       {CreateRun(run), Train(*server_, run).status, CreateModel(model)}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(status, HasReason("TRAINING_MEMORY_EXCEEDED"));
    const auto info = DetailOf<google::rpc::ErrorInfo>(status);
    ASSERT_TRUE(info.has_value());
    EXPECT_GT(std::stoll(info->metadata().at("needed")), 10'000'000'000'000);
    EXPECT_EQ(info->metadata().at("available"), std::to_string(64 << 20));
    const auto request = DetailOf<google::rpc::BadRequest>(status);
    ASSERT_TRUE(request.has_value());
    EXPECT_THAT(request->field_violations(0).field(), EndsWith("network"));
    EXPECT_THAT(status.error_message(), HasSubstr(info->metadata().at("needed")));
    EXPECT_THAT(status.error_message(), HasSubstr(info->metadata().at("available")));
  }
  v1::GetModelRequest get;
  get.set_name("models/huge");
  v1::GetModelResponse response;
  EXPECT_THAT(server_->Call(&v1::ModelService::Stub::GetModel, get, &response),
              StatusIs(absl::StatusCode::kNotFound));
}

// ---- Runs ---------------------------------------------------------------------------------------

TEST_F(BadInputTest, AbsentParts) {
  ExpectInvalidRun([](v1::CreateRunRequest& run) { run.clear_spec(); }, "spec");
  ExpectInvalidRun([](v1::CreateRunRequest& run) { run.mutable_spec()->clear_target(); }, "spec");
  ExpectInvalidRun([](v1::CreateRunRequest& run) { run.mutable_spec()->clear_data(); },
                   "spec.data");
  ExpectInvalidRun(
      [](v1::CreateRunRequest& run) {
        run.mutable_spec()->mutable_options()->mutable_optimizer()->set_learning_rate(0.1);
      },
      "spec.options.optimizer");
  ExpectInvalidRun(
      [](v1::CreateRunRequest& run) {
        run.mutable_spec()->mutable_options()->mutable_validation_data();
      },
      "spec.options.validation_data");
  grpc::ClientContext context;
  const auto stub = server_->stub<v1::TrainingService>();
  ExpectInvalid(ReadAll(*stub->Train(&context, v1::TrainRequest())).status, "start");
}

TEST_F(BadInputTest, Options) {
  const auto spoil = [](const std::function<void(v1::TrainingOptions&)>& change) {
    return [change](v1::CreateRunRequest& run) { change(*run.mutable_spec()->mutable_options()); };
  };
  for (const int64_t epochs : {int64_t{0}, int64_t{-1}, int64_t{2'000'000'000}}) {
    ExpectInvalidRun(spoil([&](auto& options) { options.set_epochs(epochs); }),
                     "spec.options.epochs");
  }
  for (const int64_t batch : {0, -1, 5}) {
    ExpectInvalidRun(spoil([&](auto& options) { options.set_batch_size(batch); }),
                     "spec.options.batch_size");
  }
  for (const double rate : {0.0, -0.1, std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::infinity()}) {
    ExpectInvalidRun(spoil([&](auto& options) {
                       options.mutable_optimizer()->mutable_sgd();
                       options.mutable_optimizer()->set_learning_rate(rate);
                     }),
                     "spec.options.optimizer.learning_rate");
  }
  ExpectInvalidRun(spoil([](auto& options) { options.set_validation_fraction(1.5); }),
                   "spec.options.validation_fraction");
}

TEST_F(BadInputTest, TrainsOwnFields) {
  const auto train = [](v1::TrainRequest request) {
    grpc::ClientContext context;
    const auto stub = server_->stub<v1::TrainingService>();
    return ReadAll(*stub->Train(&context, request)).status;
  };
  v1::TrainRequest request;
  *request.mutable_create() = QuickRun();
  request.set_after_sequence(1);
  ExpectInvalid(train(request), "after_sequence");
  request.clear_after_sequence();
  request.set_on_disconnect(static_cast<v1::OnDisconnect>(7));
  ExpectInvalid(train(request), "on_disconnect");
  request.clear_on_disconnect();
  for (const int64_t seconds :
       {int64_t{-1}, int64_t{86'401}, std::numeric_limits<int64_t>::min()}) {
    request.mutable_disconnect_grace()->set_seconds(seconds);
    ExpectInvalid(train(request), "disconnect_grace");
  }
  request.Clear();
  request.set_attach("../x");
  ExpectInvalid(train(request), "attach");
  const v1::CreateRunRequest quick = QuickRun();
  const std::string name = Train(*server_, quick).messages[0].run().name();
  ExpectInvalid(Watch(*server_, name, 1'000).status, "after_sequence");
  ExpectInvalid(Watch(*server_, name, -1).status, "after_sequence");
  request.set_attach(name);
  request.set_after_sequence(1'000);
  ExpectInvalid(train(request), "after_sequence");
}

// ---- Data ---------------------------------------------------------------------------------------

TEST_F(BadInputTest, WidthsThatDiffer) {
  ExpectInvalidRun(
      [](v1::CreateRunRequest& run) {
        run.mutable_spec()->mutable_network()->add_inputs()->add_shape(3);
      },
      "spec.data.binding.features");
  ExpectInvalidRun(
      [](v1::CreateRunRequest& run) {
        run.mutable_spec()->mutable_data()->mutable_binding()->add_targets()->set_name("z");
      },
      "spec.data.binding.targets[0].name");
}

TEST_F(BadInputTest, Weights) {
  ExpectInvalidRun(
      [](v1::CreateRunRequest& run) {
        run.mutable_spec()->mutable_data()->mutable_binding()->mutable_weight()->set_name("z");
      },
      "spec.data.binding.weight.name");
  ExpectInvalidRun(
      [](v1::CreateRunRequest& run) {
        run.mutable_spec()->mutable_options()->mutable_class_weights();
      },
      "spec.options.class_weights");
}

TEST_F(BadInputTest, Labels) {
  const std::string field = "spec.data.inline.targets";
  ExpectInvalidInline({0, 1, 3, 0}, field, "2");  // Out of range, in row 2.
  ExpectInvalidInline({0, -1, 2, 0}, field, "1");
  ExpectInvalidInline({0, 1, 1.5, 0}, field, "1.5");
  ExpectInvalidInline({0, 1, 2}, "spec.data.inline.targets.shape", "3 rows");  // One is missing.
  v1::CreateRunRequest request = QuickRun();
  request.mutable_spec()->mutable_data()->mutable_inline_()->clear_targets();
  ExpectInvalid(CreateRun(request), field);
}

TEST_F(BadInputTest, NumbersThatAreNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    v1::CreateRunRequest request = QuickRun();
    v1::InlineData& data = *request.mutable_spec()->mutable_data()->mutable_inline_();
    *data.mutable_features() = FloatTensor({4, 2}, {0, 0, 0, 1, 1, bad, 1, 1});
    const grpc::Status status = CreateRun(request);
    ExpectInvalid(status, "spec.data.inline.features.data");
    EXPECT_THAT(status.error_message(), HasSubstr("row 2, column 1"));
  }
}

TEST_F(BadInputTest, FileFormats) {
  v1::CreateUploadRequest request;
  request.mutable_format()->mutable_csv()->set_delimiter(",,");
  v1::CreateUploadResponse response;
  const auto create = [&] {
    return server_->Call(&v1::DatasetService::Stub::CreateUpload, request, &response);
  };
  ExpectInvalid(create(), "format.csv.delimiter");
  request.mutable_format()->mutable_npz()->add_arrays("x");
  request.mutable_format()->mutable_npz()->add_arrays("x");
  ExpectInvalid(create(), "format.npz.arrays[1]");
}

TEST_F(BadInputTest, Files) {
  const auto expect = [](const std::string& text, const std::vector<std::string>& says) {
    SCOPED_TRACE(text);
    const grpc::Status status = Upload(*server_, "bad", text);
    ExpectInvalid(status, "upload");
    for (const std::string& part : says) EXPECT_THAT(status.error_message(), HasSubstr(part));
    v1::GetDatasetRequest get;
    get.set_name("datasets/bad");
    v1::GetDatasetResponse dataset;
    EXPECT_THAT(server_->Call(&v1::DatasetService::Stub::GetDataset, get, &dataset),
                StatusIs(absl::StatusCode::kNotFound));
  };
  expect("", {});
  expect("a,b\n", {});
  expect("a,b\n1,2\n3\n", {"line 3"});
  expect("a,b\n1,2\n3,x\n", {"line 3", "column 2"});
  expect("a,b\n1,nan\n", {"line 2", "column 2"});
  expect("a,b\n1,2\ninf,2\n", {"line 3", "column 1"});
  expect("a,b\n1,1e99\n", {"line 2", "column 2"});
  expect(std::string("\0\0\x08\1\0\0\0\7xyz", 11), {"array 0", "ends after 3"});
  expect("\x93NUMPY", {"array 0", "ends within its header"});
  expect("\x1f\x8b\x08", {"ends too early"});
  expect("PK\3\4", {"zip archive"});
}

TEST_F(BadInputTest, AnUploadCutOffInTheMiddle) {
  std::string upload;
  ASSERT_THAT(BeginUpload(*server_, "cut", &upload), IsOk());
  const std::string text = "a,b\n1,2\n3,4\n";
  {
    // The client goes after one chunk.
    const auto stub = server_->stub<v1::DatasetService>();
    grpc::ClientContext context;
    v1::UploadChunksResponse response;
    const auto writer = stub->UploadChunks(&context, &response);
    v1::UploadChunksRequest chunk;
    chunk.set_upload(upload);
    chunk.set_data(text.substr(0, 8));
    ASSERT_TRUE(writer->Write(chunk));
    // It has arrived once a second stream is told so.
    chunk.clear_data();
    chunk.set_offset(8);
    while (!SendChunk(*server_, chunk).ok()) {
    }
    context.TryCancel();
    writer->Finish();
  }
  v1::FinishUploadRequest finish;
  finish.set_upload(upload);
  finish.set_total_bytes(static_cast<int64_t>(text.size()));
  v1::FinishUploadResponse finished;
  const grpc::Status status =
      server_->Call(&v1::DatasetService::Stub::FinishUpload, finish, &finished);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status, HasViolation("total_bytes"));
  EXPECT_THAT(status.error_message(), HasSubstr("has 12 bytes, but 8 have arrived"));
  // What arrived was kept: the rest makes it whole.
  v1::UploadChunksRequest rest;
  rest.set_upload(upload);
  rest.set_offset(8);
  rest.set_data(text.substr(8));
  EXPECT_THAT(SendChunk(*server_, rest), IsOk());
  EXPECT_THAT(server_->Call(&v1::DatasetService::Stub::FinishUpload, finish, &finished), IsOk());
  EXPECT_EQ(finished.dataset().rows(), 2);
}

TEST_F(BadInputTest, Chunks) {
  std::string upload;
  ASSERT_THAT(BeginUpload(*server_, "chunks", &upload), IsOk());
  v1::UploadChunksRequest chunk;
  chunk.set_data("1,2\n");
  ExpectInvalid(SendChunk(*server_, chunk), "upload");
  chunk.set_upload(upload);
  chunk.set_offset(5);
  const grpc::Status offset = SendChunk(*server_, chunk);
  EXPECT_THAT(offset, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(offset, HasViolation("offset"));
  chunk.set_offset(0);
  chunk.set_checksum(1);
  ExpectInvalid(SendChunk(*server_, chunk), "checksum");
  chunk.clear_checksum();
  EXPECT_THAT(SendChunk(*server_, chunk), IsOk());
}

TEST_F(BadInputTest, AMessageThatIsTooLarge) {
  v1::UploadChunksRequest chunk;
  chunk.set_data(std::string((4 << 20) + 1, 'x'));
  EXPECT_THAT(SendChunk(*server_, chunk), StatusIs(absl::StatusCode::kResourceExhausted));
}

// ---- Predictions --------------------------------------------------------------------------------

TEST_F(BadInputTest, Predictions) {
  const auto predict = [](const std::function<void(v1::PredictRequest&)>& spoil) {
    v1::PredictRequest request;
    request.set_model("models/xor");
    *request.add_inputs() = FloatTensor({1, 2}, {0, 1});
    spoil(request);
    v1::PredictResponse response;
    return server_->Call(&v1::PredictionService::Stub::Predict, request, &response);
  };
  EXPECT_THAT(predict([](auto&) {}), IsOk());
  ExpectInvalid(predict([](auto& request) { request.clear_inputs(); }), "inputs");
  ExpectInvalid(predict([](auto& request) { *request.add_inputs() = request.inputs(0); }),
                "inputs");
  ExpectInvalid(predict([](auto& request) {
                  *request.mutable_inputs(0) = FloatTensor({1, 3}, {0, 1, 2});
                }),
                "inputs[0].shape");
  ExpectInvalid(predict([](auto& request) {
                  *request.mutable_inputs(0) = FloatTensor({2, 2}, {0, 1, 2});
                }),
                "inputs[0].data");
  ExpectInvalid(predict([](auto& request) {
                  *request.mutable_inputs(0) = FloatTensor({int64_t{1} << 62, 8}, {0, 1, 2});
                }),
                "inputs[0].data");
  ExpectInvalid(predict([](auto& request) { request.mutable_inputs(0)->set_name("x"); }),
                "inputs[0].name");
  ExpectInvalid(predict([](auto& request) { request.set_model("models/xor/versions/0"); }),
                "model");
}

TEST_F(BadInputTest, AModelWithoutAVersion) {
  v1::CreateModelRequest create;
  create.set_model_id("untrained");
  *create.mutable_network() = XorNetwork();
  ASSERT_THAT(CreateModel(create), IsOk());
  v1::PredictRequest request;
  request.set_model("models/untrained");
  v1::PredictResponse response;
  EXPECT_THAT(
      server_->Call(&v1::PredictionService::Stub::Predict, request, &response),
      AllOf(StatusIs(absl::StatusCode::kFailedPrecondition), HasReason("MODEL_NOT_TRAINED")));
}

TEST_F(BadInputTest, Evaluations) {
  const auto evaluate = [](const std::function<void(v1::EvaluateRequest&)>& spoil) {
    v1::EvaluateRequest request;
    request.set_model("models/xor");
    request.mutable_data()->set_dataset("datasets/xor");
    spoil(request);
    grpc::ClientContext context;
    const auto stub = server_->stub<v1::PredictionService>();
    return ReadAll(*stub->Evaluate(&context, request)).status;
  };
  EXPECT_THAT(evaluate([](auto&) {}), IsOk());
  ExpectInvalid(evaluate([](auto& request) { request.clear_model(); }), "model");
  ExpectInvalid(evaluate([](auto& request) { request.clear_data(); }), "data");
  ExpectInvalid(evaluate([](auto& request) { request.add_metrics(); }), "metrics[0]");
  ExpectInvalid(evaluate([](auto& request) {
                  request.mutable_data()->mutable_binding()->add_ignored()->set_name("a");
                }),
                "data.binding.features");
  ExpectNotFound(evaluate([](auto& request) { request.mutable_data()->set_dataset("datasets/z"); }),
                 "fnn.v1.Dataset", "datasets/z");
}

}  // namespace
}  // namespace fnn::server
