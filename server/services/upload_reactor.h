// DatasetService.UploadChunks: takes the chunks of one upload as they come.

#ifndef FNN_SERVER_SERVICES_UPLOAD_REACTOR_H_
#define FNN_SERVER_SERVICES_UPLOAD_REACTOR_H_

#include <string>

#include "absl/status/status.h"
#include "fnn/v1/dataset_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/base/work_pool.h"
#include "server/store/upload_store.h"

namespace fnn::server {

// Owns itself. At any time either a read is in flight, or a chunk is with the pool, whose threads
// may wait for the disk.
class UploadReactor final : public grpc::ServerReadReactor<v1::UploadChunksRequest> {
 public:
  UploadReactor(UploadStore* uploads, WorkPool* pool, v1::UploadChunksResponse* response);

  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  absl::Status Take(const v1::UploadChunksRequest& chunk);
  // Says what has arrived, once that is durable.
  absl::Status Conclude();

  UploadStore* const uploads_;
  WorkPool* const pool_;
  v1::UploadChunksResponse* const response_;  // gRPC's; lives until OnDone.
  v1::UploadChunksRequest chunk_;
  std::string upload_;  // Its name, from the first message.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_UPLOAD_REACTOR_H_
