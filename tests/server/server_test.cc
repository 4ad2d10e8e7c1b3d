#include "server/server.h"

#include <atomic>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "gtest/gtest.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

// One request to a method whose generated code is not at hand, and the bytes of its one response.
std::string CallRaw(const TestServer& server, const char* name, const std::string& bytes) {
  grpc::ClientContext context;
  const grpc::Slice sent(bytes);
  grpc::ByteBuffer request(&sent, 1), response;
  const grpc::internal::RpcMethod method(name, grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      server.channel().get(), method, &context, request, &response);
  EXPECT_THAT(status, IsOk());
  grpc::Slice slice;
  EXPECT_TRUE(response.DumpToSingleSlice(&slice).ok());
  return std::string(slice.begin(), slice.end());
}

// grpc.health.v1 Check of the whole server: an empty request, and a response whose only field is
// the status.
constexpr char kServing[] = "\x08\x01";
std::string Health(const TestServer& server) {
  return CallRaw(server, "/grpc.health.v1.Health/Check", "");
}

// Reads a watch until its run trains: before, a server has nothing to wait for when it drains.
void ReadUntilRunning(grpc::ClientReader<v1::WatchRunResponse>& reader) {
  for (v1::WatchRunResponse message; reader.Read(&message);) {
    for (const v1::RunEvent& event : message.update().events()) {
      if (event.state_changed().to() == v1::RUN_STATE_RUNNING) return;
    }
  }
  ADD_FAILURE() << "the watch ended before its run trained";
}

TEST(ServerTest, SaysThatItIsHealthy) {
  TestServer server;
  EXPECT_EQ(Health(server), kServing);
}

TEST(ServerTest, TellsItsServicesByReflection) {
  TestServer server;
  const std::string list_services = "\x3a\x01*";  // Field 7 of the request.
  const std::string services = CallRaw(
      server, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services);
  for (const char* name : {"AnalysisService", "DatasetService", "ModelService", "PredictionService",
                           "SystemService", "TrainingService"}) {
    EXPECT_THAT(services, ::testing::HasSubstr(std::string("fnn.v1.") + name));
  }
}

TEST(ServerTest, TakesAFreePortAndSaysWhich) {
  TestServer server;
  EXPECT_GT(server->port(), 0);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(server->port()));
}

TEST(ServerTest, ASecondServerOnThePortFails) {
  TestServer server;
  ServerOptions options = TestOptions();
  options.listen = server->address();
  EXPECT_THAT(Server::Start(options), HasReason("ADDRESS_NOT_AVAILABLE"));
  EXPECT_TRUE(server.Serves());
}

TEST(ServerTest, OnlyThisMachineUnlessAskedFor) {
  ServerOptions options = TestOptions();
  options.listen = "0.0.0.0:0";
  EXPECT_THAT(Server::Start(options), HasReason("INSECURE_ADDRESS"));
  options.allow_remote = true;
  EXPECT_THAT(Server::Start(options).status(), IsOk());
}

