// What the server keeps, as the services and runs see it. Runs themselves are the run manager's
// (server/runs/run_manager.h).

#ifndef FNN_SERVER_STORE_STORE_H_
#define FNN_SERVER_STORE_STORE_H_

#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"
#include "server/store/dataset_store.h"
#include "server/store/model_store.h"
#include "server/store/request_log.h"
#include "server/store/upload_store.h"

namespace fnn::server {

// Not owned; each outlives what uses it.
struct Store {
  ModelStore* models;
  DatasetStore* datasets;
  UploadStore* uploads;
  RequestLog* requests;
  Catalogue* catalogue;
  FileSystem* files;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_STORE_H_
