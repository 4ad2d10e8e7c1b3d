#ifndef FNN_CLIENT_CLI_DATA_ARGS_H_
#define FNN_CLIENT_CLI_DATA_ARGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::cli {

// How the command line says how a CSV file is to be read.
struct CsvArgs {
  std::string delimiter;
  // `auto`, `present` or `absent`.
  std::string header = "auto";
};

// Which columns are what. Each is a place (`3`, `-1`), a name, or `name=` and a name that looks
// like a place.
struct BindingArgs {
  std::vector<std::string> targets;
  std::vector<std::string> features;
  std::vector<std::string> ignored;
  std::string weight{};  // Empty: none.
};

v1::ColumnSelector MakeColumnSelector(const std::string& text);
v1::DataBinding MakeBinding(const BindingArgs& args);

// A dataset of that name, or one uploaded from files.
struct DatasetArgs {
  // `datasets/{dataset}`, a file, or `-` for standard input; or several files.
  std::vector<std::string> data;
  CsvArgs csv;
  // What becomes of missing values of a CSV file: `refuse`, `drop` or `mean`; what stands for them
  // beside empty cells; and what becomes of columns of text: `refuse`, `one-hot` or `index`.
  std::string missing = "refuse";
  std::vector<std::string> missing_markers{};
  std::string text = "refuse";
  // The arrays to read of an NPZ archive; none: all.
  std::vector<std::string> arrays;
  // The id of the dataset made by an upload; empty: the server makes one.
  std::string dataset_id;
  // What is said of it.
  std::string description{};
  std::vector<std::string> labels{};
  // An upload to go on with, `uploads/{upload}` or its last part; empty: a new one.
  std::string resume{};
  // How long a broken upload is tried again; the library's default if not given.
  std::optional<absl::Duration> reconnect_for{};
};

// Whether `data` names a dataset of the server.
bool IsOnServer(const DatasetArgs& args);

// How the files are to be read: recognised by the server, unless the arguments say it.
v1::FileFormat MakeFileFormat(const DatasetArgs& args);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_DATA_ARGS_H_
