// ModelService over loopback: versions, aliases, updates, files, repeated requests; and all of it
// after the server was restarted.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using Models = v1::ModelService::Stub;

grpc::Status Predict(const TestServer& server, const std::string& model,
                     v1::PredictResponse* response) {
  v1::PredictRequest request;
  request.set_model(model);
  *request.add_inputs() = FloatTensor({4, 2}, {0, 0, 0.25, 1, 1, 0.5, -3, 2});
  return server.Call(&v1::PredictionService::Stub::Predict, request, response);
}

std::string Predicted(const TestServer& server, const std::string& model) {
  v1::PredictResponse response;
  EXPECT_THAT(Predict(server, model, &response), IsOk()) << model;
  return response.outputs_size() == 1 ? response.outputs(0).data() : "";
}

v1::Model GetModel(const TestServer& server, const std::string& name) {
  v1::GetModelRequest request;
  request.set_name(name);
  v1::GetModelResponse response;
  EXPECT_THAT(server.Call(&Models::GetModel, request, &response), IsOk());
  return response.model();
}

struct Exported {
  std::string bytes;
  grpc::Status status;
};

Exported Export(const TestServer& server, const std::string& name) {
  const auto stub = server.stub<v1::ModelService>();
  grpc::ClientContext context;
  v1::ExportModelRequest request;
  request.set_name(name);
  const auto all = ReadAll(*stub->ExportModel(&context, request));
  Exported out{.bytes = "", .status = all.status};
  for (const v1::ExportModelResponse& part : all.messages) out.bytes += part.data();
  for (const v1::ExportModelResponse& part : all.messages) {
    EXPECT_EQ(part.total_bytes(), static_cast<int64_t>(out.bytes.size()));
  }
  return out;
}

grpc::Status Import(const TestServer& server, const std::string& id, const std::string& bytes,
                    v1::ImportModelResponse* response, const std::string& request_id = "") {
  constexpr size_t kPart = 1000;
  const auto stub = server.stub<v1::ModelService>();
  grpc::ClientContext context;
  const auto writer = stub->ImportModel(&context, response);
  v1::ImportModelRequest part;
  part.set_model_id(id);
  part.set_request_id(request_id);
  for (size_t at = 0; at == 0 || at < bytes.size(); at += kPart) {
    part.set_data(bytes.substr(at, kPart));
    if (!writer->Write(part)) break;
    part.Clear();
  }
  writer->WritesDone();
  return writer->Finish();
}

// Trains models/{id} once more.
void TrainAgain(const TestServer& server, const std::string& id, uint64_t seed) {
  v1::CreateRunRequest request = QuickRun();
  request.mutable_spec()->set_model("models/" + id);
  request.mutable_spec()->mutable_options()->set_seed(seed);
  ASSERT_THAT(Train(server, request).status, IsOk());
}

class ModelRegistryTest : public ::testing::Test {
 protected:
  grpc::Status SetAlias(const std::string& alias, int64_t version) {
    v1::SetModelAliasRequest request;
    request.set_name("models/xor/aliases/" + alias);
    request.set_version(version);
    v1::SetModelAliasResponse response;
    return server_->Call(&Models::SetModelAlias, request, &response);
  }
  grpc::Status DeleteVersion(const std::string& name) {
    v1::DeleteModelVersionRequest request;
    request.set_name(name);
    v1::DeleteModelVersionResponse response;
    return server_->Call(&Models::DeleteModelVersion, request, &response);
  }
  grpc::Status Create(const v1::CreateModelRequest& request, v1::Model* model) {
    v1::CreateModelResponse response;
    grpc::Status status = server_->Call(&Models::CreateModel, request, &response);
    *model = response.model();
    return status;
  }

  std::unique_ptr<TestServer> server_ = std::make_unique<TestServer>();
};

