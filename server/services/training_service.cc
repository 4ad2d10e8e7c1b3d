#include "server/services/training_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/base/timestamp.h"
#include "server/edge/unary.h"

namespace fnn::server {
namespace {

using core::FieldPath;

constexpr absl::Duration kMostGrace = absl::Hours(24);

absl::StatusOr<DisconnectPolicy> ParsePolicy(const v1::TrainRequest& request,
                                             absl::Duration default_grace) {
  core::Violations violations;
  DisconnectPolicy policy{.cancel = request.on_disconnect() != v1::ON_DISCONNECT_DETACH,
                          .grace = default_grace};
  if (!v1::OnDisconnect_IsValid(request.on_disconnect())) {
    violations.Add(FieldPath("on_disconnect"), "UNKNOWN_VALUE",
                   absl::StrCat("must be ON_DISCONNECT_CANCEL or ON_DISCONNECT_DETACH, not ",
                                static_cast<int>(request.on_disconnect())));
  }
  if (request.has_disconnect_grace()) {
    const google::protobuf::Duration& grace = request.disconnect_grace();
    policy.grace = FromProto(grace);
    if (policy.grace < absl::ZeroDuration() || policy.grace > kMostGrace) {
      violations.Add(FieldPath("disconnect_grace"), "OUT_OF_RANGE",
                     absl::StrCat("must be 0 to 24 hours, not ", grace.seconds(), " seconds"));
    }
  }
  if (request.has_create() && request.after_sequence() != 0) {
    violations.Add(FieldPath("after_sequence"), "NOT_ALLOWED",
                   "only goes with attach; a new run has no events yet");
  }
  if (!violations.empty()) return violations.ToStatus();
  return policy;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Run>> TrainingService::FindRun(const std::string& name,
                                                              const FieldPath& path) const {
  if (absl::Status status = ValidateName(Collection::kRuns, name, path); !status.ok()) {
    return status;
  }
  return context_->runs->Find(name);
}

grpc::ServerWriteReactor<v1::TrainResponse>* TrainingService::Train(
    grpc::CallbackServerContext*, const v1::TrainRequest* request) {
  const std::shared_ptr<TrainReactor> reactor = TrainReactor::Create(context_->runs);
  // Preparing a run goes through its data once.
  const bool accepted = context_->work->Submit([this, request, reactor] {
    const absl::Status status = Guarded([&] { return StartTrain(*request, *reactor); });
    if (!status.ok()) reactor->End(status);
  });
  if (!accepted) reactor->End(Busy());
  return reactor.get();
}

absl::Status TrainingService::StartTrain(const v1::TrainRequest& request, TrainReactor& reactor) {
  absl::StatusOr<DisconnectPolicy> policy = ParsePolicy(request, context_->disconnect_grace);
  if (!policy.ok()) return policy.status();

  std::shared_ptr<Run> run;
  v1::TrainResponse first;
  switch (request.start_case()) {
    case v1::TrainRequest::kCreate: {
      const FieldPath path("create");
      if (request.create().validate_only()) {
        absl::StatusOr<v1::Run> checked = context_->runs->Check(request.create(), path);
        if (!checked.ok()) return checked.status();
        *first.mutable_run() = *std::move(checked);
        reactor.SendOnly(std::move(first));
        return absl::OkStatus();
      }
      absl::StatusOr<std::shared_ptr<Run>> made =
          context_->runs->Create(request.create(), path, *policy);
      if (!made.ok()) return made.status();
      run = *std::move(made);
      break;
    }
    case v1::TrainRequest::kAttach: {
      absl::StatusOr<std::shared_ptr<Run>> found = FindRun(request.attach(), FieldPath("attach"));
      if (!found.ok()) return found.status();
      run = *std::move(found);
      if (!run->Attach()) {
        return core::MakeError(
            absl::StatusCode::kFailedPrecondition, "RUN_NOT_ATTACHABLE",
            absl::StrCat(run->name(), " was not started by Train; use WatchRun to watch it"));
      }
      break;
    }
    case v1::TrainRequest::START_NOT_SET:
      return Required(FieldPath("start"), "must say which run: create a new one, or attach");
  }

  // From here on the run is attached, and has to be detached whatever happens.
  absl::StatusOr<WatchCursor> cursor = WatchCursor::Create(
      run, request.after_sequence(), /*follow=*/true, context_->watch, FieldPath("after_sequence"));
  if (!cursor.ok()) {
    context_->runs->Detach(run);
    return cursor.status();
  }
  *first.mutable_run() = run->Snapshot();
  reactor.Begin(*std::move(cursor), run->log(), std::move(first),
                [runs = context_->runs, run] { runs->Detach(run); });
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* TrainingService::CreateRun(grpc::CallbackServerContext* context,
                                                     const v1::CreateRunRequest* request,
                                                     v1::CreateRunResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    if (request->validate_only()) {
      absl::StatusOr<v1::Run> checked = context_->runs->Check(*request, FieldPath());
      if (!checked.ok()) return checked.status();
      *response->mutable_run() = *std::move(checked);
      return absl::OkStatus();
    }
    absl::StatusOr<std::shared_ptr<Run>> run =
        context_->runs->Create(*request, FieldPath(), std::nullopt);
    if (!run.ok()) return run.status();
    *response->mutable_run() = (*run)->Snapshot();
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TrainingService::GetRun(grpc::CallbackServerContext* context,
                                                  const v1::GetRunRequest* request,
                                                  v1::GetRunResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    absl::StatusOr<std::shared_ptr<Run>> run = FindRun(request->name(), FieldPath("name"));
    if (!run.ok()) return run.status();
    *response->mutable_run() = (*run)->Snapshot();
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TrainingService::ListRuns(grpc::CallbackServerContext* context,
                                                    const v1::ListRunsRequest* request,
                                                    v1::ListRunsResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    absl::StatusOr<Page<v1::Run>> runs = context_->runs->List(MakeListRequest(*request));
    if (!runs.ok()) return runs.status();
    response->set_next_page_token(runs->next_page_token);
    for (v1::Run& run : runs->items) {
      // Which of many layers would make a page larger than clients take.
      if (run.has_latest_epoch()) run.mutable_latest_epoch()->clear_health();
      *response->add_runs() = std::move(run);
    }
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchRunResponse>* TrainingService::WatchRun(
    grpc::CallbackServerContext*, const v1::WatchRunRequest* request) {
  const auto reactor = WatchReactor<v1::WatchRunResponse>::Create(context_->runs);
  const absl::Status status = Guarded([&]() -> absl::Status {
    absl::StatusOr<std::shared_ptr<Run>> run = FindRun(request->name(), FieldPath("name"));
    if (!run.ok()) return run.status();
    absl::StatusOr<WatchCursor> cursor = WatchCursor::Create(
        *run, request->after_sequence(), request->has_follow() ? request->follow() : true,
        context_->watch, FieldPath("after_sequence"));
    if (!cursor.ok()) return cursor.status();
    reactor->Begin(*std::move(cursor), (*run)->log(), std::nullopt, nullptr);
    return absl::OkStatus();
  });
  if (!status.ok()) reactor->End(status);
  return reactor.get();
}

grpc::ServerUnaryReactor* TrainingService::CancelRun(grpc::CallbackServerContext* context,
                                                     const v1::CancelRunRequest* request,
                                                     v1::CancelRunResponse* response) {
  return Change(context, request->name(), response->mutable_run(),
                [](RunManager& runs, const std::shared_ptr<Run>& run) { return runs.Cancel(run); });
}

grpc::ServerUnaryReactor* TrainingService::PauseRun(grpc::CallbackServerContext* context,
                                                    const v1::PauseRunRequest* request,
                                                    v1::PauseRunResponse* response) {
  return Change(context, request->name(), response->mutable_run(),
                [](RunManager& runs, const std::shared_ptr<Run>& run) { return runs.Pause(run); });
}

grpc::ServerUnaryReactor* TrainingService::ResumeRun(grpc::CallbackServerContext* context,
                                                     const v1::ResumeRunRequest* request,
                                                     v1::ResumeRunResponse* response) {
  return Change(context, request->name(), response->mutable_run(),
                [](RunManager& runs, const std::shared_ptr<Run>& run) { return runs.Resume(run); });
}

grpc::ServerUnaryReactor* TrainingService::DeleteRun(grpc::CallbackServerContext* context,
                                                     const v1::DeleteRunRequest* request,
                                                     v1::DeleteRunResponse*) {
  return Change(context, request->name(), nullptr,
                [](RunManager& runs, const std::shared_ptr<Run>& run) { return runs.Delete(run); });
}

// On a thread of the pool, as it waits for the disk.
grpc::ServerUnaryReactor* TrainingService::Change(grpc::CallbackServerContext* context,
                                                  const std::string& name, v1::Run* answer,
                                                  ChangeFunction change) {
  return AnswerOn(context_->changes, context, [this, name, answer, change]() -> absl::Status {
    absl::StatusOr<std::shared_ptr<Run>> run = FindRun(name, FieldPath("name"));
    if (!run.ok()) return run.status();
    if (absl::Status status = change(*context_->runs, *run); !status.ok()) return status;
    if (answer != nullptr) *answer = (*run)->Snapshot();
    return absl::OkStatus();
  });
}

}  // namespace fnn::server
