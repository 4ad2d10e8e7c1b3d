#include "server/server.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "core/kernels/instruction_set.h"
#include "google/protobuf/util/time_util.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/base/log.h"
#include "server/base/memory_budget.h"
#include "server/base/processors.h"
#include "server/base/system_memory.h"
#include "server/base/timer.h"
#include "server/base/work_pool.h"
#include "server/edge/listen.h"
#include "server/runs/run_manager.h"
#include "server/services/analysis_service.h"
#include "server/services/context.h"
#include "server/services/dataset_service.h"
#include "server/services/model_service.h"
#include "server/services/prediction_service.h"
#include "server/services/system_service.h"
#include "server/services/training_service.h"
#include "server/store/memory_dataset_store.h"
#include "server/store/memory_model_store.h"
#include "server/store/memory_upload_store.h"
#include "server/version.h"

namespace fnn::server {
namespace {

using Clock = std::chrono::steady_clock;

// What waits for a pool's threads at most.
constexpr size_t kMostWaiting = 1000;
constexpr int kConcurrentCalls = 100;  // For each connection.
constexpr int kMinPingIntervalMs = 10'000;
constexpr int kKeepaliveTimeMs = 30'000;     // After so long without a word a client is pinged,
constexpr int kKeepaliveTimeoutMs = 20'000;  // and after so much longer taken for gone.
constexpr std::chrono::seconds kSweepInterval{60};
// How long calls in flight may take once the server has stopped.
constexpr std::chrono::seconds kLastCalls{2};

absl::Status CheckOptions(const ServerOptions& options) {
  const auto invalid = [](absl::string_view what) {
    return core::MakeError(absl::StatusCode::kInvalidArgument, "INVALID_OPTION", what);
  };
  if (options.max_message_bytes < 1024 || options.max_message_bytes > (int64_t{1} << 30)) {
    return invalid("the largest message must be 1 KiB to 1 GiB");
  }
  if (options.workers < 0 || options.workers > 4096) return invalid("workers must be 0 to 4096");
  if (options.training_threads < 0 || options.training_threads > 4096) {
    return invalid("training threads must be 0 to 4096");
  }
  if (options.memory_budget < 0 || options.storage_budget < 0 || options.max_dataset_bytes < 0 ||
      options.max_queued_runs < 0 || options.max_finished_runs < 0 ||
      options.max_predicted_values < 1 || options.disconnect_grace < absl::ZeroDuration() ||
      options.drain_timeout < absl::ZeroDuration()) {
    return invalid("limits and times must not be negative");
  }
  return absl::OkStatus();
}

// Fills in the defaults that depend on the machine.
ServerOptions Complete(ServerOptions options) {
  const int64_t memory = SystemMemoryBytes();
  if (options.training_threads == 0) options.training_threads = Processors();
  if (options.workers == 0) options.workers = options.training_threads;
  options.workers = std::min(options.workers, options.training_threads);
  if (options.memory_budget == 0) options.memory_budget = memory / 10 * 7;
  if (options.storage_budget == 0) options.storage_budget = memory / 10 * 2;
  if (options.max_dataset_bytes == 0) {
    options.max_dataset_bytes = std::min(int64_t{1} << 30, options.storage_budget / 4);
  }
  return options;
}

// Where the values of datasets are kept, or empty.
std::string DatasetDirectory(const ServerOptions& options) {
  return options.data_dir.empty() ? "" : options.data_dir + "/datasets";
}

absl::Status MakeDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && access(path.c_str(), W_OK | X_OK) != 0) error.assign(errno, std::system_category());
  if (!error) return absl::OkStatus();
  return core::MakeError(
      absl::StatusCode::kUnavailable, "DATA_DIRECTORY_NOT_AVAILABLE",
      absl::StrCat("can't create or write to the directory ", path, ": ", error.message()));
}

}  // namespace

// In the order in which they need each other: the last is destroyed first.
struct Server::Parts {
  explicit Parts(const ServerOptions& from)
      : options(from),
        storage(from.storage_budget),
        models(&storage),
        datasets(DatasetDirectory(from)),
        uploads({.max_file_bytes = from.max_dataset_bytes, .expiry = from.upload_expiry}, &storage),
        publisher(from.publisher),
        runs({.workers = from.workers,
              .threads = from.training_threads,
              .memory_bytes = from.memory_budget,
              .max_queued = from.max_queued_runs,
              .max_finished = from.max_finished_runs},
             {.models = &models, .datasets = &datasets, .uploads = &uploads}, &storage, &publisher),
        work(from.workers, kMostWaiting),
        evaluations(from.workers, kMostWaiting),
        context{.store = {.models = &models, .datasets = &datasets, .uploads = &uploads},
                .runs = &runs,
                .work = &work,
                .evaluations = &evaluations,
                .watch = from.watch,
                .disconnect_grace = from.disconnect_grace,
                .max_dataset_bytes = from.max_dataset_bytes,
                .max_predicted_values = from.max_predicted_values,
                .info = {}},
        datasets_service(&context),
        models_service(&context),
        training_service(&context),
        prediction_service(&context),
        system_service(&context) {}

