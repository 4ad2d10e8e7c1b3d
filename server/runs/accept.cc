// How the run manager accepts a run: checks, reservations, and what is kept of it before it counts.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/base/timestamp.h"
#include "server/runs/run_manager.h"

namespace fnn::server {

absl::StatusOr<PreparedRun> RunManager::Prepare(const v1::CreateRunRequest& request,
                                                const core::FieldPath& path) const {
  if (draining()) return Draining();
  absl::StatusOr<PreparedRun> prepared =
      PrepareRun(request, path, store_, cores_.cores(), !durable());
  if (!prepared.ok()) return prepared.status();
  if (prepared->memory_bytes > options_.memory_bytes) {
    return TrainingMemoryExceeded(*prepared, path, options_.memory_bytes);
  }
  if (prepared->storage_bytes > storage_->total()) {
    return core::LimitExceeded("STORAGE_MEMORY_EXCEEDED",
                               "bytes of memory for the trained parameters and the log of epochs",
                               prepared->storage_bytes, storage_->total());
  }
  return prepared;
}

absl::Status RunManager::CheckAdmission(const std::string& name) const {
  if (draining()) return Draining();
  if (runs_.contains(name) || arriving_.contains(name)) {
    return core::AlreadyExists(ResourceType(Collection::kRuns), name);
  }
  const int64_t waiting = queue_.size() + static_cast<int64_t>(arriving_.size());
  if (waiting >= options_.max_queued) {
    return WithRetry(core::LimitExceeded("QUEUE_FULL", "places in the queue of runs", waiting + 1,
                                         options_.max_queued),
                     absl::Seconds(10));
  }
  return absl::OkStatus();
}

// Where there is too little, the oldest ended runs are forgotten first.
absl::StatusOr<Reservation> RunManager::ReserveStorage(int64_t bytes) {
  for (;;) {
    absl::StatusOr<Reservation> reservation = storage_->Reserve(bytes);
    if (reservation.ok()) return reservation;
    std::shared_ptr<Run> oldest;
    {
      MutexLock lock(mutex_);
      oldest = finished_.TakeOldest();
    }
    if (oldest == nullptr) return WithRetry(reservation.status(), absl::Seconds(10));
    if (absl::Status status = Forget(oldest); !status.ok()) return status;
  }
}

absl::StatusOr<std::shared_ptr<Run>> RunManager::Create(const v1::CreateRunRequest& request,
                                                        const core::FieldPath& path,
                                                        std::optional<DisconnectPolicy> policy) {
  absl::StatusOr<RequestClaim> claim = store_.requests->Claim(
      "CreateRun", request.request_id(), RequestDigest(request), path / "request_id");
  if (!claim.ok()) return claim.status();
  if (claim->made().has_value()) {
    absl::StatusOr<std::shared_ptr<Run>> made = Find(claim->made()->name);
    if (made.ok() && (*made)->uid() == claim->made()->uid) return made;
    return DeletedSince(ResourceType(Collection::kRuns), claim->made()->name, request.request_id());
  }
  absl::StatusOr<PreparedRun> prepared = Prepare(request, path);
  if (!prepared.ok()) return prepared.status();
  std::string name =
      MakeName(Collection::kRuns, request.run_id().empty() ? MakeId("run") : request.run_id());
  int64_t age = 0;
  {
    MutexLock lock(mutex_);
    if (absl::Status status = CheckAdmission(name); !status.ok()) return status;
    arriving_.insert(name);
    age = next_age_++;
  }
  const auto arrived = absl::MakeCleanup([&] {
    MutexLock lock(mutex_);
    arriving_.erase(name);
  });
  absl::StatusOr<std::shared_ptr<Run>> run =
      Accept(request, *std::move(prepared), policy, name, age, *claim);
  if (!run.ok()) return run.status();
  claim->Keep();
  LogDebug(absl::StrCat(name, " queued"));
  return run;
}

absl::StatusOr<std::shared_ptr<Run>> RunManager::Accept(const v1::CreateRunRequest& request,
                                                        PreparedRun prepared,
                                                        std::optional<DisconnectPolicy> policy,
                                                        std::string name, int64_t age,
                                                        RequestClaim& claim) {
  const core::Plan& plan = *prepared.job.plan();
  const int64_t parameter_bytes = durable() ? 0 : prepared.job.network_bytes();
  absl::StatusOr<Reservation> parameters = ReserveStorage(parameter_bytes);
  if (!parameters.ok()) return parameters.status();
  absl::StatusOr<Reservation> storage = ReserveStorage(prepared.storage_bytes - parameter_bytes);
  if (!storage.ok()) return storage.status();

  Run::Origin origin;
  storage::v1::RunRecord& record = origin.record;
  v1::Run& message = *record.mutable_run();
  message.set_name(name);
  message.set_uid(MakeUid());
  message.set_state(v1::RUN_STATE_QUEUED);
  message.set_memory_bytes(prepared.memory_bytes);
  message.set_priority(request.priority());
  *message.mutable_labels() = request.labels();
  *message.mutable_create_time() = CurrentTimestamp();
  *message.mutable_spec() = std::move(prepared.spec);
  *record.mutable_requested() = std::move(prepared.requested);
  record.set_age(age);
  if (policy.has_value()) {
    record.mutable_disconnect()->set_cancel(policy->cancel);
    *record.mutable_disconnect()->mutable_grace() = ToProto(policy->grace);
  }
  if (prepared.data.ByteSizeLong() > 0) {
    record.set_has_data(true);
    if (absl::Status status = keeper_->WriteData(message.uid(), prepared.data); !status.ok()) {
      return status;
    }
  }
  absl::StatusOr<std::unique_ptr<RecordLog>> log = keeper_->LogOpener(message.uid())();
  if (!log.ok()) return log.status();
  origin.log = std::make_shared<EventLog>(publisher_, *std::move(log));

  const auto also = [&](const v1::Model& model, CatalogueBatch& batch) {
    message.set_model(model.name());
    RunKeeper::Put(record, batch);
    claim.Record({.name = name, .uid = message.uid()}, batch);
  };
  absl::Status kept;
  if (prepared.model.has_value()) {
    CatalogueBatch batch;
    also(*prepared.model, batch);
    kept = keeper_->Commit(batch);
  } else {
    absl::StatusOr<PinnedModel> made =
        store_.models->Create({.id = request.model_id(),
                               .network = plan.network(),
                               .parameter_count = plan.parameter_count()},
                              also);
    kept = made.status();
    if (made.ok()) prepared.pins.model = std::move(made->pin);
  }
  if (!kept.ok()) {
    keeper_->RemoveAll(message.uid());
    return kept;
  }
  auto run = std::make_shared<Run>(std::move(origin),
                                   RunWork{.job = std::move(prepared.job),
                                           .provenance = std::move(prepared.provenance),
                                           .pins = std::move(prepared.pins),
                                           .parameters = *std::move(parameters)},
                                   policy.has_value(), *std::move(storage), keeper_);
  run->Begin();
  {
    MutexLock lock(mutex_);
    runs_.emplace(name, run);
    queue_.Add(run);
  }
  changed_.NotifyAll();
  return run;
}

absl::StatusOr<v1::Run> RunManager::Check(const v1::CreateRunRequest& request,
                                          const core::FieldPath& path) {
  absl::StatusOr<PreparedRun> prepared = Prepare(request, path);
  if (!prepared.ok()) return prepared.status();
  v1::Run run;
  if (!request.run_id().empty()) run.set_name(MakeName(Collection::kRuns, request.run_id()));
  {
    MutexLock lock(mutex_);
    if (absl::Status status = CheckAdmission(run.name()); !status.ok()) return status;
  }
  if (prepared->model.has_value()) {
    run.set_model(prepared->model->name());
  } else if (!request.model_id().empty()) {
    run.set_model(MakeName(Collection::kModels, request.model_id()));
    if (absl::Status status = store_.models->CheckFree(run.model()); !status.ok()) return status;
  }
  run.set_state(v1::RUN_STATE_QUEUED);
  run.set_memory_bytes(prepared->memory_bytes);
  run.set_priority(request.priority());
  *run.mutable_labels() = request.labels();
  *run.mutable_spec() = std::move(prepared->spec);
  return run;
}

}  // namespace fnn::server
