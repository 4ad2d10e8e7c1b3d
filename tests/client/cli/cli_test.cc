#include "client/cli/cli.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Return;
using ::testing::StartsWith;

// Whether `text` is one JSON value.
bool IsJson(const std::string& text) {
  google::protobuf::Value value;
  return google::protobuf::util::JsonStringToMessage(text, &value).ok();
}

class CliTest : public CliFixture {};

// ---- Arguments ----------------------------------------------------------------------------------

struct UsageCase {
  std::vector<std::string> arguments;
  std::string message;
};
void PrintTo(const UsageCase& c, std::ostream* out) { *out << absl::StrJoin(c.arguments, " "); }

class UsageTest : public CliFixture, public ::testing::WithParamInterface<UsageCase> {};

// StrictMock: the server is asked nothing.
TEST_P(UsageTest, EndsWithTwoAndSaysWhy) {
  EXPECT_EQ(Fnn(GetParam().arguments), 2);
  EXPECT_THAT(err_, StartsWith("fnn: "));
  EXPECT_THAT(err_, HasSubstr(GetParam().message));
  EXPECT_THAT(out_, IsEmpty());
}

const char kNet[] = "2 > 1";

INSTANTIATE_TEST_SUITE_P(
    Bad, UsageTest,
    ::testing::Values(
        UsageCase{{}, "a command is missing\n'fnn --help'"},
        UsageCase{{"nonsense"}, "there is no command 'nonsense'"},
        UsageCase{{"model"}, "a command is missing\n'fnn model --help'"},
        UsageCase{{"model", "nonsense"}, "there is no command 'nonsense'"},
        UsageCase{{"model", "get"}, "MODEL is required"},
        UsageCase{{"model", "get", "a", "b"}, "b"},
        UsageCase{{"model", "list", "--nonsense"}, "--nonsense"},
        UsageCase{{"model", "create"}, "--layers or as --network"},
        UsageCase{{"model", "create", "--layers", "2 > x"}, "--layers: column 5"},
        UsageCase{{"model", "create", "--layers", kNet, "--network", "f"}, "--layers excludes"},
        UsageCase{{"model", "create", "--layers", kNet, "--loss", "x"},
                  "--loss: column 1: no loss"},
        UsageCase{{"model", "create", "--layers", kNet, "--loss", "mse(1)"},
                  "--loss: column 5: mean_squared_error takes no number"},
        UsageCase{{"model", "create", "--layers", kNet, "--scaling", "x"},
                  "--scaling: column 1: no scaling is called 'x'"},
        UsageCase{{"model", "create", "--network", "/nonexistent"}, "can't read '/nonexistent'"},
        UsageCase{{"model", "create", "--network", "/"}, "is a directory"},
        UsageCase{{"model", "list", "-o", "xml"}, "no output format is called 'xml'"},
        UsageCase{{"model", "list", "--config", "/nonexistent"}, "can't read '/nonexistent'"},
        UsageCase{{"model", "list", "-o", "csv"}, "this command writes no CSV"},
        UsageCase{{"model", "update", "m"}, "give what to change: --description, --label"},
        UsageCase{{"model", "update", "m", "--label", "x"}, "--label takes KEY=VALUE, not 'x'"},
        UsageCase{{"model", "create", "--layers", kNet, "--label", "=x"},
                  "--label takes KEY=VALUE"},
        UsageCase{{"model", "alias", "set", "m", "3"}, "an alias is written MODEL@ALIAS"},
        UsageCase{{"model", "alias", "set", "m@3", "3"}, "an alias is written MODEL@ALIAS"},
        UsageCase{{"model", "alias", "set", "m@a"}, "VERSION is required"},
        UsageCase{{"model", "alias", "set", "m@a", "0"}, "'0' is not a whole number from 1 on"},
        UsageCase{{"model", "alias", "delete", "m"}, "an alias is written MODEL@ALIAS"},
        UsageCase{{"model", "alias"}, "a command is missing\n'fnn model alias --help'"},
        UsageCase{{"model", "export", "m"}, "--file is required"},
        UsageCase{{"model", "export", "m", "--file", "/nonexistent/m.fnn"}, "/nonexistent/m.fnn"},
        UsageCase{{"model", "import", "/nonexistent.fnn"}, "/nonexistent.fnn"},
        UsageCase{{"dataset", "upload", "f", "--resume", "u", "--id", "d"}, "excludes"},
        UsageCase{{"dataset", "upload", "f", "--resume", "u", "--text", "index"}, "excludes"},
        UsageCase{{"dataset", "upload", "f", "--reconnect-for", "soon"},
                  "--reconnect-for takes a time such as 90s"},
        UsageCase{{"run", "start", "--data", "datasets/d", "--model", "m", "--priority", "high"},
                  "--priority"},
        UsageCase{{"run", "start", "--data", "datasets/d", "--model", "m", "--checkpoint-interval",
                   "often"},
                  "--checkpoint-interval takes a time"},
        UsageCase{{"run", "watch", "r", "-o", "csv"}, "this command writes no CSV"},
        UsageCase{{"run", "history"}, "RUN is required"},
        UsageCase{{"dataset", "upload"}, "FILE is required"},
        UsageCase{{"dataset", "upload", "/nonexistent"}, "there is no file '/nonexistent'"},
        UsageCase{{"dataset", "upload", "f", "--header", "x"}, "--header"},
        UsageCase{{"dataset", "upload", "f", "--header", "absent", "--arrays", "x"}, "excludes"},
        UsageCase{{"dataset", "upload", "f", "--text", "index", "--arrays", "x"}, "excludes"},
        UsageCase{{"dataset", "upload", "f", "--missing", "x"}, "--missing"},
        UsageCase{{"dataset", "upload", "f", "--text", "x"}, "--text"},
        UsageCase{{"train", "--data", "datasets/d", "--data", "f", "--model", "m"},
                  "'datasets/d' is none"},
        UsageCase{{"evaluate", "m", "--data", "-", "--data", "f"}, "'-' is none"},
        UsageCase{{"train", "--layers", kNet}, "--data is required"},
        UsageCase{{"train", "--data", "datasets/d"}, "--layers, --network or --model"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--model", "m"},
                  "one of the three"},
        UsageCase{{"train", "--data", "datasets/d", "--model", "m", "--loss", "mse"},
                  "--model names a model that exists"},
        UsageCase{{"train", "--data", "datasets/d", "--model", "m", "--scaling", "standardize"},
                  "--model names a model that exists"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--epochs", "x"}, "--epochs"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--epochs", "1.5"},
                  "--epochs"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--learning-rate", "fast"},
                  "--learning-rate"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--optimizer", "newton"},
                  "--optimizer: column 1: no optimizer is called 'newton'"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--momentum", "0.5"},
                  "--optimizer momentum"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--seed", "-1"},
                  "'-1' is not a whole number from 0 on"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--metric", "beauty"},
                  "--metric: column 1: no metric is called 'beauty'"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--metric", "mse,"},
                  "--metric: column 1: expected a metric"},
        UsageCase{{"evaluate", "m", "--data", "f", "--metric", "beauty"},
                  "--metric: column 1: no metric is called 'beauty'"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--validation-split", "0.1",
                   "--validation-data", "datasets/v"},
                  "not both"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--detach", "--plot", "f"},
                  "--detach"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--plot-scale", "x"},
                  "--plot-scale"},
        UsageCase{{"run", "watch", "r", "--after", "-1"}, "--after"},
        UsageCase{{"run", "plot", "r", "--scale", "cubic"}, "--scale"},
        UsageCase{{"train", "--data", "datasets/d", "--layers", kNet, "--health", "good"},
                  "--health"},
        UsageCase{{"predict", "m", "--rows", "0"}, "'0' is not a whole number from 1 on"},
        UsageCase{{"predict", "m", "--rows", "many"}, "--rows"},
        UsageCase{{"predict", "m", "--skip-target", "--target", "1"}, "excludes"},
        UsageCase{{"predict", "m"}, "no rows"}, UsageCase{{"evaluate", "m"}, "--data is required"},
        UsageCase{{"completion", "tcsh"}, "SHELL"}));

