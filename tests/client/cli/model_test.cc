#include "client/cli/model_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "client/cli/model_name.h"
#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Return;

TEST(ModelNameTest, NamesModelsAndVersions) {
  const std::pair<const char*, const char*> cases[] = {
      {"m", "models/m"},
      {"models/m", "models/m"},
      {"m@3", "models/m/versions/3"},
      {"models/m@3", "models/m/versions/3"},
      {"m@best", "models/m/aliases/best"},
      {"models/m@best", "models/m/aliases/best"},
      {"models/m/versions/3", "models/m/versions/3"},
      {"models/m/aliases/best", "models/m/aliases/best"},
      {"m@3x", "models/m/aliases/3x"},
      {"", ""}};
  for (const auto& [text, name] : cases) {
    EXPECT_EQ(ModelVersionName(text), name);
    EXPECT_EQ(NamesVersion(name), std::string(name).find("/m/") != std::string::npos) << name;
  }
}

class ModelTest : public CliFixture {};

const char kVersion[] = R"(model_version {
  name: "models/m/versions/3" run: "runs/r" size_bytes: 2048 aliases: ["best", "champion"]
  epoch { epoch: 30 train_loss: 0.25 validation_loss: 0.5 parameter_digest: "00ff" }
  provenance { dataset: "datasets/d" dataset_digest: "abcd" engine_version: "0.2.0" } })";