TEST_F(ModelRegistryTest, VersionsAndAliases) {
  TrainXor(*server_, "xor");
  TrainAgain(*server_, "xor", 7);
  ASSERT_THAT(SetAlias("production", 1), IsOk());
  EXPECT_EQ(Predicted(*server_, "models/xor/aliases/production"),
            Predicted(*server_, "models/xor/versions/1"));
  EXPECT_EQ(Predicted(*server_, "models/xor"), Predicted(*server_, "models/xor/versions/2"));
  EXPECT_NE(Predicted(*server_, "models/xor"), Predicted(*server_, "models/xor/versions/1"));
  ASSERT_THAT(SetAlias("production", 2), IsOk());
  EXPECT_EQ(Predicted(*server_, "models/xor/aliases/production"),
            Predicted(*server_, "models/xor"));

  v1::GetModelVersionRequest get;
  get.set_name("models/xor/aliases/production");
  v1::GetModelVersionResponse got;
  ASSERT_THAT(server_->Call(&Models::GetModelVersion, get, &got), IsOk());
  EXPECT_EQ(got.model_version().name(), "models/xor/versions/2");
  EXPECT_FALSE(got.model_version().provenance().run().empty());

  v1::ListModelVersionsRequest list;
  list.set_parent("models/xor");
  list.set_order_by("version");
  list.set_page_size(1);
  std::vector<std::string> names;
  do {
    v1::ListModelVersionsResponse page;
    ASSERT_THAT(server_->Call(&Models::ListModelVersions, list, &page), IsOk());
    for (const auto& version : page.model_versions()) names.push_back(version.name());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(names, ElementsAre("models/xor/versions/1", "models/xor/versions/2"));

  EXPECT_THAT(DeleteVersion("models/xor/versions/2"), HasReason("VERSION_HAS_ALIAS"));
  EXPECT_THAT(DeleteVersion("models/xor/versions/1"), IsOk());
  v1::DeleteModelAliasRequest remove;
  remove.set_name("models/xor/aliases/production");
  v1::DeleteModelAliasResponse removed;
  ASSERT_THAT(server_->Call(&Models::DeleteModelAlias, remove, &removed), IsOk());
  EXPECT_EQ(removed.model().aliases().count("production"), 0u);
  v1::DeleteModelRequest drop;
  drop.set_name("models/xor");
  v1::DeleteModelResponse dropped;
  ASSERT_THAT(server_->Call(&Models::DeleteModel, drop, &dropped), IsOk());
  EXPECT_EQ(dropped.deleted_versions(), 1);
}

TEST_F(ModelRegistryTest, AModelsWordsAreUpdated) {
  v1::CreateModelRequest create;
  create.set_model_id("a");
  *create.mutable_network() = XorNetwork();
  create.set_description("first");
  (*create.mutable_labels())["team"] = "vision";
  v1::Model model;
  ASSERT_THAT(Create(create, &model), IsOk());
  v1::UpdateModelRequest update;
  *update.mutable_model() = model;
  update.mutable_model()->set_description("second");
  update.mutable_model()->clear_labels();
  update.mutable_update_mask()->add_paths("description");
  v1::UpdateModelResponse updated;
  ASSERT_THAT(server_->Call(&Models::UpdateModel, update, &updated), IsOk());
  EXPECT_EQ(updated.model().description(), "second");
  EXPECT_EQ(updated.model().labels().at("team"), "vision");
  EXPECT_THAT(server_->Call(&Models::UpdateModel, update, &updated), HasReason("ETAG_MISMATCH"));
  update.mutable_model()->clear_etag();
  update.clear_update_mask();
  ASSERT_THAT(server_->Call(&Models::UpdateModel, update, &updated), IsOk());
  EXPECT_EQ(updated.model().labels_size(), 0);

  update.mutable_update_mask()->add_paths("network");
  EXPECT_THAT(server_->Call(&Models::UpdateModel, update, &updated),
              HasViolation("update_mask.paths[0]"));
  update.clear_update_mask();
  (*update.mutable_model()->mutable_labels())["Bad Key"] = "x";
  EXPECT_THAT(server_->Call(&Models::UpdateModel, update, &updated),
              HasViolation("model.labels[\"Bad Key\"]"));
  create.set_model_id("b");
  create.set_description(std::string(5000, 'x'));
  EXPECT_THAT(Create(create, &model), HasViolation("description"));
}

TEST_F(ModelRegistryTest, BadNamesAreNamed) {
  TrainXor(*server_, "xor");
  EXPECT_THAT(SetAlias("latest", 1), HasReason("ALIAS_RESERVED"));
  EXPECT_THAT(SetAlias("Mine", 1), HasViolation("name"));
  EXPECT_THAT(SetAlias("mine", 0), HasViolation("version"));
  EXPECT_THAT(SetAlias("mine", -1), HasViolation("version"));
  EXPECT_THAT(SetAlias("mine", 9), HasReason("MODEL_VERSION_NOT_FOUND"));
  EXPECT_THAT(DeleteVersion("models/xor"), HasViolation("name"));
  EXPECT_THAT(DeleteVersion("models/xor/versions/latest"), HasViolation("name"));
  EXPECT_THAT(DeleteVersion("models/xor/versions/9"), HasReason("MODEL_VERSION_NOT_FOUND"));
  v1::PredictResponse response;
  EXPECT_THAT(Predict(*server_, "models/xor/versions/latest", &response), HasViolation("model"));
  EXPECT_THAT(Predict(*server_, "models/xor/aliases/none", &response),
              HasReason("MODEL_ALIAS_NOT_FOUND"));
  v1::ListModelVersionsRequest list;
  v1::ListModelVersionsResponse page;
  EXPECT_THAT(server_->Call(&Models::ListModelVersions, list, &page), HasViolation("parent"));
  list.set_parent("models/xor");
  list.set_filter("loss < 1");
  EXPECT_THAT(server_->Call(&Models::ListModelVersions, list, &page), HasViolation("filter"));
  EXPECT_THAT(Export(*server_, "models/none").status, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Export(*server_, "models/").status, HasViolation("name"));
}

TEST_F(ModelRegistryTest, ARepeatedRequestMakesOneModel) {
  v1::CreateModelRequest create;
  *create.mutable_network() = XorNetwork();
  create.set_request_id("r1");
  v1::Model first, second;
  ASSERT_THAT(Create(create, &first), IsOk());
  ASSERT_THAT(Create(create, &second), IsOk());
  EXPECT_EQ(first.uid(), second.uid());
  v1::CreateModelRequest other = create;
  other.set_description("another");
  EXPECT_THAT(Create(other, &second), HasReason("REQUEST_ID_REUSED"));
  EXPECT_THAT(Create(other, &second), HasViolation("request_id"));
  v1::DeleteModelRequest drop;
  drop.set_name(first.name());
  v1::DeleteModelResponse dropped;
  ASSERT_THAT(server_->Call(&Models::DeleteModel, drop, &dropped), IsOk());
  const grpc::Status gone = Create(create, &second);
  EXPECT_THAT(gone, HasReason("MODEL_NOT_FOUND"));
  EXPECT_NE(gone.error_message().find("has been deleted since"), std::string::npos);
}

TEST_F(ModelRegistryTest, AnExportedModelIsTheSameElsewhere) {
  TrainXor(*server_, "xor");
  TrainAgain(*server_, "xor", 7);
  const Exported file = Export(*server_, "models/xor/versions/1");
  ASSERT_THAT(file.status, IsOk());
  const TestServer other;
  v1::ImportModelResponse imported;
  ASSERT_THAT(Import(other, "copy", file.bytes, &imported), IsOk());
  EXPECT_EQ(imported.model().name(), "models/copy");
  EXPECT_EQ(imported.model_version().name(), "models/copy/versions/1");
  EXPECT_EQ(imported.model_version().provenance().imported_from(), "models/xor/versions/1");
  EXPECT_EQ(Predicted(other, "models/copy"), Predicted(*server_, "models/xor/versions/1"));
  v1::GetModelVersionRequest get;
  get.set_name("models/xor/versions/1");
  v1::GetModelVersionResponse got;
  ASSERT_THAT(server_->Call(&Models::GetModelVersion, get, &got), IsOk());
  EXPECT_EQ(imported.model_version().epoch().SerializeAsString(),
            got.model_version().epoch().SerializeAsString());
  // It can be trained on, and another version imported beside it.
  TrainAgain(other, "copy", 3);
  ASSERT_THAT(Import(other, "copy", Export(*server_, "models/xor").bytes, &imported), IsOk());
  EXPECT_EQ(imported.model_version().name(), "models/copy/versions/3");
  EXPECT_EQ(Predicted(other, "models/copy"), Predicted(*server_, "models/xor"));
}

TEST_F(ModelRegistryTest, AnImportIsRefusedWhereTheNetworkDiffers) {
  TrainXor(*server_, "xor");
  const std::string bytes = Export(*server_, "models/xor").bytes;
  v1::CreateModelRequest create;
  create.set_model_id("other");
  *create.mutable_network() = XorNetwork(5);
  v1::Model model;
  ASSERT_THAT(Create(create, &model), IsOk());
  v1::ImportModelResponse response;
  EXPECT_THAT(Import(*server_, "other", bytes, &response), HasReason("NETWORK_DIFFERS"));
  create.set_model_id("same");  // Whose input's width is not known yet.
  *create.mutable_network() = XorNetwork();
  ASSERT_THAT(Create(create, &model), IsOk());
  EXPECT_THAT(Import(*server_, "same", bytes, &response), IsOk());
}

TEST_F(ModelRegistryTest, ARepeatedImportMakesOneVersion) {
  TrainXor(*server_, "xor");
  const std::string bytes = Export(*server_, "models/xor").bytes;
  v1::ImportModelResponse first, second;
  ASSERT_THAT(Import(*server_, "", bytes, &first, "r1"), IsOk());
  ASSERT_THAT(Import(*server_, "", bytes, &second, "r1"), IsOk());
  EXPECT_EQ(first.model_version().name(), second.model_version().name());
  EXPECT_THAT(Import(*server_, "x", bytes, &second, "r1"), HasReason("REQUEST_ID_REUSED"));
}

// Every byte of the file changed in one bit, and cut anywhere: refused, with what is wrong with it.
TEST_F(ModelRegistryTest, ADamagedFileIsRefused) {
  TrainXor(*server_, "xor");
  const std::string bytes = Export(*server_, "models/xor").bytes;
  v1::ImportModelResponse response;
  std::map<std::string, int> reasons;
  const auto refused = [&](const std::string& damaged) {
    const grpc::Status status = Import(*server_, "bad", damaged, &response);
    EXPECT_THAT(status, HasViolation("data"));
    const auto info = fnn::testing::DetailOf<google::rpc::ErrorInfo>(status);
    if (info.has_value()) ++reasons[info->reason()];
  };
  for (size_t at = 0; at < bytes.size(); at += at < 64 ? 1 : 7) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    refused(flipped);
  }
  for (size_t size = 0; size < bytes.size(); size += 41) refused(bytes.substr(0, size));
  refused(bytes + "more");
  refused("layer,weights\n1,2\n" + std::string(100, 'x'));
  EXPECT_GT(reasons["FILE_CORRUPT"], 0);
  EXPECT_GT(reasons["FILE_TRUNCATED"], 0);
  EXPECT_GT(reasons["FILE_FOREIGN"], 0);
  EXPECT_EQ(reasons.size(), 3u);
  v1::GetModelRequest get;
  get.set_name("models/bad");
  v1::GetModelResponse got;
  EXPECT_THAT(server_->Call(&Models::GetModel, get, &got), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Import(*server_, "good", bytes, &response), IsOk());
}

