// The real connection against a small server in process.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <string>

#include "absl/synchronization/notification.h"
#include "fnn/client.h"
#include "fnn/error_details.h"
#include "fnn/v1/dataset_service.grpc.pb.h"
#include "fnn/v1/model_service.grpc.pb.h"
#include "fnn/v1/training_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace fnn {
namespace {

class FakeModels final : public v1::ModelService::Service {
 public:
  absl::Notification answer_slow;

 private:
  grpc::Status GetModel(grpc::ServerContext*, const v1::GetModelRequest* request,
                        v1::GetModelResponse* response) override {
    if (request->name() == "models/large") {
      // More than gRPC's own default of 4 MiB.
      response->mutable_model()->set_name(std::string(size_t{5} << 20, 'x'));
      return grpc::Status::OK;
    }
    if (request->name() == "models/slow") answer_slow.WaitForNotification();
    google::rpc::Status details;
    details.set_code(grpc::NOT_FOUND);
    google::rpc::ErrorInfo info;
    info.set_reason("MODEL_NOT_FOUND");
    details.add_details()->PackFrom(info);
    return grpc::Status(grpc::NOT_FOUND, "no such model", details.SerializeAsString());
  }
  grpc::Status ExportModel(grpc::ServerContext*, const v1::ExportModelRequest*,
                           grpc::ServerWriter<v1::ExportModelResponse>* writer) override {
    v1::ExportModelResponse response;
    response.set_total_bytes(6);
    for (const char* part : {"abc", "def"}) {
      response.set_data(part);
      writer->Write(response);
    }
    return grpc::Status::OK;
  }
  grpc::Status ImportModel(grpc::ServerContext*, grpc::ServerReader<v1::ImportModelRequest>* reader,
                           v1::ImportModelResponse* response) override {
    int64_t bytes = 0;
    for (v1::ImportModelRequest request; reader->Read(&request);) {
      if (!request.model_id().empty()) {
        response->mutable_model()->set_name("models/" + request.model_id());
      }
      bytes += static_cast<int64_t>(request.data().size());
    }
    response->mutable_model_version()->set_size_bytes(bytes);
    return grpc::Status::OK;
  }
};

class FakeDatasets final : public v1::DatasetService::Service {
  grpc::Status CreateUpload(grpc::ServerContext*, const v1::CreateUploadRequest*,
                            v1::CreateUploadResponse* response) override {
    response->mutable_upload()->set_name("uploads/u");
    return grpc::Status::OK;
  }
  grpc::Status UploadChunks(grpc::ServerContext*,
                            grpc::ServerReader<v1::UploadChunksRequest>* reader,
                            v1::UploadChunksResponse*) override {
    for (v1::UploadChunksRequest chunk; reader->Read(&chunk);) {
      if (chunk.data().find('!') != std::string::npos) {
        return grpc::Status(grpc::DATA_LOSS, "a bad chunk");
      }
      received_ += chunk.data();
      // The first '~' breaks the line, after its chunk has arrived.
      if (chunk.data().find('~') != std::string::npos && breaks_++ == 0) {
        return grpc::Status(grpc::UNAVAILABLE, "restarting");
      }
    }
    return grpc::Status::OK;
  }
  grpc::Status GetUpload(grpc::ServerContext*, const v1::GetUploadRequest*,
                         v1::GetUploadResponse* response) override {
    response->mutable_upload()->set_received_bytes(static_cast<int64_t>(received_.size()));
    response->mutable_upload()->set_received_checksum(
        XXH3_64bits(received_.data(), received_.size()));
    return grpc::Status::OK;
  }
  grpc::Status FinishUpload(grpc::ServerContext*, const v1::FinishUploadRequest*,
                            v1::FinishUploadResponse* response) override {
    response->mutable_dataset()->set_size_bytes(static_cast<int64_t>(received_.size()));
    return grpc::Status::OK;
  }

  std::string received_;
  int breaks_ = 0;
};

// Train breaks off after two events; attached it sends two more and waits for its client to go.
class FakeTraining final : public v1::TrainingService::Service {
 public:
  absl::Notification gone;

