// DatasetService.UploadChunks: takes the chunks of one upload as they come.

#ifndef FNN_SERVER_SERVICES_UPLOAD_REACTOR_H_
#define FNN_SERVER_SERVICES_UPLOAD_REACTOR_H_

#include <string>

#include "absl/status/status.h"
#include "fnn/v1/dataset_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/store/upload_store.h"

namespace fnn::server {

// Owns itself. gRPC calls it from one thread at a time, one read in flight.
class UploadReactor final : public grpc::ServerReadReactor<v1::UploadChunksRequest> {
 public:
  UploadReactor(UploadStore* uploads, v1::UploadChunksResponse* response);

  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  absl::Status Take(const v1::UploadChunksRequest& chunk);

  UploadStore* const uploads_;
  v1::UploadChunksResponse* const response_;  // gRPC's; lives until OnDone.
  v1::UploadChunksRequest chunk_;
  std::string upload_;  // Its name, from the first message.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_UPLOAD_REACTOR_H_
