// ModelService.ExportModel: sends a version as an `.fnn` file.

#ifndef FNN_SERVER_SERVICES_EXPORT_REACTOR_H_
#define FNN_SERVER_SERVICES_EXPORT_REACTOR_H_

#include <memory>
#include <optional>

#include "fnn/v1/model_service.grpc.pb.h"
#include "server/services/version_reactor.h"
#include "server/store/model_file.h"

namespace fnn::server {

class ExportReactor final : public VersionReactor<v1::ExportModelResponse> {
 private:
  void Begin(std::shared_ptr<const ModelVersion> version) override;
  bool FillNext(v1::ExportModelResponse& response) override;

  std::shared_ptr<const ModelVersion> version_;
  std::optional<ModelFilePayload> payload_;
  std::string header_;  // Of the file; empty once it is sent.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_EXPORT_REACTOR_H_