TEST_F(ModelTest, GetShowsAModelOrAVersion) {
  EXPECT_CALL(*mock_, GetModel).WillOnce(Return(Text<v1::GetModelResponse>(R"(
    model { name: "models/m" description: "digits" version_count: 4
            labels { key: "stage" value: "test" } labels { key: "a" value: "b" }
            aliases { key: "latest" value: 4 } aliases { key: "best" value: 3 } })")));
  EXPECT_EQ(Fnn({"model", "get", "m"}), 0);
  EXPECT_THAT(out_, HasSubstr("best=3, latest=4\n"));
  EXPECT_THAT(out_, HasSubstr("a=b, stage=test\n"));
  EXPECT_THAT(out_, HasSubstr("digits\n"));
  EXPECT_CALL(*mock_, GetModelVersion)
      .Times(2)
      .WillRepeatedly([](const v1::GetModelVersionRequest& request) {
        EXPECT_EQ(request.name(), "models/m/aliases/best");
        return Text<v1::GetModelVersionResponse>(kVersion);
      });
  EXPECT_EQ(Fnn({"model", "get", "m@best"}), 0);
  EXPECT_THAT(out_, HasSubstr("aliases          best, champion\n"));
  EXPECT_THAT(out_, HasSubstr("dataset digest   abcd\n"));
  EXPECT_THAT(out_, HasSubstr("size             2.0 KiB\n"));
  EXPECT_EQ(Fnn({"model", "get", "m@best", "-o", "json"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"datasetDigest\": \"abcd\""));
}

TEST_F(ModelTest, VersionsAreListed) {
  EXPECT_CALL(*mock_, ListModelVersions).WillOnce([](const v1::ListModelVersionsRequest& request) {
    EXPECT_EQ(request.parent(), "models/m");
    EXPECT_EQ(request.filter(), "alias = best");
    EXPECT_EQ(request.order_by(), "train_loss");
    auto version = Text<v1::GetModelVersionResponse>(kVersion);
    v1::ListModelVersionsResponse page;
    *page.add_model_versions() = version.model_version();
    page.add_model_versions()->set_name("models/m/versions/1");
    return page;
  });
  EXPECT_EQ(Fnn({"model", "versions", "m", "--filter", "alias = best", "--order-by", "train_loss"}),
            0);
  EXPECT_THAT(out_, HasSubstr("models/m/versions/3  best, champion     30        0.25"));
  EXPECT_THAT(out_, HasSubstr("models/m/versions/1  -  "));
}

TEST_F(ModelTest, UpdateKeepsTheLabelsOfOthers) {
  EXPECT_CALL(*mock_, GetModel).WillOnce(Return(Text<v1::GetModelResponse>(R"(
    model { name: "models/m" etag: "e" labels { key: "a" value: "1" }
            labels { key: "b" value: "2" } labels { key: "c" value: "3" } })")));
  EXPECT_CALL(*mock_, UpdateModel).WillOnce([](const v1::UpdateModelRequest& request) {
    EXPECT_EQ(request.model().name(), "models/m");
    EXPECT_EQ(request.model().etag(), "e");
    EXPECT_EQ(request.model().labels().size(), 3u);
    EXPECT_EQ(request.model().labels().at("a"), "1");
    EXPECT_EQ(request.model().labels().at("b"), "new");
    EXPECT_EQ(request.model().labels().at("d"), "4");
    EXPECT_THAT(request.update_mask().paths(), ElementsAre("labels"));
    return Text<v1::UpdateModelResponse>("model { name: 'models/m' }");
  });
  EXPECT_EQ(
      Fnn({"model", "update", "m", "--label", "b=new", "--label", "d=4", "--remove-label", "c"}), 0)
      << err_;
  EXPECT_THAT(out_, HasSubstr("models/m\n"));
}

TEST_F(ModelTest, UpdateOfTheDescriptionTouchesNoLabel) {
  EXPECT_CALL(*mock_, UpdateModel).WillOnce([](const v1::UpdateModelRequest& request) {
    EXPECT_EQ(request.model().description(), "");
    EXPECT_EQ(request.model().etag(), "");
    EXPECT_THAT(request.update_mask().paths(), ElementsAre("description"));
    return v1::UpdateModelResponse();
  });
  EXPECT_EQ(Fnn({"model", "update", "models/m", "--description", ""}), 0) << err_;
}

TEST_F(ModelTest, AnAliasIsSetAndDeleted) {
  EXPECT_CALL(*mock_, SetModelAlias).WillOnce([](const v1::SetModelAliasRequest& request) {
    EXPECT_EQ(request.name(), "models/m/aliases/champion");
    EXPECT_EQ(request.version(), 3);
    return Text<v1::SetModelAliasResponse>(
        "model { name: 'models/m' aliases { key: 'champion' value: 3 } }");
  });
  EXPECT_EQ(Fnn({"model", "alias", "set", "m@champion", "3"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("champion=3\n"));
  EXPECT_CALL(*mock_, DeleteModelAlias).WillOnce([](const v1::DeleteModelAliasRequest& request) {
    EXPECT_EQ(request.name(), "models/m/aliases/champion");
    return Text<v1::DeleteModelAliasResponse>("model { name: 'models/m' }");
  });
  EXPECT_EQ(Fnn({"model", "alias", "delete", "m@champion", "-o", "ndjson"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("\"name\":\"models/m\""));
}

TEST_F(ModelTest, DeleteTellsWhatWentWithIt) {
  EXPECT_CALL(*mock_, DeleteModel)
      .WillOnce(
          Return(Text<v1::DeleteModelResponse>("deleted_versions: 2 deleted_aliases: ['a', 'b']")));
  EXPECT_EQ(Fnn({"model", "delete", "m"}), 0);
  EXPECT_EQ(out_, "deleted with 2 versions and the aliases a, b\n");
  EXPECT_CALL(*mock_, DeleteModelVersion)
      .WillOnce([](const v1::DeleteModelVersionRequest& request) {
        EXPECT_EQ(request.name(), "models/m/versions/3");
        return v1::DeleteModelVersionResponse();
      });
  EXPECT_EQ(Fnn({"model", "delete", "m@3"}), 0);
  EXPECT_EQ(out_, "");
}

TEST_F(ModelTest, ExportsToFilesAndStandardOutput) {
  EXPECT_CALL(*mock_, ExportModel)
      .Times(3)
      .WillRepeatedly([](const v1::ExportModelRequest& request) {
        EXPECT_EQ(request.name(), "models/m/versions/3");
        return Script<v1::ExportModelResponse>({Text<v1::ExportModelResponse>(
            "model_version: 'models/m/versions/3' total_bytes: 5 data: 'a\\000b\\nc'")});
      });
  const std::string content("a\0b\nc", 5);
  const std::string file = File("m.fnn", "");
  EXPECT_EQ(Fnn({"model", "export", "m@3", "--file", file}), 0) << err_;
  EXPECT_EQ(Read(file), content);
  EXPECT_EQ(out_, "models/m/versions/3 is in " + file + " (5 bytes)\n");
  EXPECT_EQ(Fnn({"model", "export", "m@3", "--file", file, "-o", "json"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("\"modelVersion\":\"models/m/versions/3\""));
  EXPECT_EQ(Fnn({"model", "export", "m@3", "--file", "-"}), 0) << err_;
  EXPECT_EQ(out_, content);
}

TEST_F(ModelTest, ImportsFilesAndStandardInput) {
  std::vector<v1::ImportModelRequest> parts;
  EXPECT_CALL(*mock_, ImportModel).Times(2).WillRepeatedly([&] {
    return std::make_unique<RecordingImport>(
        &parts, absl::OkStatus(), SIZE_MAX,
        Text<v1::ImportModelResponse>("model_version { name: 'models/m/versions/1' }"));
  });
  EXPECT_EQ(Fnn({"model", "import", File("m.fnn", "abc"), "--id", "m", "--request-id", "mine"}), 0)
      << err_;
  EXPECT_EQ(out_, "model    models/m/versions/1\n");
  in_ = "def";
  EXPECT_EQ(Fnn({"model", "import", "-", "-o", "json"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("\"modelVersion\""));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].model_id() + parts[0].request_id() + parts[0].data(), "mmineabc");
  EXPECT_EQ(parts[1].data(), "def");
}

TEST_F(ModelTest, AVersionAnswersWhereverAModelDoes) {
  EXPECT_CALL(*mock_, Predict).WillOnce([](const v1::PredictRequest& request) {
    EXPECT_EQ(request.model(), "models/m/aliases/best");
    return absl::NotFoundError("no version");
  });
  in_ = "1\n";
  EXPECT_EQ(Fnn({"predict", "m@best"}), 3);
  EXPECT_CALL(*mock_, Evaluate).WillOnce([](const v1::EvaluateRequest& request) {
    EXPECT_EQ(request.model(), "models/m/versions/2");
    return Script<v1::EvaluateResponse>({}, absl::NotFoundError("no version"));
  });
  EXPECT_EQ(Fnn({"evaluate", "m@2", "--data", "datasets/d"}), 3);
  EXPECT_CALL(*mock_, GetParameters).WillOnce([](const v1::GetParametersRequest& request) {
    EXPECT_EQ(request.name(), "models/m/versions/2");
    return Script<v1::GetParametersResponse>({}, absl::NotFoundError("no version"));
  });
  EXPECT_EQ(Fnn({"model", "parameters", "m@2"}), 3);
}

TEST_F(ModelTest, ListsAreFilteredAndOrdered) {
  EXPECT_CALL(*mock_, ListModels).WillOnce([](const v1::ListModelsRequest& request) {
    EXPECT_EQ(request.filter(), "labels.a = b");
    EXPECT_EQ(request.order_by(), "create_time desc");
    return v1::ListModelsResponse();
  });
  EXPECT_EQ(Fnn({"model", "list", "--filter", "labels.a = b", "--order-by", "create_time desc"}),
            0);
  EXPECT_CALL(*mock_, ListDatasets).WillOnce([](const v1::ListDatasetsRequest& request) {
    EXPECT_EQ(request.filter(), "rows > 5");
    return v1::ListDatasetsResponse();
  });
  EXPECT_EQ(Fnn({"dataset", "list", "--filter", "rows > 5"}), 0);
  EXPECT_CALL(*mock_, ListRuns).WillOnce([](const v1::ListRunsRequest& request) {
    EXPECT_EQ(request.order_by(), "priority");
    return v1::ListRunsResponse();
  });
  EXPECT_EQ(Fnn({"run", "list", "--order-by", "priority"}), 0);
}

TEST_F(ModelTest, CreateSaysWhatItIsFor) {
  EXPECT_CALL(*mock_, CreateModel).WillOnce([](const v1::CreateModelRequest& request) {
    EXPECT_EQ(request.description(), "d");
    EXPECT_EQ(request.labels().at("a"), "b");
    return v1::CreateModelResponse();
  });
  EXPECT_EQ(Fnn({"model", "create", "--layers", "2 > 1", "--description", "d", "--label", "a=b"}),
            0);
}

}  // namespace
}  // namespace fnn::cli
