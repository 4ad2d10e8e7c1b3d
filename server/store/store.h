// What the server keeps, behind interfaces: the services and runs see these and never how it is
// kept. Runs themselves are the run manager's (server/runs/run_manager.h).

#ifndef FNN_SERVER_STORE_STORE_H_
#define FNN_SERVER_STORE_STORE_H_

#include "server/store/dataset_store.h"
#include "server/store/model_store.h"
#include "server/store/upload_store.h"

namespace fnn::server {

// Not owned; each outlives what uses it.
struct Store {
  ModelStore* models;
  DatasetStore* datasets;
  UploadStore* uploads;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_STORE_H_
