// What services work with. They keep nothing themselves.

#ifndef FNN_SERVER_SERVICES_CONTEXT_H_
#define FNN_SERVER_SERVICES_CONTEXT_H_

#include <cstdint>

#include "fnn/v1/system_service.pb.h"
#include "server/base/work_pool.h"
#include "server/runs/run_manager.h"
#include "server/runs/watch_cursor.h"
#include "server/store/store.h"

namespace fnn::server {

// Not owned; all of it outlives the gRPC server.
struct ServiceContext {
  Store store;
  RunManager* runs;
  WorkPool* work;         // For what ends soon: reading a file, preparing a run, predicting.
  WorkPool* evaluations;  // For what may take minutes.
  WatchCursor::Options watch;
  absl::Duration disconnect_grace;  // Where a request names none.
  int64_t max_dataset_bytes;        // In one file, once it is decompressed.
  int64_t max_predicted_values;     // Rows times outputs in one Predict.
  v1::GetServerInfoResponse info;
};

// The page's own optional field as std::optional.
template <typename Request>
std::optional<int64_t> PageSize(const Request& request) {
  return request.has_page_size() ? std::optional<int64_t>(request.page_size()) : std::nullopt;
}

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_CONTEXT_H_
