// Datasets and uploads over a catalogue and files that outlive them: Open again is a restart.

#ifndef FNN_TESTS_SERVER_STORE_DATA_STORES_H_
#define FNN_TESTS_SERVER_STORE_DATA_STORES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"
#include "server/store/dataset_store.h"
#include "server/store/upload_store.h"

namespace fnn::server {

struct DataStores {
  // What was open before is closed. `budget` and the rest outlive it.
  absl::Status Open(Catalogue* catalogue, FileSystem* files, MemoryBudget* budget,
                    const UploadStore::Options& options = {});
  void Close() {
    uploads.reset();
    datasets.reset();
  }

  // Makes a dataset of `upload` as the service does.
  absl::StatusOr<v1::Dataset> Finish(const std::string& upload);

  std::unique_ptr<DatasetStore> datasets;
  std::unique_ptr<UploadStore> uploads;
};

// Keeps a dataset of `values`, row-major.
absl::StatusOr<v1::Dataset> AddDataset(DatasetStore& store, const NewDataset& dataset,
                                       const std::vector<std::string>& columns,
                                       const std::vector<float>& values);

// The bytes of a file, which must be there; and in the place of them.
std::string ReadFile(const FileSystem& files, absl::string_view path);
void WriteFile(FileSystem& files, absl::string_view path, absl::string_view bytes);

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_STORE_DATA_STORES_H_
