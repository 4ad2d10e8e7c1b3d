// fnn.v1.TrainingService.

#ifndef FNN_SERVER_SERVICES_TRAINING_SERVICE_H_
#define FNN_SERVER_SERVICES_TRAINING_SERVICE_H_

#include <memory>

#include "fnn/v1/training_service.grpc.pb.h"
#include "server/services/context.h"
#include "server/services/watch_reactor.h"

namespace fnn::server {

class TrainingService final : public v1::TrainingService::CallbackService {
 public:
  explicit TrainingService(const ServiceContext* context) : context_(context) {}

  grpc::ServerWriteReactor<v1::TrainResponse>* Train(grpc::CallbackServerContext* context,
                                                     const v1::TrainRequest* request) override;
  grpc::ServerUnaryReactor* CreateRun(grpc::CallbackServerContext* context,
                                      const v1::CreateRunRequest* request,
                                      v1::CreateRunResponse* response) override;
  grpc::ServerUnaryReactor* GetRun(grpc::CallbackServerContext* context,
                                   const v1::GetRunRequest* request,
                                   v1::GetRunResponse* response) override;
  grpc::ServerUnaryReactor* ListRuns(grpc::CallbackServerContext* context,
                                     const v1::ListRunsRequest* request,
                                     v1::ListRunsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchRunResponse>* WatchRun(
      grpc::CallbackServerContext* context, const v1::WatchRunRequest* request) override;
  grpc::ServerUnaryReactor* CancelRun(grpc::CallbackServerContext* context,
                                      const v1::CancelRunRequest* request,
                                      v1::CancelRunResponse* response) override;
  grpc::ServerUnaryReactor* PauseRun(grpc::CallbackServerContext* context,
                                     const v1::PauseRunRequest* request,
                                     v1::PauseRunResponse* response) override;
  grpc::ServerUnaryReactor* ResumeRun(grpc::CallbackServerContext* context,
                                      const v1::ResumeRunRequest* request,
                                      v1::ResumeRunResponse* response) override;
  grpc::ServerUnaryReactor* DeleteRun(grpc::CallbackServerContext* context,
                                      const v1::DeleteRunRequest* request,
                                      v1::DeleteRunResponse* response) override;

 private:
  using TrainReactor = WatchReactor<v1::TrainResponse>;

  // Starts or finds the run, attached, and has `reactor` send its events.
  absl::Status StartTrain(const v1::TrainRequest& request, TrainReactor& reactor);
  // Answers with the run `name` after `change`, into `answer` where that is not null.
  using ChangeFunction = absl::Status (*)(RunManager& runs, const std::shared_ptr<Run>& run);
  grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context, const std::string& name,
                                   v1::Run* answer, ChangeFunction change);
  absl::StatusOr<std::shared_ptr<Run>> FindRun(const std::string& name,
                                               const core::FieldPath& path) const;

  const ServiceContext* const context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_TRAINING_SERVICE_H_