TEST_F(ModelRegistryTest, BadImportsAreNamed) {
  v1::ImportModelResponse response;
  EXPECT_THAT(Import(*server_, "Bad Id", "x", &response), HasViolation("model_id"));
  EXPECT_THAT(Import(*server_, "a", "x", &response, "not an id"), HasViolation("request_id"));
  EXPECT_THAT(Import(*server_, "a", std::string(17 << 20, 'x'), &response),
              HasReason("MODEL_FILE_TOO_LARGE"));
  const auto stub = server_->stub<v1::ModelService>();
  grpc::ClientContext context;
  const auto writer = stub->ImportModel(&context, &response);
  writer->WritesDone();
  EXPECT_THAT(writer->Finish(), HasViolation("data"));
  EXPECT_TRUE(server_->Serves());
}

TEST_F(ModelRegistryTest, AllIsThereAfterARestart) {
  const TemporaryDirectory directory;
  ServerOptions options = TestOptions();
  options.data_dir = directory.path();
  server_ = nullptr;
  server_ = std::make_unique<TestServer>(options);
  TrainXor(*server_, "xor");
  TrainAgain(*server_, "xor", 7);
  ASSERT_THAT(SetAlias("production", 1), IsOk());
  v1::CreateModelRequest create;
  *create.mutable_network() = XorNetwork();
  create.set_request_id("r1");
  v1::Model made, again;
  ASSERT_THAT(Create(create, &made), IsOk());
  const std::string model = GetModel(*server_, "models/xor").SerializeAsString();
  const std::string file = Export(*server_, "models/xor").bytes;
  std::map<std::string, std::string> predicted;
  for (const char* name :
       {"models/xor", "models/xor/versions/1", "models/xor/aliases/production"}) {
    predicted[name] = Predicted(*server_, name);
  }

  server_ = nullptr;
  server_ = std::make_unique<TestServer>(options);
  v1::Model expected;
  ASSERT_TRUE(expected.ParseFromString(model));
  EXPECT_EQ(GetModel(*server_, "models/xor").DebugString(), expected.DebugString());
  for (const auto& [name, bytes] : predicted) EXPECT_EQ(Predicted(*server_, name), bytes) << name;
  EXPECT_EQ(Export(*server_, "models/xor").bytes, file);
  ASSERT_THAT(Create(create, &again), IsOk());
  EXPECT_EQ(again.uid(), made.uid());
}

// Predictions go on while the model is trained.
TEST_F(ModelRegistryTest, PredictsWhileItTrains) {
  TrainXor(*server_, "xor");
  const std::string before = Predicted(*server_, "models/xor");
  v1::CreateRunRequest request = EndlessRun();
  request.mutable_spec()->set_model("models/xor");
  *request.mutable_spec()->mutable_data() = QuickRun().spec().data();
  request.mutable_spec()->mutable_options()->set_epochs(400'000);
  v1::CreateRunResponse run;
  ASSERT_THAT(server_->Call(&v1::TrainingService::Stub::CreateRun, request, &run), IsOk());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Predicted(*server_, "models/xor"), before);
  v1::CancelRunRequest cancel;
  cancel.set_name(run.run().name());
  v1::CancelRunResponse cancelled;
  EXPECT_THAT(server_->Call(&v1::TrainingService::Stub::CancelRun, cancel, &cancelled), IsOk());
}

}  // namespace
}  // namespace fnn::server
