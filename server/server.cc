#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "core/base/saturating.h"
#include "core/kernels/instruction_set.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/base/log.h"
#include "server/base/memory_budget.h"
#include "server/base/processors.h"
#include "server/base/system_memory.h"
#include "server/base/timer.h"
#include "server/base/timestamp.h"
#include "server/base/work_pool.h"
#include "server/edge/listen.h"
#include "server/runs/backup.h"
#include "server/runs/run_manager.h"
#include "server/services/analysis_service.h"
#include "server/services/context.h"
#include "server/services/dataset_service.h"
#include "server/services/model_service.h"
#include "server/services/prediction_service.h"
#include "server/services/system_service.h"
#include "server/services/training_service.h"
#include "server/store/stores.h"
#include "server/version.h"

namespace fnn::server {
namespace {

using Clock = std::chrono::steady_clock;

// What waits for a pool's threads at most.
constexpr size_t kMostWaiting = 1000;
constexpr int kChangers = 4;
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
      options.max_upload_bytes < 0 || options.max_queued_runs < 0 ||
      options.max_finished_runs < 0 || options.max_finished_bytes < 0 ||
      options.max_finished_age < absl::ZeroDuration() ||
      options.checkpoint_interval < absl::Seconds(1) || options.max_predicted_values < 1 ||
      options.disconnect_grace < absl::ZeroDuration() ||
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
    options.max_dataset_bytes = int64_t{1} << 30;
    if (options.data_dir.empty()) {
      options.max_dataset_bytes = std::min(options.max_dataset_bytes, options.storage_budget / 4);
    }
  }
  if (options.max_upload_bytes == 0) {
    options.max_upload_bytes = (core::SaturatingSize(options.max_dataset_bytes) * 16).value();
  }
  return options;
}

}  // namespace

// In the order in which they need each other: the last is destroyed first.
struct Server::Parts {
  Parts(const ServerOptions& from, std::unique_ptr<Stores> opened,
        std::unique_ptr<MemoryBudget> budget)
      : options(from),
        storage(std::move(budget)),
        stores(std::move(opened)),
        keeper(stores->catalogue(), stores->files()),
        publisher(from.publisher),
        runs({.workers = from.workers,
              .threads = from.training_threads,
              .memory_bytes = from.memory_budget,
              .max_queued = from.max_queued_runs,
              .retention = {.most_runs = from.max_finished_runs,
                            .most_bytes = from.max_finished_bytes,
                            .most_age = from.max_finished_age},
              .checkpoint_interval = from.checkpoint_interval,
              .engine_version = std::string(Version())},
             stores->store(), &keeper, storage.get(), &publisher),
        work(from.workers, kMostWaiting),
        evaluations(from.workers, kMostWaiting),
        analyses(std::max(1, from.workers / 2), kMostWaiting),
        changes(kChangers, kMostWaiting),
        context{.store = stores->store(),
                .runs = &runs,
                .work = &work,
                .evaluations = &evaluations,
                .analyses = &analyses,
                .changes = &changes,
                .watch = from.watch,
                .disconnect_grace = from.disconnect_grace,
                .storage = storage.get(),
                .max_dataset_bytes = from.max_dataset_bytes,
                .max_predicted_values = from.max_predicted_values,
                .info = {}},
        analysis_service(&context),
        datasets_service(&context),
        models_service(&context),
        training_service(&context),
        prediction_service(&context),
        system_service(&context) {}

  const ServerOptions options;
  const std::unique_ptr<MemoryBudget> storage;
  const std::unique_ptr<Stores> stores;
  RunKeeper keeper;
  Publisher publisher;
  RunManager runs;
  Timer sweeper;
  WorkPool work;
  WorkPool evaluations;
  WorkPool analyses;
  WorkPool changes;
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

// Drops what is kept no longer now and then, as long as `sweeper` lives.
void KeepSweeping(Timer& sweeper, Stores& stores, RunManager& runs) {
  sweeper.CallAt(Clock::now() + kSweepInterval, [&sweeper, &stores, &runs] {
    stores.Sweep();
    runs.Sweep();
    KeepSweeping(sweeper, stores, runs);
  });
}

v1::GetServerInfoResponse MakeInfo(const ServerOptions& options) {
  v1::GetServerInfoResponse info;
  info.set_version(std::string(Version()));
  info.set_instruction_set(core::InstructionSet());
  *info.mutable_start_time() = CurrentTimestamp();
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
  limits.set_max_finished_bytes(options.max_finished_bytes);
  limits.set_max_finished_seconds(absl::ToInt64Seconds(options.max_finished_age));
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
  const ServerOptions complete = Complete(options);
  auto storage = std::make_unique<MemoryBudget>(complete.storage_budget);
  absl::StatusOr<std::unique_ptr<Stores>> stores =
      Stores::Open({.directory = complete.data_dir,
                    .address = listen->str(),
                    .models = {.cache_bytes = complete.storage_budget / 4},
                    .uploads = {.max_file_bytes = complete.max_dataset_bytes,
                                .max_total_bytes = complete.max_upload_bytes,
                                .expiry = complete.upload_expiry},
                    .catalogue = complete.catalogue,
                    .files = complete.files},
                   storage.get());
  if (!stores.ok()) return stores.status();
  auto parts = std::make_unique<Parts>(complete, *std::move(stores), std::move(storage));
  if (absl::Status status = parts->runs.Start(); !status.ok()) return status;
  parts->context.info = MakeInfo(parts->options);
  parts->context.info.set_durable(parts->runs.durable());
  KeepSweeping(parts->sweeper, *parts->stores, parts->runs);

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
  parts->stores->SetAddress(parts->address);
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

absl::Status Server::BackUp(const std::string& to) {
  const SqliteCatalogue* const catalogue = parts_->stores->sqlite();
  if (catalogue == nullptr) {
    return core::MakeError(absl::StatusCode::kFailedPrecondition, "NOT_DURABLE",
                           "without a data directory there is nothing to back up");
  }
  return server::BackUp(*catalogue, parts_->stores->files(), to);
}

void Server::Drain() {
  parts_->grpc->GetHealthCheckService()->SetServingStatus(false);
  parts_->runs.BeginDrain();
  const Clock::time_point deadline =
      Clock::now() + absl::ToChronoMilliseconds(parts_->options.drain_timeout);
  RunManager& runs = parts_->runs;
  if (!runs.durable() && !runs.WaitIdle(deadline)) LogWarning("stopping with runs unfinished");
  runs.Stop();
  if (runs.durable() && !runs.WaitStopped(deadline)) {
    LogWarning("stopping with runs that go on from an earlier checkpoint");
  }
  runs.Abandon();
  parts_->grpc->Shutdown(std::chrono::system_clock::now() + kLastCalls);
}

void Server::HurryDrain() {
  parts_->runs.Stop();
  parts_->runs.Abandon();
}

}  // namespace fnn::server
