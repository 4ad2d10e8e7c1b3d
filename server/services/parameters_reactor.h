// ModelService.GetParameters: sends the parameters of a version, chunk by chunk.

#ifndef FNN_SERVER_SERVICES_PARAMETERS_REACTOR_H_
#define FNN_SERVER_SERVICES_PARAMETERS_REACTOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "fnn/v1/model_service.grpc.pb.h"
#include "server/services/version_reactor.h"

namespace fnn::server {

class ParametersReactor final : public VersionReactor<v1::GetParametersResponse> {
 private:
  void Begin(std::shared_ptr<const ModelVersion> version) override;
  bool FillNext(v1::GetParametersResponse& response) override;

  std::shared_ptr<const ModelVersion> version_;
  size_t block_ = 0;    // The parameter block that is sent,
  int64_t offset_ = 0;  // from this element on.
  std::vector<float> values_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_PARAMETERS_REACTOR_H_