 private:
  grpc::Status Train(grpc::ServerContext* context, const v1::TrainRequest* request,
                     grpc::ServerWriter<v1::TrainResponse>* writer) override {
    v1::TrainResponse response;
    response.mutable_run()->set_name("runs/r");
    for (int64_t i = 1; i <= 2; ++i) {
      response.mutable_update()->add_events()->set_sequence(request->after_sequence() + i);
    }
    writer->Write(response);
    if (!request->has_attach()) return grpc::Status(grpc::UNAVAILABLE, "draining");
    // A heartbeat fails once the client is gone.
    while (!context->IsCancelled() && writer->Write(v1::TrainResponse())) {
    }
    gone.Notify();
    return grpc::Status::OK;
  }
};

class GrpcConnectionTest : public ::testing::Test {
 protected:
  GrpcConnectionTest() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&models_);
    builder.RegisterService(&datasets_);
    builder.RegisterService(&training_);
    server_ = builder.BuildAndStart();
    target_ = "127.0.0.1:" + std::to_string(port);
  }
  ~GrpcConnectionTest() override { server_->Shutdown(); }

  Client client() const { return Client(MakeConnection(target_)); }

  FakeModels models_;
  FakeDatasets datasets_;
  FakeTraining training_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

TEST_F(GrpcConnectionTest, ErrorsKeepTheirDetails) {
  const absl::Status status = client().GetModel("models/m").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "no such model");
  ASSERT_TRUE(GetErrorInfo(status).has_value());
  EXPECT_EQ(GetErrorInfo(status)->reason, "MODEL_NOT_FOUND");
}

TEST_F(GrpcConnectionTest, TakesMessagesBeyondTheDefaultLimit) {
  const auto model = client().GetModel("models/large");
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->name().size(), size_t{5} << 20);
}

TEST_F(GrpcConnectionTest, UploadsAndGivesTheReasonOfABrokenUpload) {
  const std::string bytes((size_t{3} << 20) + 5, 'a');
  const auto dataset = client().UploadDatasetBytes(bytes);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->size_bytes(), static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(client().UploadDatasetBytes("!" + bytes).status(), absl::DataLossError("a bad chunk"));
}

TEST_F(GrpcConnectionTest, AnUploadGoesOnAfterABreak) {
  const std::string bytes =
      std::string((size_t{1} << 20) + 9, 'a') + '~' + std::string(size_t{2} << 20, 'b');
  UploadOptions options;
  int breaks = 0;
  options.backoff.initial = absl::Nanoseconds(1);
  options.on_reconnect = [&](const ReconnectWait&) { ++breaks; };
  const auto dataset = client().UploadDatasetBytes(bytes, options);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->size_bytes(), static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(breaks, 1);
}

TEST_F(GrpcConnectionTest, ModelFilesGoOutAndIn) {
  std::string file;
  const auto exported = client().ExportModel("models/m", [&](absl::string_view bytes) {
    file += std::string(bytes);
    return absl::OkStatus();
  });
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_EQ(file, "abcdef");
  std::istringstream stream(file);
  ImportOptions options;
  options.model_id = "m";
  const auto imported = client().ImportModel(stream, options);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->model().name(), "models/m");
  EXPECT_EQ(imported->model_version().size_bytes(), 6);
}

TEST_F(GrpcConnectionTest, TrainComesBackAndLeavesCleanly) {
  {
    auto events = client().Train({});
    ASSERT_TRUE(events.ok()) << events.status();
    int64_t expected = 1;
    for (auto& event : *events) {
      ASSERT_TRUE(event.ok()) << event.status();
      EXPECT_EQ(event->sequence(), expected);
      if (expected++ == 4) break;
    }
  }
  training_.gone.WaitForNotification();  // The stream was cancelled on the server too.
}

TEST_F(GrpcConnectionTest, ChecksHealth) {
  EXPECT_EQ(client().CheckHealth().value(), HealthStatus::kServing);
  server_->GetHealthCheckService()->SetServingStatus("fnn.v1.ModelService", false);
  EXPECT_EQ(client().CheckHealth("fnn.v1.ModelService").value(), HealthStatus::kNotServing);
  const std::string unknown(150, 'x');  // Longer than one byte of length can tell.
  EXPECT_EQ(client().CheckHealth(unknown).status().code(), absl::StatusCode::kNotFound);
  server_->GetHealthCheckService()->SetServingStatus(false);
  EXPECT_EQ(client().CheckHealth().value(), HealthStatus::kNotServing);
}

TEST_F(GrpcConnectionTest, NoServerIsUnavailable) {
  server_->Shutdown();
  EXPECT_EQ(client().GetModel("m").status().code(), absl::StatusCode::kUnavailable);
  ClientOptions once;
  once.reconnect_for = absl::ZeroDuration();
  EXPECT_EQ(Client(MakeConnection(target_), once).Train({}).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(client().CheckHealth().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(GrpcConnectionTest, ACallThatTakesTooLongIsGivenUp) {
  ConnectionOptions options;
  options.call_timeout = absl::Milliseconds(10);
  EXPECT_EQ(Client(MakeConnection(target_, options)).GetModel("models/slow").status().code(),
            absl::StatusCode::kDeadlineExceeded);
  models_.answer_slow.Notify();
}

}  // namespace
}  // namespace fnn
