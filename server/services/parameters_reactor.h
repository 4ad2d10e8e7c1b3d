// ModelService.GetParameters: sends the parameters of a version, chunk by chunk.

#ifndef FNN_SERVER_SERVICES_PARAMETERS_REACTOR_H_
#define FNN_SERVER_SERVICES_PARAMETERS_REACTOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "fnn/v1/model_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/store/model_store.h"

namespace fnn::server {

// Owns itself. gRPC calls it from one thread at a time, one write in flight.
class ParametersReactor final : public grpc::ServerWriteReactor<v1::GetParametersResponse> {
 public:
  // Sends `version`, or ends with its status.
  explicit ParametersReactor(absl::StatusOr<std::shared_ptr<const ModelVersion>> version);

  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  void SendNext();
  // Makes `response_` the next chunk; false where there is none.
  bool FillNext();

  std::shared_ptr<const ModelVersion> version_;
  size_t block_ = 0;    // The parameter block that is sent,
  int64_t offset_ = 0;  // from this element on.
  std::vector<float> values_;
  v1::GetParametersResponse response_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_PARAMETERS_REACTOR_H_