TEST_F(CliTest, HelpOfEveryCommandHasAnExample) {
  const std::vector<std::vector<std::string>> commands = {{},
                                                          {"train"},
                                                          {"evaluate"},
                                                          {"predict"},
                                                          {"health"},
                                                          {"info"},
                                                          {"completion"},
                                                          {"model"},
                                                          {"model", "create"},
                                                          {"model", "get"},
                                                          {"model", "list"},
                                                          {"model", "update"},
                                                          {"model", "versions"},
                                                          {"model", "alias"},
                                                          {"model", "alias", "set"},
                                                          {"model", "alias", "delete"},
                                                          {"model", "export"},
                                                          {"model", "import"},
                                                          {"model", "parameters"},
                                                          {"model", "delete"},
                                                          {"dataset"},
                                                          {"dataset", "upload"},
                                                          {"dataset", "get"},
                                                          {"dataset", "list"},
                                                          {"dataset", "delete"},
                                                          {"operator"},
                                                          {"operator", "list"},
                                                          {"operator", "show"},
                                                          {"operator", "plot"},
                                                          {"run"},
                                                          {"run", "start"},
                                                          {"run", "get"},
                                                          {"run", "list"},
                                                          {"run", "watch"},
                                                          {"run", "pause"},
                                                          {"run", "resume"},
                                                          {"run", "cancel"},
                                                          {"run", "delete"},
                                                          {"run", "history"},
                                                          {"run", "plot"}};
  for (std::vector<std::string> command : commands) {
    command.push_back("--help");
    EXPECT_EQ(Fnn(command), 0) << ::testing::PrintToString(command);
    EXPECT_THAT(out_, HasSubstr("Example:\n")) << ::testing::PrintToString(command);
    EXPECT_THAT(err_, IsEmpty());
  }
  EXPECT_EQ(Fnn({"--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("  130  interrupted"));
}

TEST_F(CliTest, HelpListsTheOperatorsOfAnOption) {
  EXPECT_EQ(Fnn({"run", "start", "--help"}), 0);
  for (const char* text : {"adagrad, adadelta", "reduce_on_plateau, with arguments in parentheses",
                           "standardize or min_max", "kl_divergence", "pr_auc", "--max-duration"}) {
    EXPECT_THAT(out_, HasSubstr(text));
  }
}

TEST_F(CliTest, VersionIsData) {
  EXPECT_EQ(Fnn({"--version"}), 0);
  EXPECT_THAT(out_, StartsWith("fnn "));
}

// What bash makes of words, the last of them to be completed.
std::string Completed(const std::string& script, const std::string& words) {
  const std::string command = absl::StrCat("bash -c 'source ", script, "; COMP_WORDS=(", words,
                                           "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _fnn; echo "
                                           "${COMPREPLY[*]}'");
  FILE* const pipe = popen(command.c_str(), "r");
  std::string out;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) out += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return std::string(absl::StripSuffix(out, "\n"));
}

TEST_F(CliTest, BashCompletesOperators) {
  EXPECT_EQ(Fnn({"completion", "bash"}), 0);
  const std::string script = File("fnn.bash", out_);
  EXPECT_EQ(Completed(script, "fnn mod"), "model");
  EXPECT_EQ(Completed(script, "fnn operator show leaky"), "leaky_relu");
  EXPECT_EQ(Completed(script, "fnn operator show conv"), "conv1d conv2d");
  EXPECT_EQ(Completed(script, "fnn operator show xav"), "xavier");
  EXPECT_EQ(Completed(script, "fnn operator plot conv"), "");  // Layers have no curve.
  EXPECT_EQ(Completed(script, "fnn operator plot relu cosine"), "cosine");
  EXPECT_EQ(Completed(script, "fnn operator list --kind los"), "loss");
  EXPECT_EQ(Completed(script, "fnn train --optimizer adamw"), "adamw");
  EXPECT_EQ(Completed(script, "fnn train --optimizer = adamw"), "adamw");
  EXPECT_EQ(Completed(script, "fnn train --loss ms"), "mse");
  EXPECT_EQ(Completed(script, "fnn run start --schedule cosine"), "cosine");
  EXPECT_EQ(Completed(script, "fnn train --scaling st"), "standardize");
  EXPECT_EQ(Completed(script, "fnn evaluate m --metric roc"), "roc_auc");
  EXPECT_EQ(Completed(script, "fnn train --scaling = "), "standardize min_max");
  EXPECT_EQ(Completed(script, "fnn train --loss mse --optim"), "--optimizer");
  EXPECT_EQ(Completed(script, "fnn model al"), "alias");
  EXPECT_EQ(Completed(script, "fnn model alias s"), "set");
  EXPECT_EQ(Completed(script, "fnn run his"), "history");
  EXPECT_EQ(Completed(script, "fnn run start --checkpoint-e"), "--checkpoint-every");
  EXPECT_EQ(Completed(script, "fnn dataset upload f --res"), "--resume");
}

TEST_F(CliTest, CompletionKnowsVerbsAndOptions) {
  for (const std::string shell : {"bash", "zsh"}) {
    EXPECT_EQ(Fnn({"completion", shell}), 0);
    EXPECT_THAT(out_, HasSubstr("'model') words")) << shell;
    EXPECT_THAT(out_, HasSubstr("--learning-rate")) << shell;
    EXPECT_THAT(out_, HasSubstr("--early-stopping")) << shell;
  }
  EXPECT_EQ(Fnn({"completion", "fish"}), 0);
  EXPECT_THAT(out_, HasSubstr("-l learning-rate\n"));
  EXPECT_THAT(out_, HasSubstr("-l scaling -x -a 'standardize min_max'\n"));
}

// ---- Settings -----------------------------------------------------------------------------------

TEST_F(CliTest, TheServerComesFromFlagThenEnvironmentThenFile) {
  EXPECT_CALL(*mock_, CheckHealth("")).WillRepeatedly(Return(HealthStatus::kServing));
  EXPECT_EQ(Fnn({"health"}), 0);
  EXPECT_EQ(target_, "127.0.0.1:50051");
  const std::string config = File("config", "# mine\n server = file:1 # comment\n\noutput=json\n");
  EXPECT_EQ(Fnn({"health", "--config", config}), 0);
  EXPECT_EQ(target_, "file:1");
  EXPECT_TRUE(IsJson(out_)) << out_;
  variables_["FNN_SERVER"] = "environment:1";
  variables_["FNN_OUTPUT"] = "table";
  EXPECT_EQ(Fnn({"health", "--config", config}), 0);
  EXPECT_EQ(target_, "environment:1");
  EXPECT_EQ(out_, "serving\n");
  EXPECT_EQ(Fnn({"--server", "flag:1", "health", "--config", config}), 0);
  EXPECT_EQ(target_, "flag:1");
}

TEST_F(CliTest, TheDefaultFileIsUnderTheConfigurationHome) {
  EXPECT_CALL(*mock_, CheckHealth("")).WillRepeatedly(Return(HealthStatus::kServing));
  const std::string home = std::filesystem::path(File("x", "")).parent_path();
  std::filesystem::create_directories(home + "/.config/fnn");
  File(".config/fnn/config", "server = home:1");
  variables_["HOME"] = home;
  EXPECT_EQ(Fnn({"health"}), 0);
  EXPECT_EQ(target_, "home:1");
  variables_["XDG_CONFIG_HOME"] = home + "/nothing";
  EXPECT_EQ(Fnn({"health"}), 0);
  EXPECT_EQ(target_, "127.0.0.1:50051");
}

TEST_F(CliTest, ABadConfigurationNamesTheLine) {
  EXPECT_EQ(Fnn({"health", "--config", File("config", "server = a\nsever = b\n")}), 2);
  EXPECT_THAT(err_, HasSubstr("line 2"));
}

// ---- Exit codes and errors ----------------------------------------------------------------------

TEST_F(CliTest, ExitCodesFollowTheError) {
  const std::pair<absl::StatusCode, int> cases[] = {
      {absl::StatusCode::kNotFound, 3},         {absl::StatusCode::kUnavailable, 4},
      {absl::StatusCode::kDeadlineExceeded, 4}, {absl::StatusCode::kInvalidArgument, 1},
      {absl::StatusCode::kInternal, 1},         {absl::StatusCode::kAlreadyExists, 1}};
  for (const auto& [code, exit] : cases) {
    EXPECT_CALL(*mock_, GetModel).WillOnce(Return(absl::Status(code, "what happened")));
    EXPECT_EQ(Fnn({"model", "get", "m"}), exit) << absl::StatusCodeToString(code);
    EXPECT_THAT(err_, HasSubstr("what happened"));
    EXPECT_THAT(out_, IsEmpty());
  }
}

TEST_F(CliTest, AnUnreachableServerIsNamedWithWhatToDo) {
  EXPECT_CALL(*mock_, GetServerInfo).WillOnce(Return(absl::UnavailableError("refused")));
  EXPECT_EQ(Fnn({"info", "--server", "nowhere:1"}), 4);
  EXPECT_THAT(err_, HasSubstr("can't reach the server at nowhere:1: refused"));
  EXPECT_THAT(err_, HasSubstr("--server"));
}

TEST_F(CliTest, AServerThatDoesNotServeIsUnavailable) {
  EXPECT_CALL(*mock_, CheckHealth("")).WillOnce(Return(HealthStatus::kNotServing));
  EXPECT_EQ(Fnn({"health"}), 4);
  EXPECT_EQ(out_, "not serving\n");
}

TEST_F(CliTest, ErrorsShowFieldsAndNextSteps) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("network.layers[0].dense.units");
  bad.mutable_field_violations(0)->set_description("must be 1 to 16777216, not 0");
  absl::Status status = absl::InvalidArgumentError("the network is not valid");
  status.SetPayload("type.googleapis.com/google.rpc.BadRequest",
                    absl::Cord(bad.SerializeAsString()));
  EXPECT_CALL(*mock_, CreateModel).WillOnce(Return(status));
  EXPECT_EQ(Fnn({"model", "create", "--layers", "2 > 0"}), 1);
  EXPECT_EQ(err_,
            "fnn: the network is not valid\n"
            "  network.layers[0].dense.units: must be 1 to 16777216, not 0\n");

  google::rpc::ResourceInfo resource;
  resource.set_resource_type("fnn.v1.Run");
  status = absl::NotFoundError("there is no runs/x");
  status.SetPayload("type.googleapis.com/google.rpc.ResourceInfo",
                    absl::Cord(resource.SerializeAsString()));
  EXPECT_CALL(*mock_, GetRun).WillOnce(Return(status));
  EXPECT_EQ(Fnn({"run", "get", "x"}), 3);
  EXPECT_THAT(err_, HasSubstr("'fnn run list' shows what there is."));
}

TEST_F(CliTest, ErrorsCanNotSteerTheTerminal) {
  EXPECT_CALL(*mock_, GetModel).WillOnce(Return(absl::InternalError("a\x1b[31mb")));
  EXPECT_EQ(Fnn({"model", "get", "m"}), 1);
  EXPECT_EQ(err_, "fnn: a?[31mb\n");
}

TEST_F(CliTest, ColourOnlyOnATerminalThatWantsIt) {
  EXPECT_CALL(*mock_, GetModel).WillRepeatedly(Return(absl::InternalError("x")));
  terminal_ = true;
  Fnn({"model", "get", "m"});
  EXPECT_THAT(err_, StartsWith("\x1b["));
  variables_["NO_COLOR"] = "1";
  Fnn({"model", "get", "m"});
  EXPECT_EQ(err_, "fnn: x\n");
}

// ---- Models -------------------------------------------------------------------------------------

TEST_F(CliTest, EmptyListsAreEmptyLists) {
  EXPECT_CALL(*mock_, ListModels).WillRepeatedly(Return(v1::ListModelsResponse()));
  EXPECT_EQ(Fnn({"model", "list"}), 0);
  EXPECT_THAT(out_, StartsWith("NAME"));
  EXPECT_EQ(Fnn({"model", "list", "-o", "ndjson"}), 0);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Fnn({"model", "list", "-o", "json"}), 0);
  EXPECT_TRUE(IsJson(out_));
  EXPECT_THAT(out_, HasSubstr("\"models\": []"));
}

