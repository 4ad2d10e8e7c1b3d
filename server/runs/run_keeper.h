// What runs leave on the disk: a record each in the catalogue, and files named by the run's uid.
//
//   runs/{uid}.log         its events
//   runs/{uid}.checkpoint  where it goes on from
//   runs/{uid}.data        the data that came with its request

#ifndef FNN_SERVER_RUNS_RUN_KEEPER_H_
#define FNN_SERVER_RUNS_RUN_KEEPER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/byte_sink.h"
#include "fnn/storage/v1/run_record.pb.h"
#include "server/runs/event_log.h"
#include "server/storage/catalogue.h"
#include "server/storage/checked_file.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Safe from any thread, for different runs. Errors of the disk are RESOURCE_EXHAUSTED (DISK_FULL)
// or UNAVAILABLE (DISK_FAULT); damaged files are DATA_LOSS.
class RunKeeper {
 public:
  // Neither is owned; both outlive the keeper.
  RunKeeper(Catalogue* catalogue, FileSystem* files) : catalogue_(catalogue), files_(files) {}

  // Makes the folder. Gives every record, and removes the files that no record names.
  absl::StatusOr<std::vector<storage::v1::RunRecord>> Load();

  // Adds what keeps `record` to `batch`, or what forgets the run `name`.
  static void Put(const storage::v1::RunRecord& record, CatalogueBatch& batch);
  static void Forget(const std::string& name, CatalogueBatch& batch);
  absl::Status Commit(const CatalogueBatch& batch) { return catalogue_->Commit(batch); }

  absl::Status WriteData(const std::string& uid, const storage::v1::RunData& data);
  absl::StatusOr<storage::v1::RunData> ReadData(const std::string& uid);

  // Replaces the checkpoint by what `write` writes; gives its size. The old one stays unless OK.
  absl::StatusOr<int64_t> SaveCheckpoint(const std::string& uid,
                                         absl::FunctionRef<absl::Status(core::ByteSink&)> write);
  // None where there is no checkpoint.
  absl::StatusOr<std::unique_ptr<CheckedFileReader>> OpenCheckpoint(const std::string& uid);

  // Opens the log of a run, of which `known` events are known to be durable.
  EventLog::Opener LogOpener(const std::string& uid, int64_t known = 0);

  // What only a run that has not ended needs: checkpoint and data. Best effort: what is left is
  // removed at the next start.
  void RemoveWork(const std::string& uid);
  // All of a run that is forgotten; likewise.
  void RemoveAll(const std::string& uid);

  // Whether the files are in memory.
  bool in_memory() const { return files_->in_memory(); }

 private:
  Catalogue* const catalogue_;
  FileSystem* const files_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_KEEPER_H_
