#ifndef FNN_CLIENT_CLI_UPLOAD_DATA_H_
#define FNN_CLIENT_CLI_UPLOAD_DATA_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "client/cli/data_args.h"

namespace fnn::cli {

// Uploads files or standard input, showing how far it is where a person looks. The first Ctrl-C
// stops it. An error after which the server still has the upload tells the command that goes on
// with it.
absl::StatusOr<v1::Dataset> UploadData(Context& context, const DatasetArgs& args);

// The name of the dataset, after uploading it if `data` is files.
absl::StatusOr<std::string> ResolveDataset(Context& context, const DatasetArgs& args);

// Deletes `dataset`, which one of the two gave, where it was uploaded and not given an id.
absl::Status DeleteTemporary(Context& context, const DatasetArgs& args, const std::string& dataset);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_UPLOAD_DATA_H_
