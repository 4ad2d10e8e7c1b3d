// All that the server keeps, opened in the right order: the lock of the data directory, the
// catalogue, the files, and the stores over them.
//
// A data directory holds LOCK, catalogue.db and the folders models, datasets, uploads, runs,
// imports and quarantine. Without one the same stores are over a catalogue and files in memory.

#ifndef FNN_SERVER_STORE_STORES_H_
#define FNN_SERVER_STORE_STORES_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/memory_budget.h"
#include "server/storage/catalogue.h"
#include "server/storage/directory_lock.h"
#include "server/storage/file_system.h"
#include "server/storage/sqlite_catalogue.h"
#include "server/store/dataset_store.h"
#include "server/store/model_store.h"
#include "server/store/request_log.h"
#include "server/store/store.h"
#include "server/store/upload_store.h"

namespace fnn::server {

class Stores {
 public:
  struct Options {
    // Where SqliteCatalogue and the files are, created where it is not there. Empty: in memory.
    std::string directory{};
    // Where this server is reached, for the message that a second one gets.
    std::string address{};
    ModelStore::Options models{};
    RequestLog::Options requests{};
    UploadStore::Options uploads{};

    // ---- For tests. ----
    Catalogue* catalogue = nullptr;  // In the place of the directory's. Not owned.
    FileSystem* files = nullptr;     // Likewise.
    std::string sqlite_vfs{};        // SqliteCatalogueOptions::vfs.
  };

  // `budget` outlives the stores and all they gave. Errors as those of DirectoryLock,
  // SqliteCatalogue and the stores' Open; UNAVAILABLE where the directory can't be had.
  static absl::StatusOr<std::unique_ptr<Stores>> Open(const Options& options, MemoryBudget* budget);

  Store store() const;
  Catalogue* catalogue() const { return catalogue_; }
  FileSystem* files() const { return files_; }

  // The catalogue in the directory; null where there is none.
  const SqliteCatalogue* sqlite() const { return sqlite_; }

  // Says where the server is reached, once that is known.
  void SetAddress(absl::string_view address);

  // Drops what has expired: uploads, and records of requests. To be called every minute or so.
  void Sweep();

 private:
  Stores() = default;
  // The lock, the catalogue and the files.
  absl::Status OpenDirectory(const Options& options);

  // In the order in which they need each other: the last is destroyed first.
  std::optional<DirectoryLock> lock_;
  std::unique_ptr<Catalogue> owned_catalogue_;
  std::unique_ptr<FileSystem> owned_files_;
  const SqliteCatalogue* sqlite_ = nullptr;
  Catalogue* catalogue_ = nullptr;
  FileSystem* files_ = nullptr;
  std::unique_ptr<RequestLog> requests_;
  std::unique_ptr<ModelStore> models_;
  std::unique_ptr<DatasetStore> datasets_;
  std::unique_ptr<UploadStore> uploads_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_STORES_H_