TEST(ServerTest, OptionsThatMakeNoSenseAreRefused) {
  ServerOptions options = TestOptions();
  options.max_message_bytes = 0;
  EXPECT_THAT(Server::Start(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TestOptions();
  options.workers = -1;
  EXPECT_THAT(Server::Start(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TestOptions();
  options.training_threads = -1;
  EXPECT_THAT(Server::Start(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TestOptions();
  options.max_isa = "mmx";
  EXPECT_THAT(Server::Start(options), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ServerTest, RunsAtOnceAreNoMoreThanThreads) {
  const auto max_running = [](int training_threads, int workers) {
    ServerOptions options = TestOptions();
    options.training_threads = training_threads;
    options.workers = workers;
    const TestServer server(options);
    v1::GetServerInfoResponse info;
    EXPECT_THAT(server.Call(&v1::SystemService::Stub::GetServerInfo, {}, &info), IsOk());
    EXPECT_GE(info.limits().max_threads(), info.limits().max_running());
    return info.limits().max_running();
  };
  EXPECT_EQ(max_running(3, 0), 3);
  EXPECT_EQ(max_running(3, 2), 2);
  EXPECT_EQ(max_running(1, 2), 1);
  EXPECT_GE(max_running(0, 0), 1);
}

TEST(ServerTest, WatchersOfADrainingServerSeeTheEnd) {
  ServerOptions options = TestOptions();
  options.drain_timeout = absl::Minutes(10);
  options.publisher.tick = std::chrono::milliseconds(1);  // Many wakes.
  for (int i = 0; i < 10; ++i) {
    TestServer server(options);
    v1::CreateRunResponse run;
    ASSERT_THAT(server.Call(&v1::TrainingService::Stub::CreateRun, EndlessRun(), &run), IsOk());
    const auto stub = server.stub<v1::TrainingService>();
    grpc::ClientContext context;
    v1::WatchRunRequest watch;
    watch.set_name(run.run().name());
    const auto reader = stub->WatchRun(&context, watch);
    ReadUntilRunning(*reader);
    std::thread drain([&] { server->Drain(); });
    v1::CancelRunRequest cancel;
    cancel.set_name(run.run().name());
    v1::CancelRunResponse cancelled;
    EXPECT_THAT(server.Call(&v1::TrainingService::Stub::CancelRun, cancel, &cancelled), IsOk());
    const Streamed<v1::WatchRunResponse> rest = ReadAll(*reader);
    EXPECT_THAT(rest.status, IsOk());
    EXPECT_TRUE(rest.messages.back().update().events().rbegin()->has_finished());
    drain.join();
  }
}

TEST(ServerTest, ADrainingServerRefusesWhatIsNewAndLetsRunsEnd) {
  ServerOptions options = TestOptions();
  options.drain_timeout = absl::Minutes(10);
  TestServer server(options);
  v1::CreateRunResponse run;
  ASSERT_THAT(server.Call(&v1::TrainingService::Stub::CreateRun, EndlessRun(), &run), IsOk());
  const auto stub = server.stub<v1::TrainingService>();
  grpc::ClientContext context;
  v1::WatchRunRequest watch;
  watch.set_name(run.run().name());
  const auto reader = stub->WatchRun(&context, watch);
  v1::WatchRunResponse message;
  ReadUntilRunning(*reader);

  std::thread drain([&] { server->Drain(); });
  while (Health(server) == kServing) {
  }
  // Health changes first: what follows is refused from now on or in a moment.
  v1::CreateRunResponse refused;
  grpc::Status status;
  do {
    status = server.Call(&v1::TrainingService::Stub::CreateRun, QuickRun(), &refused);
  } while (status.ok());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(status, HasReason("SERVER_DRAINING"));
  std::string upload;
  EXPECT_THAT(BeginUpload(server, "a", &upload), HasReason("SERVER_DRAINING"));
  EXPECT_TRUE(server.Serves());
  // The run still goes on and is still watched; its end ends the draining.
  ASSERT_TRUE(reader->Read(&message));
  v1::CancelRunRequest cancel;
  cancel.set_name(run.run().name());
  v1::CancelRunResponse cancelled;
  EXPECT_THAT(server.Call(&v1::TrainingService::Stub::CancelRun, cancel, &cancelled), IsOk());
  const Streamed<v1::WatchRunResponse> rest = ReadAll(*reader);
  EXPECT_THAT(rest.status, IsOk());
  drain.join();
}

TEST(ServerTest, ADrainCanBeHurried) {
  ServerOptions options = TestOptions();
  options.drain_timeout = absl::Minutes(10);
  TestServer server(options);
  v1::CreateRunResponse run;
  ASSERT_THAT(server.Call(&v1::TrainingService::Stub::CreateRun, EndlessRun(), &run), IsOk());
  {
    const auto stub = server.stub<v1::TrainingService>();
    grpc::ClientContext context;
    v1::WatchRunRequest watch;
    watch.set_name(run.run().name());
    const auto reader = stub->WatchRun(&context, watch);
    ReadUntilRunning(*reader);
    context.TryCancel();
    ReadAll(*reader);
  }
  std::thread drain([&] { server->Drain(); });
  while (Health(server) == kServing) {
  }
  server->HurryDrain();
  drain.join();
}

TEST(ServerTest, EndsWithCallsInFlight) {
  v1::CreateRunResponse run;
  std::shared_ptr<grpc::Channel> channel;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchRunResponse>> reader;
  {
    TestServer server;
    ASSERT_THAT(server.Call(&v1::TrainingService::Stub::CreateRun, EndlessRun(), &run), IsOk());
    channel = server.NewChannel();
    v1::WatchRunRequest watch;
    watch.set_name(run.run().name());
    reader = v1::TrainingService::NewStub(channel)->WatchRun(&context, watch);
    v1::WatchRunResponse message;
    ASSERT_TRUE(reader->Read(&message));
  }
  EXPECT_FALSE(ReadAll(*reader).status.ok());
}

}  // namespace
}  // namespace fnn::server
