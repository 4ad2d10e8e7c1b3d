// The file with the values of a dataset: a checked file (storage/checked_file.h) of nothing else.

#ifndef FNN_SERVER_STORE_STORED_TABLE_H_
#define FNN_SERVER_STORE_STORED_TABLE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/data/table.h"
#include "fnn/storage/v1/dataset_record.pb.h"
#include "server/storage/file_system.h"

namespace fnn::server {

inline constexpr absl::string_view kDatasetDirectory = "datasets";

// Of the dataset with this uid.
std::string TablePath(absl::string_view uid);

// `dataset` beside its name, uid and what a client says of it: what its table says.
void DescribeTable(const core::Table& table, v1::Dataset& dataset);

storage::v1::DatasetRecord MakeRecord(v1::Dataset dataset, core::ElementType type);

// Looks at the beginning and the length of the file. NOT_FOUND; DATA_LOSS, with a reason of
// FileDamage, where they are not what `record` says.
absl::Status CheckTableFile(const FileSystem& files, const storage::v1::DatasetRecord& record);

// The same, and reads every value: they must have the dataset's digest.
absl::Status VerifyTableFile(const FileSystem& files, const storage::v1::DatasetRecord& record);

// The table of a file that has been verified.
absl::StatusOr<std::shared_ptr<const core::Table>> MapTable(
    const FileSystem& files, const storage::v1::DatasetRecord& record);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_STORED_TABLE_H_