TEST_F(CliTest, ListsShowEachModel) {
  EXPECT_CALL(*mock_, ListModels).WillRepeatedly(Return(Text<v1::ListModelsResponse>(R"(
        models { name: "models/a" parameter_count: 4810 network {
          inputs { shape: 64 }
          layers { dense { units: 64 activation { relu {} } } }
          layers { dense { units: 10 activation { softmax {} } } } } }
        models { name: "models/b" })")));
  EXPECT_EQ(Fnn({"model", "list"}), 0);
  EXPECT_THAT(out_, HasSubstr("models/a  64 > 64:relu > 10:softmax       4,810  -"));
  EXPECT_EQ(Fnn({"-o", "ndjson", "model", "list"}), 0);
  const size_t newline = out_.find('\n');
  EXPECT_TRUE(IsJson(out_.substr(0, newline)));
  EXPECT_TRUE(IsJson(out_.substr(newline + 1)));
  EXPECT_THAT(out_, HasSubstr("{\"name\":\"models/a\""));
}

TEST_F(CliTest, ShortNamesGetTheirCollection) {
  EXPECT_CALL(*mock_, GetModel).WillRepeatedly([](const v1::GetModelRequest& request) {
    return absl::NotFoundError(request.name());
  });
  Fnn({"model", "get", "m"});
  EXPECT_EQ(err_, "fnn: models/m\n");
  Fnn({"model", "get", "models/m"});
  EXPECT_EQ(err_, "fnn: models/m\n");
  Fnn({"model", "get", "../x"});  // As it is: the server refuses it.
  EXPECT_EQ(err_, "fnn: ../x\n");
}

TEST_F(CliTest, CreateReadsNetworksInBothFormats) {
  std::vector<v1::CreateModelRequest> requests;
  EXPECT_CALL(*mock_, CreateModel).WillRepeatedly([&](const v1::CreateModelRequest& request) {
    requests.push_back(request);
    return v1::CreateModelResponse();
  });
  EXPECT_EQ(Fnn({"model", "create", "--network",
                 File("n.textproto", "layers { dense { units: 3 activation { softmax {} } } }")}),
            0);
  EXPECT_EQ(Fnn({"model", "create", "--id", "m", "--loss", "mse", "--class-names", "a,b,c",
                 "--validate-only", "--network",
                 File("n.json", R"({"layers": [{"dense": {"units": "3"}}]})")}),
            0);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_TRUE(requests[0].network().outputs(0).loss().has_cross_entropy());
  EXPECT_EQ(requests[1].model_id(), "m");
  EXPECT_TRUE(requests[1].validate_only());
  EXPECT_TRUE(requests[1].network().outputs(0).loss().has_mean_squared_error());
  EXPECT_EQ(requests[1].network().outputs(0).class_names_size(), 3);
  EXPECT_EQ(requests[1].network().layers(0).dense().units(), 3);

  EXPECT_EQ(Fnn({"model", "create", "--network", File("bad.textproto", "layers {\n  x: 1 }")}), 2);
  EXPECT_THAT(err_, HasSubstr("line 2, column 4"));
  EXPECT_EQ(Fnn({"model", "create", "--network", File("bad.json", "{")}), 2);
  EXPECT_THAT(err_, HasSubstr("no network in JSON"));
}

TEST_F(CliTest, ParametersAreNumbersInEveryFormat) {
  EXPECT_CALL(*mock_, GetParameters).WillRepeatedly([](const v1::GetParametersRequest&) {
    return Script<v1::GetParametersResponse>({Text<v1::GetParametersResponse>(
        R"(model_version: "models/m/versions/1" chunk { name: "d.weights" shape: [1, 2]
           data_type: DATA_TYPE_FLOAT32 data: "\000\000\200\077\000\000\000\100" })")});
  });
  EXPECT_EQ(Fnn({"model", "parameters", "m"}), 0);
  EXPECT_EQ(out_, "# models/m/versions/1\nd.weights [1, 2]\n  1 2\n");
  EXPECT_EQ(Fnn({"model", "parameters", "m", "-o", "ndjson"}), 0);
  EXPECT_EQ(out_, "{\"name\":\"d.weights\",\"shape\":[1,2],\"values\":[1,2]}\n");
  EXPECT_EQ(Fnn({"model", "parameters", "m", "-o", "json"}), 0);
  EXPECT_TRUE(IsJson(out_));
}

TEST_F(CliTest, DeleteSaysNothing) {
  EXPECT_CALL(*mock_, DeleteModel).WillOnce(Return(v1::DeleteModelResponse()));
  EXPECT_CALL(*mock_, DeleteDataset).WillOnce(Return(v1::DeleteDatasetResponse()));
  EXPECT_EQ(Fnn({"model", "delete", "m"}), 0);
  EXPECT_EQ(Fnn({"dataset", "delete", "d"}), 0);
  EXPECT_EQ(out_ + err_, "");
}

// ---- Datasets -----------------------------------------------------------------------------------

TEST_F(CliTest, UploadsFilesAndStandardInput) {
  std::string received;
  ExpectUpload("datasets/d", &received);
  EXPECT_EQ(Fnn({"dataset", "upload", File("d.csv", "1,2\n")}), 0);
  EXPECT_EQ(received, "1,2\n");
  EXPECT_THAT(out_, HasSubstr("datasets/d"));
  ExpectUpload("datasets/e", &received);
  in_ = "3,4\n";
  EXPECT_EQ(Fnn({"dataset", "upload", "-", "-o", "json"}), 0);
  EXPECT_EQ(received, "3,4\n");
  EXPECT_TRUE(IsJson(out_));
}

TEST_F(CliTest, SeveralFilesOfArraysAreSentAsOne) {
  const std::string idx("\0\0\x08\1\0\0\0\1x", 9);
  std::string received;
  ExpectUpload("datasets/d", &received);
  EXPECT_EQ(Fnn({"dataset", "upload", File("images", idx), File("labels", idx)}), 0) << err_;
  EXPECT_EQ(received, idx + idx);
  ExpectUpload("datasets/d", &received);
  EXPECT_EQ(Fnn({"dataset", "upload", File("a", "\x1f\x8b 1"), File("b", "\x1f\x8b 2")}), 0);
  EXPECT_EQ(received, "\x1f\x8b 1\x1f\x8b 2");
}

TEST_F(CliTest, SeveralFilesAreNotPutTogetherBlindly) {
  const std::string npy = "\x93NUMPY";
  EXPECT_EQ(Fnn({"dataset", "upload", File("a.csv", "1,2"), File("b.csv", "3,4")}), 2);
  EXPECT_THAT(err_, HasSubstr("a.csv' is no IDX or NPY file"));
  EXPECT_EQ(Fnn({"dataset", "upload", File("a.npy", npy), File("b.gz", "\x1f\x8b")}), 2);
  EXPECT_THAT(err_, HasSubstr("all must be compressed with gzip, or none"));
  EXPECT_EQ(Fnn({"dataset", "upload", File("a.npy", npy), "/nonexistent"}), 2);
  EXPECT_THAT(err_, HasSubstr("there is no file '/nonexistent'"));
}

TEST_F(CliTest, TheServerRecognizesTheFormatUnlessItIsSaid) {
  std::vector<v1::CreateUploadRequest> requests;
  EXPECT_CALL(*mock_, CreateUpload).WillRepeatedly([&](const v1::CreateUploadRequest& request) {
    requests.push_back(request);
    return absl::AlreadyExistsError("datasets/d is taken");
  });
  const std::string file = File("d", "1");
  Fnn({"dataset", "upload", file});
  Fnn({"dataset", "upload", file, "--header", "auto"});
  Fnn({"dataset", "upload", file, "--arrays", "x,y"});
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_FALSE(requests[0].has_format());
  EXPECT_FALSE(requests[1].has_format());
  EXPECT_THAT(requests[2].format().npz().arrays(), ElementsAre("x", "y"));
}

TEST_F(CliTest, UploadSaysHowTheFileIsToBeRead) {
  EXPECT_CALL(*mock_, CreateUpload).WillOnce([](const v1::CreateUploadRequest& request) {
    EXPECT_EQ(request.dataset_id(), "d");
    EXPECT_EQ(request.format().csv().delimiter(), "\t");
    EXPECT_EQ(request.format().csv().header(), v1::HEADER_ABSENT);
    return absl::AlreadyExistsError("datasets/d is taken");
  });
  EXPECT_EQ(Fnn({"dataset", "upload", File("d", "1"), "--id", "d", "--delimiter", "\\t", "--header",
                 "absent"}),
            1);
  EXPECT_THAT(err_, HasSubstr("Choose another id"));
}

TEST_F(CliTest, UploadSaysWhatBecomesOfMissingValuesAndText) {
  std::vector<v1::Csv> formats;
  EXPECT_CALL(*mock_, CreateUpload).WillRepeatedly([&](const v1::CreateUploadRequest& request) {
    formats.push_back(request.format().csv());
    return absl::AlreadyExistsError("datasets/d is taken");
  });
  const std::string file = File("d", "1");
  Fnn({"dataset", "upload", file, "--missing", "drop", "--missing-marker", "NA", "--missing-marker",
       "?", "--text", "one-hot"});
  Fnn({"train", "--data", file, "--layers", kNet, "--missing", "mean", "--text", "index"});
  ASSERT_EQ(formats.size(), 2u) << err_;
  EXPECT_EQ(formats[0].missing_values(), v1::MISSING_VALUES_DROP_ROW);
  EXPECT_THAT(formats[0].missing_markers(), ElementsAre("NA", "?"));
  EXPECT_EQ(formats[0].text_columns(), v1::TEXT_COLUMNS_ONE_HOT);
  EXPECT_EQ(formats[1].missing_values(), v1::MISSING_VALUES_MEAN);
  EXPECT_EQ(formats[1].text_columns(), v1::TEXT_COLUMNS_INDEX);
}

TEST_F(CliTest, ADatasetShowsWhatItsNumbersStandFor) {
  EXPECT_CALL(*mock_, GetDataset)
      .WillOnce(Return(Text<v1::GetDatasetResponse>(
          "dataset { name: 'datasets/d' columns { name: 'n' integral: true } "
          "columns { name: 'color' integral: true categories: ['blue', 'red'] } }")))
      .WillOnce(Return(Text<v1::GetDatasetResponse>("dataset { columns { name: 'n' } }")));
  EXPECT_EQ(Fnn({"dataset", "get", "d"}), 0);
  EXPECT_THAT(out_, HasSubstr("COLUMN  VALUE  CATEGORY\n"
                              "color       0  blue\n"
                              "color       1  red\n"));
  EXPECT_THAT(out_, ::testing::ContainsRegex("color .* category\n"));
  EXPECT_EQ(Fnn({"dataset", "get", "d"}), 0);
  EXPECT_THAT(out_, Not(HasSubstr("CATEGORY")));
}

// ---- Runs ---------------------------------------------------------------------------------------

TEST_F(CliTest, RunsAreListedWithTheirState) {
  EXPECT_CALL(*mock_, ListRuns).WillOnce(Return(Text<v1::ListRunsResponse>(R"(
        runs { name: "runs/r" state: RUN_STATE_SUCCEEDED model: "models/m"
               spec { options { epochs: 30 } } latest_epoch { epoch: 30 train_loss: 0.25 } })")));
  EXPECT_EQ(Fnn({"run", "list"}), 0);
  EXPECT_THAT(out_, HasSubstr("runs/r  succeeded  models/m   30/30        0.25"));
}

TEST_F(CliTest, WatchEndsAsTheRunEnded) {
  EXPECT_CALL(*mock_, GetRun)
      .WillRepeatedly(Return(
          Text<v1::GetRunResponse>("run { name: 'runs/r' spec { options { epochs: 2 } } }")));
  EXPECT_CALL(*mock_, WatchRun).WillRepeatedly([](const v1::WatchRunRequest& request) {
    EXPECT_EQ(request.name(), "runs/r");
    return Script<v1::WatchRunResponse>({Text<v1::WatchRunResponse>(R"(
      update { events { sequence: 1 epoch { epoch: 0 train_loss: 1 } }
               events { sequence: 2 epoch { epoch: 1 train_loss: 2 } }
               events { sequence: 3 finished { state: RUN_STATE_DIVERGED
                 error { reason: "DIVERGED" message: "the loss is nan" epoch: 1 layer: "d" } } } })")});
  });
  EXPECT_EQ(Fnn({"run", "watch", "r"}), 5);
  EXPECT_THAT(out_, HasSubstr("    1    2.000000"));
  EXPECT_EQ(err_, "fnn: runs/r diverged in epoch 1, layer d: the loss is nan\n");
  EXPECT_EQ(Fnn({"run", "watch", "r", "-o", "ndjson"}), 5);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 3);
  EXPECT_EQ(Fnn({"run", "watch", "r", "-o", "json"}), 5);
  EXPECT_TRUE(IsJson(out_));
}

TEST_F(CliTest, CancelTellsTheState) {
  EXPECT_CALL(*mock_, CancelRun)
      .WillOnce(Return(
          Text<v1::CancelRunResponse>("run { name: 'runs/r' state: RUN_STATE_CANCELLING }")));
  EXPECT_EQ(Fnn({"run", "cancel", "r"}), 0);
  EXPECT_EQ(out_, "runs/r is cancelling\n");
}

TEST_F(CliTest, PlotReplaysTheRun) {
  EXPECT_CALL(*mock_, WatchRun).WillOnce([](const v1::WatchRunRequest& request) {
    EXPECT_TRUE(request.has_follow());
    EXPECT_FALSE(request.follow());
    return Script<v1::WatchRunResponse>({Text<v1::WatchRunResponse>(
        "update { events { sequence: 1 epoch { epoch: 0 train_loss: 1 } } }")});
  });
  EXPECT_EQ(Fnn({"run", "plot", "r"}), 0);
  EXPECT_THAT(out_, HasSubstr("<title>runs/r</title>"));
}

TEST_F(CliTest, PlotOfHealthDrawsTheGradientsOfLayers) {
  EXPECT_CALL(*mock_, WatchRun).WillOnce([](const v1::WatchRunRequest&) {
    return Script<v1::WatchRunResponse>({Text<v1::WatchRunResponse>(R"(
        update { events { sequence: 1 epoch { epoch: 1
          health { layer: "first" gradient_norm: 0.5 } health { layer: "relu" } } } })")});
  });
  EXPECT_EQ(Fnn({"run", "plot", "r", "--health"}), 0);
  EXPECT_THAT(out_, HasSubstr("<title>runs/r</title>"));
  EXPECT_THAT(out_, HasSubstr(">first<"));
  EXPECT_THAT(out_, Not(HasSubstr(">relu<")));
}

// ---- Prediction ---------------------------------------------------------------------------------

TEST_F(CliTest, EvaluatePrintsMetricsAndConfusionAndCleansUp) {
  std::string received;
  ExpectUpload("datasets/t", &received);
  EXPECT_CALL(*mock_, Evaluate).WillOnce([](const v1::EvaluateRequest& request) {
    EXPECT_EQ(request.model(), "models/m");
    EXPECT_EQ(request.data().dataset(), "datasets/t");
    EXPECT_EQ(request.data().binding().targets(0).index(), -1);
    EXPECT_TRUE(request.metrics(0).has_accuracy());
    return Script<v1::EvaluateResponse>({Text<v1::EvaluateResponse>(R"(
      evaluation { model_version: "models/m/versions/1" rows: 1797 loss: 0.125
        metrics { name: "accuracy" value: 0.96160267 }
        confusion_matrix { classes: ["0", "one"] counts: [170, 8, 0, 0] }
        class_reports { name: "0" precision: 1 recall: 0.95505618 f1: 0.97701149 support: 178 }
        class_reports { name: "one" } })")});
  });
  EXPECT_CALL(*mock_, DeleteDataset).WillOnce([](const v1::DeleteDatasetRequest& request) {
    EXPECT_EQ(request.name(), "datasets/t");
    return v1::DeleteDatasetResponse();
  });
  EXPECT_EQ(Fnn({"evaluate", "m", "--data", File("t.csv", "1,0\n"), "--target", "-1", "--metric",
                 "accuracy"}),
            0)
      << err_;
  EXPECT_THAT(out_, HasSubstr("rows      1,797\nloss      0.125\naccuracy  0.9616\n"));
  EXPECT_THAT(out_, HasSubstr("class  precision  recall     f1  support\n"
                              "0          1.000   0.955  0.977      178\n"
                              "one        0.000   0.000  0.000        0\n"));
  EXPECT_THAT(out_, HasSubstr("       0  one\n  0  170    8\none    0    0\n"));
}

TEST_F(CliTest, EvaluateKeepsWhatHasAnId) {
  EXPECT_CALL(*mock_, Evaluate).WillOnce([](const v1::EvaluateRequest&) {
    return Script<v1::EvaluateResponse>({Text<v1::EvaluateResponse>("evaluation {}")});
  });
  EXPECT_EQ(Fnn({"evaluate", "m", "--data", "datasets/t", "-o", "json"}), 0);
  EXPECT_TRUE(IsJson(out_));
}

TEST_F(CliTest, PredictShowsClassesBesideTargets) {
  EXPECT_CALL(*mock_, Predict).WillRepeatedly([](const v1::PredictRequest& request) {
    EXPECT_EQ(request.inputs(0).shape(0), 2);
    EXPECT_EQ(request.inputs(0).shape(1), 2);
    EXPECT_EQ(request.inputs(0).data().size(), 4 * sizeof(double));
    return Text<v1::PredictResponse>(R"(
      model_version: "models/m/versions/1"
      outputs { shape: [2, 2] data_type: DATA_TYPE_UINT8 data: "\000\001\001\000" }
      classes { index: 1 name: "cat" probability: 0.75 } classes { index: 0 probability: 1 })");
  });
  in_ = "a,b,label\n1,2,1\n3,4,0\n5,6,0\n";
  EXPECT_EQ(Fnn({"predict", "m", "--target", "label", "--rows", "2"}), 0) << err_;
  EXPECT_EQ(out_,
            "ROW  TARGET label  CLASS  PROBABILITY\n"
            "  0             1    cat       0.7500\n"
            "  1             0      0       1.0000\n");
  EXPECT_EQ(Fnn({"predict", "m", "--skip-target", "--rows", "2", "-o", "ndjson"}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("{\"row\":0,\"targets\":{\"label\":1},\"class\":{\"index\":1,"
                               "\"name\":\"cat\",\"probability\":0.75},\"outputs\":[0,1]}\n"));
  EXPECT_EQ(Fnn({"predict", "m", "--skip-target", "--rows", "2", "-o", "json"}), 0) << err_;
  EXPECT_TRUE(IsJson(out_));
}

TEST_F(CliTest, PredictSendsManyRowsInParts) {
  std::vector<int64_t> rows;
  EXPECT_CALL(*mock_, Predict).WillRepeatedly([&](const v1::PredictRequest& request) {
    rows.push_back(request.inputs(0).shape(0));
    v1::PredictResponse response;
    auto& output = *response.add_outputs();
    output.add_shape(request.inputs(0).shape(0));
    output.set_data_type(v1::DATA_TYPE_UINT8);
    output.set_data(std::string(static_cast<size_t>(request.inputs(0).shape(0)), '\1'));
    return response;
  });
  for (int i = 0; i < 5000; ++i) in_ += "1\n";
  EXPECT_EQ(Fnn({"predict", "m", "-o", "ndjson"}), 0) << err_;
  EXPECT_THAT(rows, ::testing::ElementsAre(4096, 904));
  EXPECT_THAT(out_, HasSubstr("\"row\":4999"));
}

TEST_F(CliTest, PredictDoesNotTrustTheNumberOfRows) {
  EXPECT_CALL(*mock_, Predict)
      .WillOnce(Return(Text<v1::PredictResponse>(
          R"(outputs { shape: [3] data_type: DATA_TYPE_UINT8 data: "abc" })")))
      .WillOnce(Return(v1::PredictResponse()));
  in_ = "1\n2\n";
  EXPECT_EQ(Fnn({"predict", "m"}), 1);
  EXPECT_EQ(Fnn({"predict", "m"}), 1);
}

TEST_F(CliTest, PredictNamesTheCellAtFault) {
  in_ = "a,b\n1,2\n3,x\n";
  EXPECT_EQ(Fnn({"predict", "m"}), 2);
  EXPECT_THAT(err_, HasSubstr("standard input: line 3, column 2 (b): 'x' is no finite number"));
}

// ---- The server ---------------------------------------------------------------------------------

TEST_F(CliTest, InfoShowsLimits) {
  EXPECT_CALL(*mock_, GetServerInfo)
      .WillRepeatedly(Return(Text<v1::GetServerInfoResponse>(
          "version: '0.1.0' limits { max_message_bytes: 4194304 max_running: 2 }")));
  EXPECT_EQ(Fnn({"info"}), 0);
  EXPECT_THAT(out_, HasSubstr("largest message          4.0 MiB"));
  EXPECT_EQ(Fnn({"info", "-o", "json"}), 0);
  EXPECT_TRUE(IsJson(out_));
}

}  // namespace
}  // namespace fnn::cli
