// The bytes of one upload, and what the catalogue says of them.
//
// The record says how many bytes of the file are durable and what their checksum is. Bytes are
// appended behind these, and Sync makes them durable first and the record after them. So whatever
// happens, the file has what the record says; what it has behind that may be anything, and is cut.

#ifndef FNN_SERVER_STORE_UPLOAD_FILE_H_
#define FNN_SERVER_STORE_UPLOAD_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/data/storage.h"
#include "fnn/storage/v1/upload_record.pb.h"
#include "server/base/checksum.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"

namespace fnn::server {

inline constexpr absl::string_view kUploadDirectory = "uploads";

// Not safe from several threads at once. All calls may wait for a disk, and answer
// RESOURCE_EXHAUSTED (DISK_FULL) and UNAVAILABLE (DISK_FAULT).
class UploadFile {
 public:
  // The upload `record` of the catalogue under the key `uid`; `fresh` says that nothing has arrived
  // yet. Catalogue and files outlive it.
  UploadFile(Catalogue* catalogue, FileSystem* files, std::string uid,
             storage::v1::UploadRecord record, bool fresh);

  const std::string& uid() const { return uid_; }
  // As the catalogue has it: its received_bytes are durable. The time at which it expires may be
  // later than that of the catalogue.
  const storage::v1::UploadRecord& record() const { return record_; }
  const v1::Upload& upload() const { return record_.upload(); }
  void SetExpireTime(absl::Time time);

  // What has arrived. Less than before where the disk did not take it.
  int64_t received() const { return received_; }

  // OK where the bytes are there. Reads them all the first time, and after a fault of the disk.
  // DATA_LOSS from then on where they are damaged or missing; the file is in quarantine then.
  absl::Status Ready();

  // Adds `data`, not empty. Adds nothing unless OK.
  absl::Status Append(absl::string_view data);
  // Makes all that was received durable, and has the record say so.
  absl::Status Sync();
  // Has the file closed until the next Append.
  void Close() { file_.reset(); }

  // All that was received, mapped.
  absl::StatusOr<core::Storage> Map() const;

  // Adds to `batch` that the upload became `dataset` and is remembered until `expires`; Finished
  // says that it was committed.
  void AddEnd(const v1::Dataset& dataset, absl::Time expires, CatalogueBatch& batch);
  void Finished();

  // Deletes the record, and then the file.
  absl::Status Delete();

 private:
  absl::Status Verify();
  absl::Status OpenAtEnd();
  // Goes back to what is durable.
  void Rewind();

  Catalogue* const catalogue_;
  FileSystem* const files_;
  const std::string uid_;
  const std::string path_;
  storage::v1::UploadRecord record_;
  storage::v1::UploadRecord end_;  // What AddEnd added.
  int64_t received_;
  Checksum checksum_;  // Of what was received.
  bool verified_;      // checksum_ is that, and the file has nothing behind.
  bool named_;         // The file's name is durable.
  std::unique_ptr<WritableFile> file_;
  absl::Status damage_;  // Not OK: its bytes are lost.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_UPLOAD_FILE_H_
