// An `.fnn` file (docs/fnn-file.md) on its way to becoming a version.
//
//   absl::StatusOr<std::unique_ptr<ModelImport>> import = ModelImport::Begin(files, budget, most);
//   (*import)->Append(data);            // Part by part.
//   (*import)->Finish(store, {...});    // All of it is there.

#ifndef FNN_SERVER_STORE_MODEL_IMPORT_H_
#define FNN_SERVER_STORE_MODEL_IMPORT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "fnn/v1/model_service.pb.h"
#include "server/base/memory_budget.h"
#include "server/storage/file_system.h"
#include "server/store/store.h"

namespace fnn::server {

// Not safe from several threads at once. What is given outlives it.
class ModelImport {
 public:
  // Makes the folder of files under way, and removes what an earlier process left in it.
  static absl::Status OpenFolder(FileSystem* files);

  // Begins a file of at most `most_bytes`. `budget` accounts for it where files are in memory.
  // RESOURCE_EXHAUSTED, UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<ModelImport>> Begin(FileSystem* files, MemoryBudget* budget,
                                                            int64_t most_bytes);
  // Removes the file.
  ~ModelImport();
  ModelImport(const ModelImport&) = delete;
  ModelImport& operator=(const ModelImport&) = delete;

  // RESOURCE_EXHAUSTED with both numbers where the file becomes too large, or there is no room.
  absl::Status Append(absl::string_view data);

  // Makes the file the next version of `models/{model_id}`, and that first where it is not there;
  // an empty id has one made. INVALID_ARGUMENT at `data` for what is no such file, has changed
  // since it was written, or whose network makes no sense; FAILED_PRECONDITION (NETWORK_DIFFERS)
  // where the model's network is another; at `request_id` as RequestLog::Claim; and as
  // ModelStore::Publish.
  absl::Status Finish(const Store& store, const std::string& model_id,
                      const std::string& request_id, v1::ImportModelResponse& response);

 private:
  ModelImport(FileSystem* files, MemoryBudget* budget, int64_t most_bytes, std::string path);

  FileSystem* const files_;
  MemoryBudget* const budget_;
  const int64_t most_bytes_;
  const std::string path_;
  std::unique_ptr<WritableFile> file_;
  Reservation memory_;
  core::Digester digester_;
  int64_t bytes_ = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MODEL_IMPORT_H_