  const ServerOptions options;
  MemoryBudget storage;
  MemoryModelStore models;
  MemoryDatasetStore datasets;
  MemoryUploadStore uploads;
  Timer sweeper;
  Publisher publisher;
  RunManager runs;
  WorkPool work;
  WorkPool evaluations;
  ServiceContext context;
  AnalysisService analysis_service;
  DatasetService datasets_service;
  ModelService models_service;
  TrainingService training_service;
  PredictionService prediction_service;
  SystemService system_service;
  ListenAddress listen;
  std::string address;
  std::unique_ptr<grpc::Server> grpc;
};

namespace {

// Drops abandoned uploads now and then, as long as `sweeper` lives.
void KeepSweeping(Timer& sweeper, MemoryUploadStore& uploads) {
  sweeper.CallAt(Clock::now() + kSweepInterval, [&sweeper, &uploads] {
    uploads.Sweep();
    KeepSweeping(sweeper, uploads);
  });
}

v1::GetServerInfoResponse MakeInfo(const ServerOptions& options) {
  v1::GetServerInfoResponse info;
  info.set_version(std::string(Version()));
  info.set_instruction_set(core::InstructionSet());
  *info.mutable_start_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  v1::ServerLimits& limits = *info.mutable_limits();
  limits.set_max_message_bytes(options.max_message_bytes);
  limits.set_max_dataset_bytes(options.max_dataset_bytes);
  limits.set_max_training_memory_bytes(options.memory_budget);
  limits.set_max_running(options.workers);
  limits.set_max_threads(options.training_threads);
  limits.set_max_queued(options.max_queued_runs);
  limits.set_max_storage_bytes(options.storage_budget);
  limits.set_max_predicted_values(options.max_predicted_values);
  limits.set_max_finished(options.max_finished_runs);
  return info;
}

void SetArguments(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  // A second server on the same port fails, instead of taking half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kConcurrentCalls);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  if (!options.max_isa.empty()) {
    if (absl::Status status = core::SetMaxInstructionSet(options.max_isa); !status.ok()) {
      return status;
    }
  }
  absl::StatusOr<ListenAddress> listen = ParseListenAddress(options.listen);
  if (!listen.ok()) return listen.status();
  if (!options.allow_remote && !IsLoopback(listen->host)) {
    return core::MakeError(absl::StatusCode::kFailedPrecondition, "INSECURE_ADDRESS",
                           absl::StrCat(core::Echo(listen->host),
                                        " is not a loopback address such as 127.0.0.1: without "
                                        "TLS anyone who reaches it could use this server"));
  }
  if (!options.data_dir.empty()) {
    if (absl::Status status = MakeDirectory(DatasetDirectory(options)); !status.ok()) return status;
  }
  auto parts = std::make_unique<Parts>(Complete(options));
  parts->context.info = MakeInfo(parts->options);
  KeepSweeping(parts->sweeper, parts->uploads);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetArguments(parts->options, builder);
  int port = 0;
  builder.AddListeningPort(listen->str(), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&parts->analysis_service);
  builder.RegisterService(&parts->datasets_service);
  builder.RegisterService(&parts->models_service);
  builder.RegisterService(&parts->training_service);
  builder.RegisterService(&parts->prediction_service);
  builder.RegisterService(&parts->system_service);
  parts->grpc = builder.BuildAndStart();
  if (parts->grpc == nullptr || port == 0) {
    return core::MakeError(
        absl::StatusCode::kUnavailable, "ADDRESS_NOT_AVAILABLE",
        absl::StrCat("can't listen at ", listen->str(),
                     ": the address is not this machine's, or another server has the port"));
  }
  parts->listen = {listen->host, port};
  parts->address = parts->listen.str();
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  parts_->runs.BeginDrain();
  parts_->runs.Stop();
  parts_->grpc->Shutdown(std::chrono::system_clock::now());
  parts_->grpc->Wait();
}

int Server::port() const { return parts_->listen.port; }

const std::string& Server::address() const { return parts_->address; }

void Server::Drain() {
  parts_->grpc->GetHealthCheckService()->SetServingStatus(false);
  parts_->runs.BeginDrain();
  const auto timeout = absl::ToChronoMilliseconds(parts_->options.drain_timeout);
  if (!parts_->runs.WaitIdle(Clock::now() + timeout)) LogWarning("stopping with runs unfinished");
  parts_->runs.Stop();
  parts_->grpc->Shutdown(std::chrono::system_clock::now() + kLastCalls);
}

void Server::HurryDrain() { parts_->runs.Stop(); }

}  // namespace fnn::server
