// Files on their way to becoming datasets.

#ifndef FNN_SERVER_STORE_UPLOAD_STORE_H_
#define FNN_SERVER_STORE_UPLOAD_STORE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fnn/v1/dataset.pb.h"
#include "server/base/memory_budget.h"

namespace fnn::server {

// A file that has arrived.
struct UploadedFile {
  std::string dataset;  // The name it is to have.
  v1::FileFormat format;
  std::string text;
  // Accounts for the text and for reading CSV: three times its size. Reading other files may take
  // more.
  Reservation memory;
};

// Safe from any thread, several streams on one upload included. Names given to it have been
// validated (names.h). An upload to which nothing comes for long is given up, as if never made.
class UploadStore {
 public:
  virtual ~UploadStore() = default;

  // Begins an upload that becomes the dataset `dataset`. RESOURCE_EXHAUSTED.
  virtual absl::StatusOr<v1::Upload> Create(const std::string& dataset,
                                            const v1::FileFormat& format) = 0;

  // NOT_FOUND.
  virtual absl::StatusOr<v1::Upload> Get(const std::string& name) = 0;

  // Adds `data` at `offset`. NOT_FOUND; OUT_OF_RANGE with a violation of `offset` that names the
  // expected one where `offset` is another than the number of bytes received (the code says that
  // the request was well-formed and would be right at another time); RESOURCE_EXHAUSTED with both
  // numbers where the file becomes larger than allowed. Changes nothing unless OK.
  virtual absl::StatusOr<v1::Upload> Append(const std::string& name, int64_t offset,
                                            absl::string_view data) = 0;

  // Ends an upload and hands over its file. NOT_FOUND; FAILED_PRECONDITION with both numbers, and
  // the upload stays, where the size is not `total_bytes`; RESOURCE_EXHAUSTED, and the upload
  // stays, where there is no memory to read it.
  virtual absl::StatusOr<UploadedFile> Take(const std::string& name,
                                            std::optional<int64_t> total_bytes) = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_UPLOAD_STORE_H_
