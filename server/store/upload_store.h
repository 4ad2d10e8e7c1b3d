// Files on their way to becoming datasets: a record of each in the catalogue, its bytes in a file.

#ifndef FNN_SERVER_STORE_UPLOAD_STORE_H_
#define FNN_SERVER_STORE_UPLOAD_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fnn/storage/v1/upload_record.pb.h"
#include "fnn/v1/dataset.pb.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"
#include "server/store/upload_file.h"

namespace fnn::server {

// A file that has arrived, for as long as Finish's function is called.
struct UploadedFile {
  const v1::Upload& upload;
  absl::string_view bytes;
  // Adds the upload's end to what is committed with the dataset that it became.
  absl::FunctionRef<void(const v1::Dataset&, CatalogueBatch&)> end;
};

// What became of an upload.
struct FinishedUpload {
  std::string dataset;  // `datasets/{dataset}`
  std::string uid;      // The dataset's.
};

// Safe from any thread, several streams on one upload included. Names given to it have been
// validated (names.h). All calls may wait for a disk. An upload to which nothing comes for long is
// given up, as if never made.
//
// Bytes are made durable whenever an answer tells of them (upload_file.h). At the first call for an
// upload after a restart its file is read once. One that is damaged or missing is moved to
// quarantine/, and answers DATA_LOSS, with the reasons of a dataset, until the upload is deleted or
// expires.
class UploadStore {
 public:
  struct Options {
    int64_t max_file_bytes = int64_t{1} << 30;
    int64_t max_total_bytes = int64_t{16} << 30;  // Of all uploads together.
    int64_t max_uploads = 1000;                   // At once, those not finished.
    int64_t sync_bytes = int64_t{16} << 20;       // What waits for the disk at most, of an upload.
    absl::Duration expiry = absl::Hours(1);
    std::function<absl::Time()> now = [] { return absl::Now(); };
  };
  // What else is to be committed with a new upload, in the same commit.
  using WithUpload = absl::FunctionRef<void(const v1::Upload& upload, CatalogueBatch& batch)>;
  using MakeDataset = absl::FunctionRef<absl::StatusOr<v1::Dataset>(const UploadedFile& file)>;

  // The uploads of the catalogue, each given `expiry` anew. Files that no record names are removed.
  // All that it is given outlives it; `budget` counts what is in memory. RESOURCE_EXHAUSTED where
  // that is more than there is; DATA_LOSS where a record can't be read.
  static absl::StatusOr<std::unique_ptr<UploadStore>> Open(Catalogue* catalogue, FileSystem* files,
                                                           MemoryBudget* budget, Options options);

  // Begins the upload that `upload` describes by its dataset, format, description and labels.
  // RESOURCE_EXHAUSTED, UNAVAILABLE.
  absl::StatusOr<v1::Upload> Create(const v1::Upload& upload);
  absl::StatusOr<v1::Upload> Create(const v1::Upload& upload, WithUpload also);

  // All that it tells of is durable. NOT_FOUND, DATA_LOSS; RESOURCE_EXHAUSTED and UNAVAILABLE where
  // the disk does not take what arrived: what it did not take has to be sent again.
  absl::StatusOr<v1::Upload> Get(const std::string& name);

  // Adds `data` at `offset`. NOT_FOUND, DATA_LOSS; OUT_OF_RANGE with a violation of `offset` that
  // names the expected one where `offset` is another than the number of bytes received (the code
  // says that the request was well-formed and would be right at another time); FAILED_PRECONDITION
  // where the upload is finished or being so; RESOURCE_EXHAUSTED with both numbers where the file
  // becomes larger than allowed, or all uploads together. Adds nothing unless OK.
  // RESOURCE_EXHAUSTED and UNAVAILABLE also as Get: bytes that an earlier call added may have to be
  // sent again then.
  absl::Status Append(const std::string& name, int64_t offset, absl::string_view data);

  // Has `make` make a dataset of the file and commit it with the upload's end. Where it was
  // finished before, tells what it became. NOT_FOUND, DATA_LOSS; FAILED_PRECONDITION with both
  // numbers where the size is not `total_bytes`; UNAVAILABLE while another call finishes it; and as
  // `make`. The upload stays after any error but an INVALID_ARGUMENT of `make`: a file that can't
  // be read.
  absl::StatusOr<FinishedUpload> Finish(const std::string& name, std::optional<int64_t> total_bytes,
                                        MakeDataset make);

  // Gives an upload up, also a finished one. NOT_FOUND; UNAVAILABLE while it is being finished.
  absl::Status Delete(const std::string& name);

  // Drops what has expired. Each call above does not see it any more; something has to make this
  // one now and then.
  void Sweep();

 private:
  struct Entry;
  struct Listed {
    std::shared_ptr<Entry> entry;
    absl::Time expires;
  };
  // What an upload accounts for.
  struct Share {
    int64_t overhead = 0;  // In memory, beside its bytes.
    int64_t bytes = 0;     // Of total_bytes_.
    Reservation memory;
  };

  UploadStore(Catalogue* catalogue, FileSystem* files, MemoryBudget* budget, Options options)
      : catalogue_(catalogue), files_(files), budget_(budget), options_(std::move(options)) {}

  absl::Status Load(const std::string& uid, storage::v1::UploadRecord record);
  absl::StatusOr<std::shared_ptr<Entry>> Find(const std::string& name) const;
  absl::Status Drop(Entry& entry);
  // Puts the time at which it is given up off.
  void Touch(const std::string& name, UploadFile& file);

  absl::Status NewShare(const v1::Upload& upload, Share& share) const;
  absl::Status Resize(Share& share, int64_t bytes);
  // Gives back what the file did not become.
  void Settle(const UploadFile& file, Share& share);

  Catalogue* const catalogue_;
  FileSystem* const files_;
  MemoryBudget* const budget_;
  const Options options_;
  mutable Mutex mutex_;  // Taken after an entry's.
  std::map<std::string, Listed> uploads_ ABSL_GUARDED_BY(mutex_);
  int64_t unfinished_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t total_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // Of the shares together.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_UPLOAD_STORE_H_
