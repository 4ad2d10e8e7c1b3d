// What services work with. They keep nothing themselves.

#ifndef FNN_SERVER_SERVICES_CONTEXT_H_
#define FNN_SERVER_SERVICES_CONTEXT_H_

#include <cstdint>
#include <optional>

#include "fnn/v1/system_service.pb.h"
#include "server/base/memory_budget.h"
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
  WorkPool* analyses;     // For what may take hours, and nobody else waits for.
  WorkPool* changes;      // For what waits for the disk alone.
  WatchCursor::Options watch;
  absl::Duration disconnect_grace;  // Where a request names none.
  MemoryBudget* storage;
  int64_t max_dataset_bytes;     // In one file, once it is decompressed; or one of a model.
  int64_t max_predicted_values;  // Rows times outputs in one Predict.
  v1::GetServerInfoResponse info;
};

// The fields of a List request.
template <typename Request>
ListRequest MakeListRequest(const Request& request) {
  return {.page_size =
              request.has_page_size() ? std::optional<int64_t>(request.page_size()) : std::nullopt,
          .page_token = request.page_token(),
          .filter = request.filter(),
          .order_by = request.order_by()};
}

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_CONTEXT_H_
